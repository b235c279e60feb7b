/** What writing points amounts to in the change feed. */
import type { Change } from '../db/queries/changes.ts';
import type { DayScope, FoldedPoints } from '../db/queries/observations.ts';

/** The change, or undefined when no point moved. @param knownAt since when the values are known. */
export function changeOf(
  { dataset, day }: DayScope,
  payloadId: number,
  knownAt: Date,
  { newPoints, revisedPoints, nulledPoints, largestDifference }: FoldedPoints,
): Change | undefined {
  const replaced = revisedPoints + nulledPoints;
  if (newPoints + replaced === 0) return undefined;
  const kind = replaced > 0 ? 'revised' : 'published';
  return {
    dataset,
    day,
    payloadId,
    kind,
    newPoints,
    revisedPoints,
    nulledPoints,
    largestDifference,
    knownAt,
  };
}
