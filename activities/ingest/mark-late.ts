/**
 * The mark of a late day: raised once when the deadline has passed, resolved by itself on arrival. It tells what was
 * noticed while we asked, like the findings of failed attempts; folding a day again neither makes nor removes one.
 */
import type { Sql } from '../../db/connection/client.ts';
import { insertFindings, isMarked, supersedeMark } from '../../db/queries/days/findings.ts';
import { holidaysAround } from '../../db/queries/days/holidays-around.ts';
import type { DayScope } from '../../db/queries/points/observations.ts';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import type { DayState } from '../../domain/days/ledger.ts';
import { finding } from '../../domain/interpret/finding.ts';
import { deadlineOf } from '../../domain/time/delivery-day.ts';

const RULE = 'late';

/** @param at when the day was found in its state. */
export async function markLate(
  sql: Sql,
  dataset: PulledPoints,
  scope: DayScope,
  state: DayState,
  at: Date,
): Promise<void> {
  if (state !== 'late') return await supersedeMark(sql, scope, RULE, at);
  if (await isMarked(sql, scope, RULE)) return;
  const holidays = await holidaysAround(sql, dataset, scope.day, at);
  const deadline = new Date(deadlineOf(dataset, scope.day, holidays));
  const mark = finding('late', 'warn', `nothing was published by ${deadline.toISOString()}`, { points: 0 });
  await insertFindings(sql, scope, null, deadline, [{ ...mark, settled: undefined }]);
}
