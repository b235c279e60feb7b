/**
 * The mark of a late day: raised once when the deadline has passed, resolved by itself on arrival. It tells what was
 * noticed while we asked, like the findings of failed attempts; folding a day again neither makes nor removes one.
 */
import type { Sql } from '../db/client.ts';
import { insertFindings, isMarked, supersedeMark } from '../db/queries/findings.ts';
import type { DayScope } from '../db/queries/observations.ts';
import type { DatasetDefinition } from '../domain/dataset.ts';
import { momentOf } from '../domain/delivery-day.ts';
import { finding } from '../domain/finding.ts';
import type { DayState } from '../domain/ledger.ts';

const RULE = 'late';

/** @param at when the day was found in its state. */
export async function markLate(
  sql: Sql,
  dataset: DatasetDefinition,
  scope: DayScope,
  state: DayState,
  at: Date,
): Promise<void> {
  if (state !== 'late') return await supersedeMark(sql, scope, RULE, at);
  if (await isMarked(sql, scope, RULE)) return;
  const deadline = new Date(momentOf(dataset, scope.day, dataset.publication.deadline));
  const mark = finding('late', 'warn', `nothing was published by ${deadline.toISOString()}`, { points: 0 });
  await insertFindings(sql, scope, null, deadline, [{ ...mark, settled: undefined }]);
}
