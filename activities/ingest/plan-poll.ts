/**
 * Activity `planPoll`: which delivery days or periods of a dataset are due to be requested, and which have payloads that are stored and not
 * folded, because their run ended in between: their next run folds those too.
 */

import type { Sql } from '../../db/connection/client.ts';
import { assertEnabled } from '../../db/queries/catalog/enabling.ts';
import { locationsChangedAt } from '../../db/queries/catalog/locations.ts';
import { requestedDays } from '../../db/queries/days/ledger.ts';
import { latestRuns } from '../../db/queries/days/runs.ts';
import { notePoll } from '../../db/queries/notify/incidents.ts';
import { unfoldedDays } from '../../db/queries/payloads/payloads.ts';
import { type Dataset, isDerived, isPulledRecords } from '../../domain/dataset/dataset.ts';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import type { PulledRecords } from '../../domain/dataset/records.ts';
import { dueDays, pollingRange } from '../../domain/days/polling.ts';
import { duePeriods, periodsAround } from '../../domain/days/refresh.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import type { Dependencies } from '../dependencies.ts';
import { planDerived } from '../derive/plan-derived.ts';
import { temporalActivity } from '../temporal-activity.ts';
import { lacksCredential } from './source-settings.ts';

export function createPlanPoll(
  dependencies: Dependencies,
): (input: { dataset: string }) => Promise<CivilDay[]> {
  const { catalog, clock, database } = dependencies;
  return temporalActivity(async (input) => {
    const dataset = catalog.find(input.dataset);
    await assertEnabled(database, dataset.id);
    await notePoll(database, dataset.id);
    if (!isDerived(dataset) && lacksCredential(dependencies, dataset.source)) return [];
    const nowMs = clock.now().getTime();
    const due = await dueOf(dependencies, dataset, nowMs);
    const before = new Date(nowMs - FOLDED_WITHIN_MS);
    const unfolded = await unfoldedDays(database, { dataset: dataset.id, before, limit: MOST_UNFOLDED });
    return [...new Set([...due, ...unfolded.map(({ day }) => day)])];
  });
}

/** A run folds what it has stored within seconds, or tries to until it can. */
const FOLDED_WITHIN_MS = 10 * 60_000;
const MOST_UNFOLDED = 30;

async function dueOf(dependencies: Dependencies, dataset: Dataset, nowMs: number): Promise<CivilDay[]> {
  const { catalog, database } = dependencies;
  if (isDerived(dataset)) return await planDerived(dependencies, dataset);
  if (isPulledRecords(dataset)) return await planPeriods(dependencies, dataset, nowMs);
  return await planDays(database, catalog.get(dataset.id), nowMs);
}

/** Newest first. */
async function planDays(sql: Sql, dataset: PulledPoints, nowMs: number): Promise<CivilDay[]> {
  const { from, to } = pollingRange(dataset, nowMs);
  const rows = await requestedDays(sql, dataset.id, from, to);
  const known = rows.map(({ day, state, lastRequestedAt }) => ({
    day,
    state,
    lastRequestedMs: lastRequestedAt?.getTime() ?? null,
  }));
  return dueDays(dataset, known, nowMs);
}

async function planPeriods(
  { database }: Dependencies,
  dataset: PulledRecords,
  nowMs: number,
): Promise<CivilDay[]> {
  const periods = periodsAround(dataset, nowMs);
  const latest = await latestRuns(database, dataset.id, periods);
  // By its start: what changed while it ran may be missing from its response.
  const known = [...latest].map(([day, { startedAt }]) => ({ day, lastRequestedMs: startedAt.getTime() }));
  const changedAt = dataset.location ? await locationsChangedAt(database) : null;
  return duePeriods(dataset, known, nowMs, changedAt?.getTime());
}
