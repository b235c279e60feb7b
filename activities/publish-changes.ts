/** The change feed's share of the fold: what moved a day is appended, and what folding again did not confirm is taken back. */
import type { Sql } from '../db/client.ts';
import { appendChanges, type Change, changesOfDay, deleteChanges } from '../db/queries/changes.ts';
import type { DayScope } from '../db/queries/observations.ts';

/**
 * Appends a day's changes. Call it late in a transaction (see `appendChanges`).
 * @param again the day was folded again: changes that came out the same keep their cursor, others get a new one.
 */
export async function publishChanges(
  sql: Sql,
  { dataset, day }: DayScope,
  changes: readonly Change[],
  again: boolean,
): Promise<void> {
  const existing = again ? await changesOfDay(sql, dataset, day) : [];
  const refuted = existing.filter((old) => !changes.some((change) => isSame(change, old)));
  if (refuted.length > 0)
    await deleteChanges(
      sql,
      refuted.map(({ cursor }) => cursor),
    );
  await appendChanges(
    sql,
    changes.filter((change) => !existing.some((old) => isSame(change, old))),
  );
}

function isSame(a: Change, b: Change): boolean {
  return (
    a.payloadId === b.payloadId &&
    a.kind === b.kind &&
    a.newPoints === b.newPoints &&
    a.revisedPoints === b.revisedPoints &&
    a.nulledPoints === b.nulledPoints &&
    a.largestDifference === b.largestDifference &&
    a.knownAt.getTime() === b.knownAt.getTime()
  );
}
