/**
 * Findings of requests without a payload: failed attempts, and the mark of a late day. The mark is set once when the deadline has passed,
 * and both end by themselves when the source answers. Folding a day again neither adds nor removes them.
 */
import type { Sql } from '../../db/connection/client.ts';
import { holidaysAround } from '../../db/queries/days/holidays-around.ts';
import type { DayScope } from '../../db/queries/points/observations.ts';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import type { DayState } from '../../domain/days/ledger.ts';
import { finding } from '../../domain/interpret/finding.ts';
import { deadlineOf } from '../../domain/time/delivery-day.ts';
import { keepFindings } from '../fold/keep-findings.ts';

const RULE = 'late';

/** Ends the findings of attempts without a payload, now that the source has answered. */
export async function endAttempts(sql: Sql, scope: DayScope, answeredAt: Date): Promise<void> {
  const ends = ({ rule, foundAt }: { rule: string; foundAt: Date }) => rule !== RULE && foundAt <= answeredAt;
  await keepFindings(sql, scope, { payloadId: null, at: answeredAt, findings: [], over: 'asking', ends });
}

/** @param at when the day's state was determined. */
export async function markLate(
  sql: Sql,
  dataset: PulledPoints,
  scope: DayScope,
  state: DayState,
  at: Date,
): Promise<void> {
  const ends = ({ rule }: { rule: string }) => rule === RULE;
  const base = { payloadId: null, over: 'asking' as const, ends };
  if (state !== 'late') {
    await keepFindings(sql, scope, { ...base, at, findings: [] });
    return;
  }
  const holidays = await holidaysAround(sql, dataset, scope.day, at);
  const deadline = new Date(deadlineOf(dataset, scope.day, holidays));
  const mark = finding('late', 'warn', `nothing was published by ${deadline.toISOString()}`, { points: 0 });
  await keepFindings(sql, scope, { ...base, at: deadline, findings: [{ ...mark, settled: undefined }] });
}
