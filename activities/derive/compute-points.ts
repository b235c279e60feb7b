/** Runs the function of a derived dataset on what its inputs hold of a unit, and refuses invalid points. */
import type { ComputedPoint, DerivedPoints, DerivedUnit, InputPoints } from '../../domain/dataset/derive.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { deliveryInterval, intervalStarts } from '../../domain/time/delivery-day.ts';
import { Failure } from '../../domain/workflow/failures.ts';

/** @throws Failure COMPUTE_FAILED */
export function computePoints(
  dataset: DerivedPoints,
  day: CivilDay,
  given: Pick<DerivedUnit, 'inputs' | 'records'>,
): readonly ComputedPoint[] {
  const starts = intervalStarts(dataset, day);
  const { endMs } = deliveryInterval(dataset, day);
  try {
    const points = dataset.derive.compute({ day, starts, endMs, ...given });
    for (const point of points) assertPoint(point);
    return points;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Failure('COMPUTE_FAILED', `${dataset.id} of ${day} cannot be computed: ${message}`, {
      cause: error,
    });
  }
}

/** @throws RangeError */
function assertPoint({ series, startsAtMs, value }: ComputedPoint): void {
  if (!/^\P{C}{1,200}$/u.test(series))
    throw new RangeError(`series is ${JSON.stringify(series)}: give a name of 1 to 200 printable characters`);
  if (!Number.isInteger(startsAtMs))
    throw new RangeError(`startsAtMs of ${series} is ${startsAtMs}: give milliseconds`);
  if (value !== null && !Number.isFinite(value))
    throw new RangeError(
      `value of ${series} at ${new Date(startsAtMs).toISOString()} is ${value}: give a number, null, or leave the point out`,
    );
}

/**
 * What was computed, plus a null for each stored point that can no longer be computed: otherwise it would look as if it still followed from
 * the inputs.
 * @param value instead of null
 */
export function withoutStale(
  points: readonly ComputedPoint[],
  present: InputPoints,
  value: number | null = null,
): ComputedPoint[] {
  const computed = new Set(points.map(placeOf));
  const stale = [...present].flatMap(([series, { startsAtMs }]) =>
    [...startsAtMs]
      .map((ms) => ({ series, startsAtMs: ms, value }))
      .filter((point) => !computed.has(placeOf(point))),
  );
  return [...points, ...stale];
}

function placeOf({ series, startsAtMs }: Pick<ComputedPoint, 'series' | 'startsAtMs'>): string {
  return `${startsAtMs}\t${series}`;
}
