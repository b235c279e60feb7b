/**
 * When to request a delivery day from the source again: often around the expected publication, ever less often for revisions, never for a
 * day that is not open yet. Pure; instants are milliseconds since the epoch.
 */

import type { PulledPoints } from '../dataset/points.ts';
import { addDays, type CivilDay, eachDay } from '../time/civil-day.ts';
import { isLate, momentOf, NO_HOLIDAYS, today } from '../time/delivery-day.ts';
import type { DayState } from './ledger.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const MONTH_DAYS = 31;
/** Polling requests a day within a tick or two: whatever has been due for longer was missed. */
const MISSED_AFTER_MS = HOUR_MS;
/** What was published within the last day is not caught up on: it stays live. */
const LIVE_MS = 24 * HOUR_MS;

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

/**
 * Past days that nobody requested when they were due, newest first: the first month of a dataset, or what an outage left.
 * @param known rows of the ledger, of the days of `catchUpRange` at least
 */
export function missedDays(dataset: PulledPoints, known: readonly CheckedDay[], nowMs: number): CivilDay[] {
  const rows = new Map(known.map((row) => [row.day, row]));
  const { opens, expected } = dataset.pull.publication;
  const { from, to } = catchUpRange(dataset, nowMs);
  const isMissed = (day: CivilDay) => {
    if (nowMs - momentOf(dataset, day, expected) < LIVE_MS) return false;
    const row = rows.get(day);
    const dueMs = row ? nextCheckAt(dataset, day, row, nowMs) : momentOf(dataset, day, opens);
    return dueMs !== null && dueMs <= nowMs - MISSED_AFTER_MS;
  };
  return from > to ? [] : eachDay(from, to).filter(isMissed).reverse();
}

/** The earliest instant at which one of the days that polling covers is due, which may be past; Infinity where none will be. */
export function nextDueAt(
  dataset: PulledPoints,
  known: readonly CheckedDay[],
  missed: readonly CivilDay[],
  nowMs: number,
): number {
  const rows = new Map(known.map((row) => [row.day, row]));
  const { from, to } = pollingRange(dataset, nowMs);
  const due = eachDay(from, addDays(to, 1))
    .filter((day) => !missed.includes(day))
    .flatMap((day) => nextCheckAt(dataset, day, rows.get(day), nowMs) ?? []);
  return Math.min(...due);
}

/** The past days that a dataset should have without anybody's request: the past month, or all that is polled if that is more. */
export function catchUpRange(dataset: PulledPoints, nowMs: number): { from: CivilDay; to: CivilDay } {
  const to = addDays(today(dataset, nowMs), -1);
  const [from = to] = [pollingRange(dataset, nowMs).from, addDays(to, 1 - MONTH_DAYS)].toSorted();
  return { from: laterOf(dataset.firstDay, from), to };
}

/** The days that polling covers at an instant: from the revision horizon to the last day that can be open. */
export function pollingRange(dataset: PulledPoints, nowMs: number): { from: CivilDay; to: CivilDay } {
  const current = today(dataset, nowMs);
  const back = addDays(current, -Math.ceil(horizonHours(dataset) / 24));
  const ahead = addDays(current, Math.max(0, -dataset.pull.publication.opens.day));
  return { from: laterOf(dataset.firstDay, back), to: ahead };
}

function laterOf(...days: [CivilDay, CivilDay]): CivilDay {
  return days.toSorted()[1] ?? days[0];
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
