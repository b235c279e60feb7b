/** The one judge: runs the checks of a dataset on decoded data of any origin. Pure. */

import type { DecodedPoint } from '../dataset/points.ts';
import type { Interval } from '../time/civil-day.ts';
import type { Check, Hit } from './checks.ts';

/** Points named by a check of severity `block`: instants by series. */
export type HeldPoints = ReadonlyMap<string, ReadonlySet<number>>;

/** @param tell called for each hit, in order of the checks. */
export function judge<Input>(
  checks: readonly Check<Input>[] | undefined,
  input: Input,
  tell: (check: Check<Input>, hit: Hit) => void,
): void {
  for (const check of checks ?? []) for (const hit of check.run(input)) tell(check, hit);
}

/** The same for points. @returns those that are quarantined. */
export function judgePoints<Input>(
  checks: readonly Check<Input>[] | undefined,
  input: Input,
  tell: (check: Check<Input>, hit: Hit) => void,
): HeldPoints {
  const held = new Map<string, Set<number>>();
  judge(checks, input, (check, hit) => {
    tell(check, hit);
    const { series, startsAtMs } = hit;
    if (check.severity !== 'block' || series === undefined || startsAtMs === undefined) return;
    const instants = held.get(series) ?? new Set();
    held.set(series, instants.add(startsAtMs));
  });
  return held;
}

// How many points a day has if its series have steps of their own, according to one payload. Pure.

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
