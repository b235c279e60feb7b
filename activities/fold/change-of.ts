/** Turns written points into an entry of the change feed. */
import type { Change } from '../../db/queries/answers/changes.ts';
import type { DayScope, FoldedPoints } from '../../db/queries/points/observations.ts';

/** The change, or undefined when nothing was written. @param id that the values refer to. */
export function changeOf(
  { dataset, day }: Pick<DayScope, 'dataset' | 'day'>,
  id: number,
  payloadId: number,
  moved: Pick<FoldedPoints, 'newPoints' | 'revisedPoints' | 'nulledPoints' | 'largestDifference'>,
): Change | undefined {
  const { newPoints, revisedPoints, nulledPoints, largestDifference } = moved;
  const replaced = revisedPoints + nulledPoints;
  if (newPoints + replaced === 0) return undefined;
  const kind = replaced > 0 ? 'revised' : 'published';
  return { id, dataset, day, payloadId, kind, newPoints, revisedPoints, nulledPoints, largestDifference };
}
