/** What a backfill would do now, day by day and in short. Pure: command and API show it before the run, the workflow stores it. */

import type { PulledPoints } from '../dataset/points.ts';
import { batchesOf } from '../days/batches.ts';
import type { CivilDay } from '../time/civil-day.ts';
import type { Action, BackfillInput, PlannedDay, PlanSummary } from './backfill.ts';
import { type KnownDay, planDays, summarize } from './backfill-plan.ts';
import { assertBackfillRange } from './backfill-range.ts';

export interface Plan {
  readonly days: readonly PlannedDay[];
  readonly batches: readonly (readonly CivilDay[])[];
  readonly summary: PlanSummary;
}

/**
 * @param known what the ledger knows of the range.
 * @throws Failure OUT_OF_RANGE
 */
export function makePlan(
  dataset: PulledPoints,
  input: BackfillInput,
  known: readonly KnownDay[],
  nowMs: number,
): Plan {
  assertBackfillRange(dataset, input, nowMs);
  const days = planDays(dataset, input, known, nowMs);
  const batches = batchesOf(dataset, daysTo('fetch', days));
  return { days, batches, summary: summarize(days, batches.length, dataset.source.quota) };
}

/** The days of a plan with an action. */
export function daysTo(action: Action, days: readonly PlannedDay[]): CivilDay[] {
  return days.filter((day) => day.action === action).map(({ day }) => day);
}
