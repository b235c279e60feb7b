/**
 * Aligns series of different steps on one grid, for functions that compute from several: hours beside quarters, and nulls. Pure. Values are
 * means over their intervals, such as MW: an hour applies to each of its quarters, four quarters give their mean for the hour.
 */
import type { SeriesPoints } from '../interpret/checks.ts';

/** A value; null where one was published as null; undefined where it is unknown. */
export type Known = number | null | undefined;

/**
 * The values of a series in the intervals that begin at `starts` and end where the next begins, the last at `endMs`. A null in an interval
 * makes it null; a partly missing interval is undefined.
 */
export function onGrid(
  points: SeriesPoints | undefined,
  starts: readonly number[],
  endMs: number,
): readonly Known[] {
  if (!points) return starts.map(() => undefined);
  let from = 0;
  return starts.map((startMs, i) => {
    const interval = { startMs, endMs: starts[i + 1] ?? endMs };
    while (from < points.startsAtMs.length && at(points, from) + points.stepMs <= startMs) from += 1;
    return meanOf(points, from, interval);
  });
}

/** Applies a function to values of several series at one instant: undefined if any of them is, else null if any of them is. */
export function combined(values: readonly Known[], combine: (...values: number[]) => number): Known {
  if (values.includes(undefined)) return undefined;
  return values.includes(null) ? null : combine(...(values as number[]));
}

const at = ({ startsAtMs }: SeriesPoints, i: number): number => startsAtMs[i] as number;

/** The mean over an interval, weighted by time. */
function meanOf(
  points: SeriesPoints,
  from: number,
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
): Known {
  let coveredMs = 0;
  let sum = 0;
  for (let i = from; i < points.startsAtMs.length && at(points, i) < endMs; i += 1) {
    const partMs = Math.min(at(points, i) + points.stepMs, endMs) - Math.max(at(points, i), startMs);
    coveredMs += partMs;
    sum += partMs * (points.values[i] as number);
  }
  if (coveredMs < endMs - startMs) return undefined;
  return Number.isNaN(sum) ? null : sum / coveredMs;
}
