/** The mark of a late day: raised once when the deadline has passed, resolved by itself on arrival. */
import type { Sql } from '../db/client.ts';
import { insertFindings, isMarked, supersedeMark } from '../db/queries/findings.ts';
import type { DayScope } from '../db/queries/observations.ts';
import type { DatasetDefinition } from '../domain/dataset.ts';
import { type Decision, settleFindings } from '../domain/decision.ts';
import { momentOf } from '../domain/delivery-day.ts';
import { finding } from '../domain/finding.ts';
import type { DayState } from '../domain/ledger.ts';

const RULE = 'late';
/** Days that were so before cannot have an open mark. */
const NEVER_MARKED: ReadonlySet<DayState> = new Set(['scheduled', 'awaiting', 'partial', 'complete']);

/** What moved the day last. */
interface Cause {
  /** The day's last payload. */
  readonly payloadId: number;
  readonly at: Date;
  /** Who or what resolves the mark, where the day is not late any more. */
  readonly by: string;
  /** What people have decided so far. */
  readonly decisions: readonly Decision[];
}

export async function markLate(
  sql: Sql,
  dataset: DatasetDefinition,
  scope: DayScope,
  { before, after }: { readonly before: DayState; readonly after: DayState },
  { payloadId, at, by, decisions }: Cause,
): Promise<void> {
  if (after !== 'late') {
    if (!NEVER_MARKED.has(before)) await supersedeMark(sql, scope, RULE, at, by);
    return;
  }
  if (await isMarked(sql, scope, RULE)) return;
  const deadline = new Date(momentOf(dataset, scope.day, dataset.publication.deadline));
  const reason = `nothing was published by ${deadline.toISOString()}`;
  const marks = settleFindings([finding('late', 'warn', reason, { points: 0 })], decisions);
  // At the deadline, whenever it was noticed: folding again gives the same.
  await insertFindings(sql, scope, payloadId, deadline, marks);
}
