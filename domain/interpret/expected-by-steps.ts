/** How many points a day has whose series have steps of their own: by what one payload says of it. Pure. */
import type { DecodedPoint } from '../dataset/points.ts';
import type { Interval } from '../time/civil-day.ts';

/**
 * Each series is taken to go on, where it has no points, in its shortest steps; one that is not there has the definition's.
 * @param stepMs of points that do not say theirs, and of series that are not there
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
