/**
 * Buckets of the calendar: the intervals over which values are aggregated. From an hour down they are steps of elapsed time
 * from local midnight; longer ones begin at wall-clock times (every 4 hours at 00:00, 04:00, …), on Mondays, and on the
 * first of months, quarters and years. A bucket is therefore as long as the clocks make it: a day has 23 to 25 hours.
 */

import { effectiveOn } from '../dataset/facts.ts';
import type { GriddedPoints } from '../dataset/points.ts';
import { addDays, type CivilDay, dayAt, type Interval, instantAt } from './civil-day.ts';
import { deliveryInterval, intervalMs } from './delivery-day.ts';
import { type Resolution, secondsOf } from './resolutions.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_SECONDS = 3_600;
const DAY_MS = 86_400_000;
/** Days of the resolutions from a day up, at least. */
const DAYS: Readonly<Partial<Record<Resolution, number>>> = { P1D: 1, P1W: 7, P1M: 28, P3M: 89, P1Y: 365 };

/** The minimum length of a bucket, not counting the hour lost to a clock change. */
export function shortestMs(resolution: Resolution): number {
  const seconds = secondsOf(resolution);
  return seconds === undefined ? (DAYS[resolution] ?? 1) * DAY_MS : seconds * SECOND_MS;
}

/**
 * The buckets of a range, ascending and without gaps; the first and the last are cut to the range.
 * @param range the first bucket may begin inside one of the calendar's.
 */
export function* bucketsOf(resolution: Resolution, timeZone: string, range: Interval): Generator<Interval> {
  let startMs = range.startMs;
  for (const edge of edgesFrom(resolution, timeZone, startMs)) {
    if (edge <= startMs) continue;
    const endMs = Math.min(edge, range.endMs);
    yield { startMs, endMs };
    if (endMs === range.endMs) return;
    startMs = endMs;
  }
}

/** Boundaries of calendar buckets from the one that contains an instant, ascending, endless. */
function* edgesFrom(resolution: Resolution, timeZone: string, instantMs: number): Generator<number> {
  const seconds = secondsOf(resolution);
  let day = firstDay(resolution, dayAt(instantMs, timeZone));
  let startMs = instantAt(day, '00:00', timeZone);
  for (;;) {
    const next = seconds === undefined ? nextStart(resolution, day) : addDays(day, 1);
    const endMs = instantAt(next, '00:00', timeZone);
    if (seconds === undefined) yield startMs;
    else yield* edgesOfDay(seconds, day, { startMs, endMs }, timeZone);
    day = next;
    startMs = endMs;
  }
}

function* edgesOfDay(
  seconds: number,
  day: CivilDay,
  { startMs, endMs }: Interval,
  timeZone: string,
): Generator<number> {
  // On a day of 24 hours elapsed time equals wall-clock time, and calendar lookups are slower.
  if (seconds <= HOUR_SECONDS || endMs - startMs === DAY_MS) {
    for (let ms = startMs; ms < endMs; ms += seconds * SECOND_MS) yield ms;
    return;
  }
  for (let hour = 0; hour < 24; hour += seconds / HOUR_SECONDS) {
    const ms = instantAt(day, `${String(hour).padStart(2, '0')}:00`, timeZone);
    if (ms >= startMs && ms < endMs) yield ms;
  }
}

/** The first day of the bucket that contains a day. */
function firstDay(resolution: Resolution, day: CivilDay): CivilDay {
  const [year = '', month = ''] = day.split('-');
  switch (resolution) {
    case 'P1W':
      return addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
    case 'P1M':
      return `${year}-${month}-01`;
    case 'P3M':
      return `${year}-${twoDigits(Number(month) - ((Number(month) - 1) % 3))}-01`;
    case 'P1Y':
      return `${year}-01-01`;
    default:
      return day;
  }
}

/** The first day of the bucket after the one that begins on a day. */
function nextStart(resolution: Resolution, day: CivilDay): CivilDay {
  if (resolution === 'P1D') return addDays(day, 1);
  if (resolution === 'P1W') return addDays(day, 7);
  const months = { P1M: 1, P3M: 3, P1Y: 12 }[resolution as 'P1M'];
  const [year = 0, month = 0] = day.split('-').map(Number);
  const index = year * 12 + month - 1 + months;
  return `${String(Math.floor(index / 12)).padStart(4, '0')}-${twoDigits((index % 12) + 1)}-01`;
}

const twoDigits = (number: number) => String(number).padStart(2, '0');

/** The coarsest interval of the requested datasets between two days, seconds. */
export function coarsestSeconds(
  { resolution }: GriddedPoints,
  { first, last }: { readonly first: CivilDay; readonly last: CivilDay },
): number {
  const between = resolution.filter(({ from }) => from > first && from <= last);
  return 60 * Math.max(effectiveOn(resolution, first).minutes, ...between.map(({ minutes }) => minutes));
}

/** Counts how many points a series has in a complete bucket. Call with buckets in ascending order. */
export function pointCounter(dataset: GriddedPoints): (bucket: Interval) => number {
  const { timeZone } = dataset.source;
  let day = '';
  let interval: Interval = { startMs: 0, endMs: 0 };
  let stepMs = MINUTE_MS;
  const turnTo = (next: CivilDay) => {
    day = next;
    interval = deliveryInterval(dataset, day);
    stepMs = intervalMs(dataset, day);
  };
  const startsIn = (startMs: number, endMs: number) => {
    if (day < dataset.firstDay) return 0;
    const before = (ms: number) => Math.ceil((ms - interval.startMs) / stepMs);
    return before(endMs) - before(startMs);
  };
  return ({ startMs, endMs }) => {
    let count = 0;
    let ms = startMs;
    if (day === '' || ms < interval.startMs || ms > interval.endMs) turnTo(dayAt(ms, timeZone));
    while (ms < endMs) {
      if (ms >= interval.endMs) turnTo(addDays(day, 1));
      const until = Math.min(endMs, interval.endMs);
      count += startsIn(ms, until);
      ms = until;
    }
    return count;
  };
}
