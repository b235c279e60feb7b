/**
 * Activity `planPoll`: which delivery days or periods of a dataset are due to be requested, and which have payloads that are stored and not
 * folded, because their run ended in between: their next run folds those too. Many days that were missed are left to a backfill.
 */

import type { Sql } from '../../db/connection/client.ts';
import { assertEnabled } from '../../db/queries/catalog/enabling.ts';
import { locationsChangedAt } from '../../db/queries/catalog/locations.ts';
import { requestedDays } from '../../db/queries/days/ledger.ts';
import { latestRuns } from '../../db/queries/days/runs.ts';
import { notePoll } from '../../db/queries/notify/incidents.ts';
import { unfinishedCatchUp } from '../../db/queries/operation/backfills.ts';
import { unfoldedDays } from '../../db/queries/payloads/payloads.ts';
import { type Dataset, isDerived, isPulledRecords } from '../../domain/dataset/dataset.ts';
import type { PulledPoints } from '../../domain/dataset/points.ts';
import type { PulledRecords } from '../../domain/dataset/records.ts';
import { catchUpRange, dueDays, missedDays, nextDueAt, pollingRange } from '../../domain/days/polling.ts';
import { duePeriods, periodsAround } from '../../domain/days/refresh.ts';
import type { PollPlan } from '../../domain/workflow/messages.ts';
import type { Dependencies } from '../dependencies.ts';
import { planDerived } from '../derive/plan-derived.ts';
import { temporalActivity } from '../temporal-activity.ts';
import { lacksCredential } from './source-settings.ts';

export function createPlanPoll(
  dependencies: Dependencies,
): (input: { dataset: string }) => Promise<PollPlan> {
  const { catalog, clock, database } = dependencies;
  return temporalActivity(async (input) => {
    const dataset = catalog.find(input.dataset);
    await assertEnabled(database, dataset.id);
    const nowMs = clock.now().getTime();
    const isMute = !isDerived(dataset) && lacksCredential(dependencies, dataset.source);
    const { nextDueMs, ...plan }: Planned = isMute ? { due: [] } : await planOf(dependencies, dataset, nowMs);
    await notePoll(database, dataset.id, nextDueMs);
    if (isMute) return plan;
    const before = new Date(nowMs - FOLDED_WITHIN_MS);
    const unfolded = await unfoldedDays(database, { dataset: dataset.id, before, limit: MOST_UNFOLDED });
    return { ...plan, due: [...new Set([...plan.due, ...unfolded.map(({ day }) => day)])] };
  });
}

/** A run folds what it has stored within seconds, or tries to until it can. */
const FOLDED_WITHIN_MS = 10 * 60_000;
const MOST_UNFOLDED = 30;
/** So few missed days are requested like those that are due. */
const HANDFUL = 3;

interface Planned extends PollPlan {
  /** When a live day is requested next; absent where nothing is requested of a source. */
  readonly nextDueMs?: number;
}

async function planOf(dependencies: Dependencies, dataset: Dataset, nowMs: number): Promise<Planned> {
  const { catalog, database } = dependencies;
  if (isDerived(dataset)) return { due: await planDerived(dependencies, dataset) };
  if (isPulledRecords(dataset)) return await planPeriods(dependencies, dataset, nowMs);
  return await planDays(database, catalog.get(dataset.id), nowMs);
}

async function planDays(sql: Sql, dataset: PulledPoints, nowMs: number): Promise<Planned> {
  const { from } = catchUpRange(dataset, nowMs);
  const { to } = pollingRange(dataset, nowMs);
  const rows = await requestedDays(sql, dataset.id, from, to);
  const known = rows.map(({ day, state, lastRequestedAt }) => ({
    day,
    state,
    lastRequestedMs: lastRequestedAt?.getTime() ?? null,
  }));
  const due = dueDays(dataset, known, nowMs);
  const missed = missedDays(dataset, known, nowMs);
  if (missed.length <= HANDFUL)
    return { due: [...new Set([...due, ...missed])], nextDueMs: nextDueAt(dataset, known, [], nowMs) };
  // One that goes on, or waits for a person, is not joined by another when the date changes.
  const begun = await unfinishedCatchUp(sql, dataset.id);
  const isBegun = begun && missed.some((day) => begun.from <= day && day <= begun.to);
  return {
    due: due.filter((day) => !missed.includes(day)),
    missed: isBegun ? begun : catchUpRange(dataset, nowMs),
    nextDueMs: nextDueAt(dataset, known, missed, nowMs),
  };
}

async function planPeriods(
  { database }: Dependencies,
  dataset: PulledRecords,
  nowMs: number,
): Promise<Planned> {
  const periods = periodsAround(dataset, nowMs);
  const latest = await latestRuns(database, dataset.id, periods);
  // By its start: what changed while it ran may be missing from its response.
  const known = [...latest].map(([day, { startedAt }]) => ({ day, lastRequestedMs: startedAt.getTime() }));
  const changedAt = dataset.location ? await locationsChangedAt(database) : null;
  const due = duePeriods(dataset, known, nowMs, changedAt?.getTime());
  const nextMs = known.map(({ lastRequestedMs }) => lastRequestedMs + dataset.pull.everyMinutes * 60_000);
  return { due, nextDueMs: due.length > 0 ? nowMs : Math.min(...nextMs) };
}
