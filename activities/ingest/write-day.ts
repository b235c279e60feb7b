/**
 * Activity `writeDay`: folds the day's payloads into observations, versions, findings, change feed and ledger in one
 * transaction, once for each step of the workflow.
 */

import type { Sql } from '../../db/connection/client.ts';
import { holidaysAround } from '../../db/queries/days/holidays-around.ts';
import type { LedgerRow } from '../../db/queries/days/ledger.ts';
import { finishRun, isOvertaken } from '../../db/queries/days/runs.ts';
import { isDerived, isPulledRecords, type ScheduledDataset } from '../../domain/dataset/dataset.ts';
import { pollAgainAt } from '../../domain/days/polling.ts';
import type { Attempt, DayOutcome } from '../../domain/workflow/messages.ts';
import type { Clock, Dependencies } from '../dependencies.ts';
import { foldUnit } from '../fold/fold-unit.ts';
import { lockUnit } from '../fold/lock-unit.ts';
import { once } from '../once.ts';
import { temporalActivity } from '../temporal-activity.ts';
import { earlierRun, outcomeOf, thisRun } from '../this-run.ts';
import { pulledDataset } from './source-settings.ts';

export function createWriteDay({
  catalog,
  clock,
  database,
  retryRules,
}: Dependencies): (attempt: Attempt) => Promise<DayOutcome> {
  return temporalActivity(async ({ dataset: id, day }) => {
    const dataset = pulledDataset(catalog, id);
    const run = thisRun();
    return await once(database, async (sql) => {
      await lockUnit(sql, dataset, day);
      // The ledger's last attempt is then that one.
      const overtaken = await isOvertaken(sql, { dataset: id, day, ...run }, clock.now());
      const folded = await foldUnit(sql, dataset, day, overtaken ? {} : { requestedBy: run });
      const { state: outcome, payloadId } = folded.ledger;
      await finishRun(sql, { ...run, finishedAt: clock.now(), outcome, error: null, payloadId });
      const pollAgainInMs = await waitFor(sql, dataset, folded.ledger, clock);
      return { ...outcomeOf(folded.ledger, folded), pollAgainInMs, ...(await earlierRun(sql, id, day)) };
    });
  }, retryRules);
}

/** How long a run that stays until publication waits before its next poll, in real milliseconds; null: nothing to wait for. */
async function waitFor(
  sql: Sql,
  dataset: ScheduledDataset,
  row: LedgerRow,
  clock: Clock,
): Promise<number | null> {
  if (isPulledRecords(dataset) || isDerived(dataset)) return null;
  const now = clock.now();
  const nowMs = now.getTime();
  const holidays = await holidaysAround(sql, dataset, row.day, now);
  const known = { day: row.day, state: row.state, lastRequestedMs: row.lastCheckedAt?.getTime() ?? null };
  const next = pollAgainAt(dataset, known, nowMs, holidays);
  return next === null ? null : Math.max(0, (next - nowMs) / clock.rate);
}
