/**
 * Activity `recordFailure`: the fallback step after the last attempt. Writes run and ledger, keeps what is known, and
 * raises the alert. A broken contract leaves a finding too.
 */
import { log } from '@temporalio/activity';
import { type Sql, transaction } from '../db/client.ts';
import { insertFindings } from '../db/queries/findings.ts';
import { type LedgerRow, lockDay, readLedger, writeLedger } from '../db/queries/ledger.ts';
import { finishRun } from '../db/queries/runs.ts';
import type { DatasetDefinition } from '../domain/dataset.ts';
import { FAILURES, isFailureCode, RETRY_RULES } from '../domain/failures.ts';
import { finding } from '../domain/finding.ts';
import { assertLegalTransition, stateAfterFailure } from '../domain/ledger.ts';
import type { DayOutcome, FailedAttempt } from '../domain/messages.ts';
import type { Dependencies } from './dependencies.ts';
import { emptyLedgerRow } from './empty-ledger-row.ts';
import { temporalActivity } from './temporal-activity.ts';
import { outcomeOf, thisRun } from './this-run.ts';

export function createRecordFailure(
  dependencies: Dependencies,
): (failed: FailedAttempt) => Promise<DayOutcome> {
  const { catalog, clock, database } = dependencies;
  return temporalActivity(async (failed) => {
    const dataset = catalog.get(failed.dataset);
    const row = await transaction(database, (sql) => record(sql, dataset, failed, clock.now()));
    // The alert: one line at error level per day given up, for whatever watches the logs.
    log.error('delivery day given up', { ...failed, state: row.state });
    return { ...outcomeOf(row), sentence: `${failed.day}: ${failed.message}` };
  }, UNTIL_IT_IS_WRITTEN);
}

/** It touches no payload: what it loses, it loses to somebody else's, and there is no step after it to tell. */
const UNTIL_IT_IS_WRITTEN = { ...RETRY_RULES, lost: RETRY_RULES.storage };

async function record(
  sql: Sql,
  definition: DatasetDefinition,
  { dataset, day, code, message }: FailedAttempt,
  now: Date,
): Promise<LedgerRow> {
  await lockDay(sql, dataset, day);
  const run = thisRun();
  const known = await readLedger(sql, dataset, day);
  const state = stateAfterFailure(known?.state);
  assertLegalTransition(known?.state, state);
  const error = `${code}: ${message}`;
  const row = { ...(known ?? emptyLedgerRow(definition, day)), ...run, state, error };
  await writeLedger(sql, row);
  await finishRun(sql, { ...run, finishedAt: now, outcome: 'failed', error, payloadId: null });
  if (isFailureCode(code) && FAILURES[code].class === 'contract_broken') {
    await insertFindings(sql, { dataset, day }, null, now, [
      { ...finding(code.toLowerCase(), 'warn', message, { points: 0 }), settled: undefined },
    ]);
  }
  return row;
}
