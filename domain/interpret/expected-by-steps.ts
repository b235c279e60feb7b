/** How many points a day has if its series have steps of their own, according to one payload. Pure. */
import type { DecodedPoint } from '../dataset/points.ts';
import type { Interval } from '../time/civil-day.ts';

/**
 * Where a series has no points, its shortest step is assumed; for a missing series, that of the definition.
 * @param stepMs of points that do not state theirs, and of missing series
 */
export function expectedBySteps(
  series: ReadonlyMap<string, readonly DecodedPoint[]>,
  own: Interval,
  stepMs: number,
  expectedSeries: number,
): number {
  const lengthMs = own.endMs - own.startMs;
  const absent = Math.max(0, expectedSeries - series.size) * Math.ceil(lengthMs / stepMs);
  return [...series.values()].reduce((sum, points) => {
    const steps = points.map((point) => point.stepMs ?? stepMs);
    const uncoveredMs = lengthMs - steps.reduce((covered, step) => covered + step, 0);
    return sum + points.length + Math.max(0, Math.ceil(uncoveredMs / Math.min(...steps)));
  }, absent);
}
