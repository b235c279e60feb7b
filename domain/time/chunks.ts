/** Splits a range into adjacent chunks of some ten thousand rows each. Pure. */
import type { CivilDay, Interval } from './civil-day.ts';

export const ROWS_OF_A_CHUNK = 10_000;

/** @param chunkMs the time that holds that many rows. */
export function* evenChunks({ startMs, endMs }: Interval, chunkMs: number): Generator<Interval> {
  for (let ms = startMs; ms < endMs; ms += chunkMs)
    yield { startMs: ms, endMs: Math.min(ms + chunkMs, endMs) };
}

/** The same without chunks that none of the days touches. @param days ascending, of any time zone. */
export function* chunksOfDays(
  range: Interval,
  chunkMs: number,
  days: readonly CivilDay[],
): Generator<Interval> {
  for (const chunk of evenChunks(range, chunkMs)) if (daysWithin(days, chunk).length > 0) yield chunk;
}

const DAY_MS = 86_400_000;

/** The days that may touch an interval, in any time zone. @param days ascending. */
export function daysWithin(days: readonly CivilDay[], { startMs, endMs }: Interval): readonly CivilDay[] {
  const first = utcDay(startMs - DAY_MS);
  const last = utcDay(endMs + DAY_MS);
  const from = placeOf(days, (day) => day >= first);
  return days.slice(
    from,
    placeOf(days, (day) => day > last),
  );
}

function utcDay(ms: number): CivilDay {
  return new Date(ms).toISOString().slice(0, 10);
}

/** Index of the first day for which a monotonic condition holds. */
function placeOf(days: readonly CivilDay[], isTrue: (day: CivilDay) => boolean): number {
  let [low, high] = [0, days.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isTrue(days[middle] as CivilDay)) high = middle;
    else low = middle + 1;
  }
  return low;
}

export interface DayOfRows extends Interval {
  readonly rows: number;
}

/** @param days that have rows, ascending; the first may begin before the range, the last end after it. */
export function* chunksByDays(range: Interval, days: readonly DayOfRows[]): Generator<Interval> {
  let { startMs } = range;
  let rows = 0;
  for (const day of days) {
    if (rows > 0 && rows + day.rows > ROWS_OF_A_CHUNK) {
      yield { startMs, endMs: day.startMs };
      startMs = day.startMs;
      rows = 0;
    }
    rows += day.rows;
    for (const edge of edgesWithin(day)) {
      if (edge <= startMs || edge >= range.endMs) continue;
      yield { startMs, endMs: edge };
      startMs = edge;
      rows = 0;
    }
  }
  if (startMs < range.endMs) yield { startMs, endMs: range.endMs };
}

/** Where a day with more rows is cut; including its end, so that the rest of it is not merged with the next day. */
function edgesWithin({ startMs, endMs, rows }: DayOfRows): number[] {
  const parts = Math.ceil(rows / ROWS_OF_A_CHUNK);
  if (parts < 2) return [];
  return Array.from({ length: parts }, (_, n) => Math.round(startMs + ((n + 1) * (endMs - startMs)) / parts));
}
