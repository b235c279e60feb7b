/**
 * When to request a delivery day from the source again: often around the expected publication, ever less often for revisions, never for a
 * day that is not open yet. Pure; instants are milliseconds since the epoch.
 */

import type { PulledPoints } from '../dataset/points.ts';
import { addDays, type CivilDay, daysFrom, eachDay } from '../time/civil-day.ts';
import { isLate, momentOf, NO_HOLIDAYS, today } from '../time/delivery-day.ts';
import type { DayState } from './ledger.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** What polling needs from the ledger. */
export interface CheckedDay {
  readonly day: CivilDay;
  readonly state: DayState;
  /** When the source was last requested, successfully or not; null when never. */
  readonly lastRequestedMs: number | null;
}

/**
 * The instant at which a day is due to be requested again, or null when never again.
 * @param known the ledger row; undefined when the day has none yet.
 */
export function nextCheckAt(
  dataset: PulledPoints,
  day: CivilDay,
  known: CheckedDay | undefined,
  nowMs: number,
): number | null {
  if (known?.state === 'absent') return null;
  const opensMs = momentOf(dataset, day, dataset.pull.publication.opens);
  const everyMinutes =
    known?.state === 'complete' ? revisionEvery(dataset, day, nowMs) : waitingEvery(dataset, day, nowMs);
  if (everyMinutes === null) return null;
  if (known?.lastRequestedMs == null) return opensMs;
  return Math.max(opensMs, known.lastRequestedMs + everyMinutes * MINUTE_MS);
}

/**
 * The instant of the next poll of a run that stays until publication, or null when there is nothing to wait for. An answer from before the
 * deadline cannot show that the day is late: if the deadline has passed since, the next poll is due now.
 */
export function pollAgainAt(
  dataset: PulledPoints,
  known: CheckedDay,
  nowMs: number,
  holidays = NO_HOLIDAYS,
): number | null {
  if (known.state !== 'awaiting') return null;
  if (isLate(dataset, known.day, nowMs, holidays)) return nowMs;
  return nextCheckAt(dataset, known.day, known, nowMs);
}

/** The days that are due at an instant, newest first. Days outside the polling horizon are never due. */
export function dueDays(dataset: PulledPoints, known: readonly CheckedDay[], nowMs: number): CivilDay[] {
  const rows = new Map(known.map((row) => [row.day, row]));
  const { from, to } = pollingRange(dataset, nowMs);
  return eachDay(from, to)
    .filter((day) => {
      const next = nextCheckAt(dataset, day, rows.get(day), nowMs);
      return next !== null && next <= nowMs;
    })
    .reverse();
}

/** The days that polling covers at an instant: from the revision horizon to the last day that can be open. */
export function pollingRange(dataset: PulledPoints, nowMs: number): { from: CivilDay; to: CivilDay } {
  const current = today(dataset, nowMs);
  const back = addDays(current, -Math.ceil(horizonHours(dataset) / 24));
  const ahead = addDays(current, Math.max(0, -dataset.pull.publication.opens.day));
  return { from: daysFrom(dataset.firstDay, back) > 0 ? back : dataset.firstDay, to: ahead };
}

function horizonHours({ pull: { polling } }: PulledPoints): number {
  return Math.max(...polling.revisions.map(({ untilHours }) => untilHours));
}

function revisionEvery(dataset: PulledPoints, day: CivilDay, nowMs: number): number | null {
  const ageMs = nowMs - momentOf(dataset, day, dataset.pull.publication.expected);
  const stage = dataset.pull.polling.revisions.find(({ untilHours }) => ageMs < untilHours * HOUR_MS);
  return stage?.everyMinutes ?? null;
}

function waitingEvery(dataset: PulledPoints, day: CivilDay, nowMs: number): number | null {
  const expectedMs = momentOf(dataset, day, dataset.pull.publication.expected);
  if (nowMs - expectedMs >= horizonHours(dataset) * HOUR_MS) return null;
  const reached = dataset.pull.polling.waiting.findLast(({ from }) => momentOf(dataset, day, from) <= nowMs);
  return (reached ?? dataset.pull.polling.waiting[0])?.everyMinutes ?? null;
}
