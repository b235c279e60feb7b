/**
 * Activity `writeDay`: folds the day's payloads into observations, versions, findings, change feed and ledger in one
 * transaction. Repeating it is harmless: what is folded is folded.
 */

import { transaction } from '../db/client.ts';
import { type LedgerRow, lockDay } from '../db/queries/ledger.ts';
import { finishRun } from '../db/queries/runs.ts';
import type { DatasetDefinition } from '../domain/dataset.ts';
import type { Attempt, DayOutcome } from '../domain/messages.ts';
import { lookAgainAt } from '../domain/polling.ts';
import type { Clock, Dependencies } from './dependencies.ts';
import { foldDay } from './fold-day.ts';
import { temporalActivity } from './temporal-activity.ts';
import { earlierRun, outcomeOf, thisRun } from './this-run.ts';

export function createWriteDay({
  catalog,
  clock,
  database,
  retryRules,
}: Dependencies): (attempt: Attempt) => Promise<DayOutcome> {
  return temporalActivity(async ({ dataset: id, day }) => {
    const dataset = catalog.get(id);
    const run = thisRun();
    const folded = await transaction(database, async (sql) => {
      await lockDay(sql, id, day);
      const result = await foldDay(sql, dataset, day, { askedBy: run });
      const { state: outcome, payloadId } = result.ledger;
      await finishRun(sql, { ...run, finishedAt: clock.now(), outcome, error: null, payloadId });
      return result;
    });
    const lookAgainInMs = waitFor(dataset, folded.ledger, clock);
    return { ...outcomeOf(folded.ledger, folded), lookAgainInMs, ...(await earlierRun(database, id, day)) };
  }, retryRules);
}

/** How long a run that stays until publication waits before it looks again, real milliseconds; null: nothing to wait for. */
function waitFor(dataset: DatasetDefinition, row: LedgerRow, clock: Clock): number | null {
  const nowMs = clock.now().getTime();
  const known = { day: row.day, state: row.state, lastAskedMs: row.lastCheckedAt?.getTime() ?? null };
  const next = lookAgainAt(dataset, known, nowMs);
  return next === null ? null : Math.max(0, (next - nowMs) / clock.rate);
}
