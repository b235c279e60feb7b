/** Activity `planPoll`: which delivery days or periods of a dataset are due to be asked for. */

import type { Sql } from '../db/client.ts';
import { askedDays } from '../db/queries/ledger.ts';
import { latestRuns } from '../db/queries/runs.ts';
import { isRefreshed, type RefreshedDataset } from '../domain/any-dataset.ts';
import type { CivilDay } from '../domain/civil-day.ts';
import type { DatasetDefinition } from '../domain/dataset.ts';
import { dueDays, pollingRange } from '../domain/polling.ts';
import { duePeriods, periodsAround } from '../domain/refresh.ts';
import type { Dependencies } from './dependencies.ts';
import { temporalActivity } from './temporal-activity.ts';

export function createPlanPoll(
  dependencies: Dependencies,
): (input: { dataset: string }) => Promise<CivilDay[]> {
  const { catalog, clock, database } = dependencies;
  return temporalActivity(async (input) => {
    const dataset = catalog.find(input.dataset);
    const nowMs = clock.now().getTime();
    return isRefreshed(dataset)
      ? await planPeriods(dependencies, dataset, nowMs)
      : await planDays(database, catalog.get(input.dataset), nowMs);
  });
}

/** Newest first. */
async function planDays(sql: Sql, dataset: DatasetDefinition, nowMs: number): Promise<CivilDay[]> {
  const { from, to } = pollingRange(dataset, nowMs);
  const rows = await askedDays(sql, dataset.id, from, to);
  const known = rows.map(({ day, state, lastAskedAt }) => ({
    day,
    state,
    lastAskedMs: lastAskedAt?.getTime() ?? null,
  }));
  return dueDays(dataset, known, nowMs);
}

async function planPeriods(
  { database, recordSources }: Dependencies,
  dataset: RefreshedDataset,
  nowMs: number,
): Promise<CivilDay[]> {
  const periods = periodsAround(dataset, nowMs);
  const latest = await latestRuns(database, dataset.id, periods);
  // By its start: what has changed while it ran may not be in its answer.
  const asked = [...latest].map(([day, { startedAt }]) => ({ day, lastAskedMs: startedAt.getTime() }));
  const changedAt = await recordSources?.get(dataset.id)?.changedAt(database);
  return duePeriods(dataset, asked, nowMs, changedAt?.getTime());
}
