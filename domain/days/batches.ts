/** Batches: adjacent delivery days requested together. The days remain units of work of their own. */

import { effectiveOn } from '../dataset/facts.ts';
import { type Decoded, type DecodedPoint, isCountedByPayload, type PulledPoints } from '../dataset/points.ts';
import type { Answer } from '../dataset/pull.ts';
import { listInstants } from '../interpret/checks.ts';
import { AnswerRefused } from '../interpret/finding.ts';
import { bySeries } from '../interpret/interpret.ts';
import { expectedBySteps } from '../interpret/judge.ts';
import { type CivilDay, daysFrom, type Interval } from '../time/civil-day.ts';
import { deliveryInterval, expectedSeriesOf, intervalStarts } from '../time/delivery-day.ts';
import { splitByDay } from './split-by-day.ts';

/**
 * Groups days into batches of adjacent days that one request may cover. Keeps the order, which may ascend or descend and have gaps; every
 * day is in one batch, often alone.
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

/** The UTC interval of adjacent days, in any order. */
export function windowOf(dataset: PulledPoints, days: readonly CivilDay[]): Interval {
  return hull(days.map((day) => deliveryInterval(dataset, day)));
}

/** Which days may use a response to several, and why the others are requested by themselves; null where there are none. */
export interface UsableDays {
  readonly days: readonly CivilDay[];
  readonly reason: string | null;
}

/** A response to several days, read. */
export interface ReadBatch {
  readonly usable: UsableDays;
  /** Its content; undefined if it cannot be read, or contains anything unusual. */
  readonly decoded: Decoded | undefined;
}

/**
 * Which of several days may use a response. If it contains anything unusual, or rows of other days, none may: the problem of one day must
 * not affect the others. And sources truncate wide windows silently: a day must be complete.
 */
export function usableDays(
  dataset: PulledPoints,
  days: readonly CivilDay[],
  body: Uint8Array,
  answer: Answer = answerToDays(dataset, days),
): UsableDays {
  return readBatch(dataset, days, body, answer).usable;
}

/** The same, with what was decoded on the way. */
export function readBatch(
  dataset: PulledPoints,
  days: readonly CivilDay[],
  body: Uint8Array,
  answer: Answer,
): ReadBatch {
  const decoded = decodeOrWhyNot(dataset, body, answer);
  if (typeof decoded === 'string') return { usable: { days: [], reason: decoded }, decoded: undefined };
  const [found] = decoded.findings;
  if (found) return { usable: { days: [], reason: found.reason }, decoded: undefined };
  const usable = isCountedByPayload(dataset)
    ? wholeDays(dataset, days, decoded, answer)
    : allOrNone(dataset, days, decoded);
  return { usable, decoded };
}

/** The response to a request for several days, of their first part where they have several, as seen by a decoder. */
export function answerToDays(
  dataset: PulledPoints,
  days: readonly CivilDay[],
  about: Partial<Answer> = {},
): Answer {
  const [unit = ''] = days.toSorted();
  const window = windowOf(dataset, days);
  const [part = ''] = dataset.pull.parts?.of(unit, {}) ?? [];
  return { unit, part, window, url: '', status: 200, contentType: null, ...about };
}

/** By the intervals of the definition: each must have a row of some series. */
function allOrNone(dataset: PulledPoints, days: readonly CivilDay[], decoded: Decoded): UsableDays {
  const brought = new Set(decoded.points.map(({ startsAtMs }) => startsAtMs));
  const wanted = new Set(days.flatMap((day) => intervalStarts(dataset, day)));
  const strange = [...brought].filter((start) => !wanted.has(start));
  if (strange.length > 0)
    return { days: [], reason: `rows start at no interval of these days: ${listInstants(strange)}` };
  const missing = [...wanted].filter((start) => !brought.has(start));
  return missing.length > 0
    ? { days: [], reason: `intervals without a row: ${listInstants(missing)}` }
    : { days, reason: null };
}

/** By the steps of the points. An answer without any points was not truncated: these days have none. */
function wholeDays(
  dataset: PulledPoints,
  days: readonly CivilDay[],
  decoded: Decoded,
  { window, part }: Answer,
): UsableDays {
  if (decoded.points.length === 0) return { days, reason: null };
  const shares = splitByDay(dataset, window, decoded);
  const whole = days.filter((day) => isWhole(dataset, day, shares.get(day)?.points ?? [], part));
  const others = days.filter((day) => !whole.includes(day));
  return { days: whole, reason: others.length > 0 ? `not whole in it: ${others.join(', ')}` : null };
}

function isWhole(
  dataset: PulledPoints,
  day: CivilDay,
  points: readonly DecodedPoint[],
  part: string,
): boolean {
  const own = deliveryInterval(dataset, day);
  const its = points.filter(({ startsAtMs }) => startsAtMs >= own.startMs && startsAtMs < own.endMs);
  const stepMs = effectiveOn(dataset.resolution, day).minutes * 60_000;
  const expected = expectedBySteps(bySeries(its), own, stepMs, expectedSeriesOf(dataset, part, day));
  return its.length > 0 && its.length >= expected;
}

function decodeOrWhyNot(dataset: PulledPoints, body: Uint8Array, answer: Answer): Decoded | string {
  try {
    return dataset.pull.decode(body, answer);
  } catch (error) {
    if (error instanceof AnswerRefused) return error.message;
    throw error;
  }
}

interface Batch {
  readonly days: CivilDay[];
  readonly window: Interval;
}

/** Whether a day continues the sequence in its direction. */
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
