/** Batches: adjacent delivery days that one request asks for together. The days stay units of work of their own. */

import type { Decoded, PulledPoints } from '../dataset/points.ts';
import { listInstants } from '../interpret/checks.ts';
import { AnswerRefused } from '../interpret/finding.ts';
import { type CivilDay, daysFrom, type Interval } from '../time/civil-day.ts';
import { deliveryInterval, intervalStarts } from '../time/delivery-day.ts';

/**
 * Groups days into batches of adjacent days whose window one request may have. Keeps the order, in which the days may ascend
 * or descend and may have holes; every day is in one batch, often alone.
 */
export function batchesOf(dataset: PulledPoints, days: readonly CivilDay[]): CivilDay[][] {
  const batches: Batch[] = [];
  for (const day of days) {
    const alone = { days: [day], window: deliveryInterval(dataset, day) };
    const last = batches.at(-1);
    const joined = last && goesOn(last.days, day) ? join(last, alone) : undefined;
    if (joined && isAllowed(dataset, joined)) batches[batches.length - 1] = joined;
    else batches.push(alone);
  }
  return batches.map((batch) => batch.days);
}

/** The UTC interval of adjacent days, in whatever order they are named. */
export function windowOf(dataset: PulledPoints, days: readonly CivilDay[]): Interval {
  return hull(days.map((day) => deliveryInterval(dataset, day)));
}

/**
 * What is odd about an answer to several days, as a sentence; null when its rows are those of the days, whole. Something
 * odd may be of one day alone and must not touch the others; and a source that cuts wide windows off says nothing of it.
 */
export function whyUnusable(
  dataset: PulledPoints,
  days: readonly CivilDay[],
  body: Uint8Array,
): string | null {
  const decoded = decodeOrWhyNot(dataset, body);
  if (typeof decoded === 'string') return decoded;
  const [found] = decoded.findings;
  if (found) return found.reason;
  const brought = new Set(decoded.points.map(({ startsAtMs }) => startsAtMs));
  const wanted = new Set(days.flatMap((day) => intervalStarts(dataset, day)));
  const strange = [...brought].filter((start) => !wanted.has(start));
  if (strange.length > 0) return `rows start at no interval of these days: ${listInstants(strange)}`;
  const missing = [...wanted].filter((start) => !brought.has(start));
  return missing.length > 0 ? `intervals without a row: ${listInstants(missing)}` : null;
}

function decodeOrWhyNot(dataset: PulledPoints, body: Uint8Array): Decoded | string {
  try {
    return dataset.pull.decode(body);
  } catch (error) {
    if (error instanceof AnswerRefused) return error.message;
    throw error;
  }
}

interface Batch {
  readonly days: CivilDay[];
  readonly window: Interval;
}

/** Whether a day is the next one in the direction in which the days run. */
function goesOn(days: readonly CivilDay[], day: CivilDay): boolean {
  const [last = day, beforeLast] = days.toReversed();
  const step = daysFrom(last, day);
  return beforeLast === undefined ? Math.abs(step) === 1 : step === daysFrom(beforeLast, last);
}

function join(one: Batch, other: Batch): Batch {
  return { days: [...one.days, ...other.days], window: hull([one.window, other.window]) };
}

function isAllowed({ pull: { batch } }: PulledPoints, { window }: Batch): boolean {
  return batch !== undefined && window.endMs - window.startMs <= batch.maxHours * 3_600_000;
}

function hull(intervals: readonly Interval[]): Interval {
  return {
    startMs: Math.min(...intervals.map(({ startMs }) => startMs)),
    endMs: Math.max(...intervals.map(({ endMs }) => endMs)),
  };
}
