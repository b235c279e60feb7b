/** Writes the fold's changes to the feed: what changed a day is appended, and what folding again changed is counted anew. */
import type { Sql } from '../../db/connection/client.ts';
import { appendChanges, type Change, nextChangeIds } from '../../db/queries/answers/changes.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import type { ChangeIds } from './change-ids.ts';

export type Moved = Pick<Change, 'newPoints' | 'revisedPoints' | 'nulledPoints' | 'largestDifference'>;

export const NOTHING: Moved = { newPoints: 0, revisedPoints: 0, nulledPoints: 0, largestDifference: null };

/**
 * Appends a day's changes. Nothing is ever removed from the feed: a change that folding again did not confirm changed nothing, by today's
 * reading of its bytes.
 */
export async function publishChanges(
  sql: Sql,
  changes: readonly Change[],
  { existing, foldedIds }: ChangeIds,
): Promise<void> {
  const made = changes.reduce(addTo, new Map<number, Change>());
  const unconfirmed = existing
    .filter(({ id, kind }) => !made.has(id) && (kind === 'published' || kind === 'revised'))
    .map((change) => ({ ...change, ...NOTHING }));
  const other = [...made.values(), ...unconfirmed].filter(
    (change) => !existing.some((old) => isSame(change, old)),
  );
  const there = new Set(existing.map(({ id }) => id));
  await appendChanges(sql, other, new Set([...foldedIds].filter((id) => !there.has(id))));
}

/** Says in the feed that the day reads differently from now on, also as of the past. */
export async function publishCorrection(
  sql: Sql,
  { dataset, day }: { readonly dataset: string; readonly day: CivilDay },
  kind: 'corrected' | 'erased',
  moved: Moved = NOTHING,
): Promise<void> {
  const [id] = await nextChangeIds(sql, 1);
  await appendChanges(sql, [{ id: id as number, dataset, day, payloadId: null, kind, ...moved }]);
}

function addTo(all: Map<number, Change>, change: Change): Map<number, Change> {
  const other = all.get(change.id);
  if (!other) return all.set(change.id, change);
  const differences = [other, change].flatMap(({ largestDifference }) => largestDifference ?? []);
  return all.set(change.id, {
    ...other,
    kind: other.kind === 'revised' ? 'revised' : change.kind,
    newPoints: other.newPoints + change.newPoints,
    revisedPoints: other.revisedPoints + change.revisedPoints,
    nulledPoints: other.nulledPoints + change.nulledPoints,
    largestDifference: differences.length > 0 ? Math.max(...differences) : null,
  });
}

function isSame(a: Change, b: Change): boolean {
  return (
    a.id === b.id &&
    a.kind === b.kind &&
    a.newPoints === b.newPoints &&
    a.revisedPoints === b.revisedPoints &&
    a.nulledPoints === b.nulledPoints &&
    a.largestDifference === b.largestDifference
  );
}
