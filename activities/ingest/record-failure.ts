/**
 * Activity `recordFailure`: the fallback step after the last attempt. Writes run and ledger, keeps what is known, and raises the alert. A
 * broken contract leaves a finding too. If a later run of the day has an outcome by then, it leaves the day alone. A cancelled run is no failure: it is noted on the run, and the ledger stays
 * as it is.
 */
import { Context, log } from '@temporalio/activity';
import type { Sql } from '../../db/connection/client.ts';
import { insertFindings } from '../../db/queries/days/findings.ts';
import { type LedgerRow, readLedger, writeLedger } from '../../db/queries/days/ledger.ts';
import { finishRun, isOvertaken } from '../../db/queries/days/runs.ts';
import { leaveQueue } from '../../db/queries/operation/quota.ts';
import type { ScheduledDataset } from '../../domain/dataset/dataset.ts';
import { assertLegalTransition, stateAfterFailure } from '../../domain/days/ledger.ts';
import { finding } from '../../domain/interpret/finding.ts';
import { FAILURES, isFailureCode, RETRY_RULES } from '../../domain/workflow/failures.ts';
import type { DayOutcome, FailedAttempt } from '../../domain/workflow/messages.ts';
import type { Dependencies } from '../dependencies.ts';
import { emptyLedgerRow } from '../fold/empty-ledger-row.ts';
import { lockUnit } from '../fold/lock-unit.ts';
import { once } from '../once.ts';
import { temporalActivity } from '../temporal-activity.ts';
import { earlierRun, outcomeOf, thisRun } from '../this-run.ts';
import { pulledDataset } from './source-settings.ts';

export function createRecordFailure(
  dependencies: Dependencies,
): (failed: FailedAttempt) => Promise<DayOutcome> {
  const { catalog, clock, database } = dependencies;
  return temporalActivity(async (failed) => {
    const dataset = pulledDataset(catalog, failed.dataset);
    if (failed.code === 'CANCELLED')
      return await once(database, async (sql) =>
        outcomeOf(await noteCancelled(sql, dataset, failed, clock.now())),
      );
    const { outcome, isNews } = await once(database, (sql) => record(sql, dataset, failed, clock.now()));
    // The alert: one line at error level per failed day, for log monitoring.
    if (isNews) log.error('delivery day given up', { ...failed, state: outcome.state });
    else log.warn('delivery day given up, said too late: the day is left as it is', { ...failed });
    const before = await earlierRun(database, failed.dataset, failed.day);
    return { ...outcome, ...before, summary: `${failed.day}: ${failed.message}` };
  }, UNTIL_IT_IS_WRITTEN);
}

/** It reads no payload, so it cannot be what kills a worker; and no later step could report its failure. */
const UNTIL_IT_IS_WRITTEN = { ...RETRY_RULES, lost: RETRY_RULES.storage };

/** @returns the ledger row as it stands. */
async function noteCancelled(
  sql: Sql,
  definition: ScheduledDataset,
  { dataset, day, code, message }: FailedAttempt,
  now: Date,
): Promise<LedgerRow> {
  await leaveQueue(sql, thisRun().runId);
  await lockUnit(sql, definition, day);
  const known = await readLedger(sql, dataset, day);
  const end = { ...thisRun(), finishedAt: now, outcome: known?.state ?? null, payloadId: null };
  await finishRun(sql, { ...end, error: `${code}: ${message}` });
  return known ?? emptyLedgerRow(definition, day);
}

interface Recorded {
  readonly outcome: DayOutcome;
  /** False when the ledger holds a newer result. */
  readonly isNews: boolean;
}

async function record(
  sql: Sql,
  definition: ScheduledDataset,
  failed: FailedAttempt,
  now: Date,
): Promise<Recorded> {
  const { dataset, day, code, message } = failed;
  await lockUnit(sql, definition, day);
  const run = thisRun();
  const known = await readLedger(sql, dataset, day);
  const error = `${code}: ${message}`;
  const end = { ...run, finishedAt: now, outcome: 'failed', error, payloadId: null } as const;
  await finishRun(sql, end);
  const before = known ?? emptyLedgerRow(definition, day);
  if (await isOvertaken(sql, { dataset, day, ...run }, scheduledAt()))
    return { outcome: outcomeOf(before), isNews: false };
  const state = stateAfterFailure(known?.state);
  assertLegalTransition(known?.state, state);
  const row = { ...before, ...run, state, error };
  await writeLedger(sql, row);
  await addFinding(sql, failed, now);
  return { outcome: outcomeOf(row), isNews: true };
}

/** When the workflow gave the day up. */
function scheduledAt(): Date {
  return new Date(Context.current().info.scheduledTimestampMs);
}

async function addFinding(
  sql: Sql,
  { dataset, day, code, message }: FailedAttempt,
  now: Date,
): Promise<void> {
  if (!isFailureCode(code) || FAILURES[code].class !== 'contract_broken') return;
  await insertFindings(sql, { dataset, day }, null, now, [
    { ...finding(code.toLowerCase(), 'warn', message, { points: 0 }), settled: undefined },
  ]);
}
