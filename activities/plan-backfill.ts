/**
 * Activity `planBackfill`: refuses a range that cannot be, decides about each day, keeps the plan, and lists the days to do
 * in the order asked for.
 */
import { type Database, transaction } from '../db/client.ts';
import { insertBackfill, insertPlannedDays, knownDays } from '../db/queries/backfills.ts';
import type { Action, BackfillInput, BackfillPlan, PlannedDay, PlanSummary } from '../domain/backfill.ts';
import { isSelective } from '../domain/backfill-input.ts';
import { planDays, summarize } from '../domain/backfill-plan.ts';
import { assertBackfillRange } from '../domain/backfill-range.ts';
import type { CivilDay } from '../domain/civil-day.ts';
import type { DatasetDefinition } from '../domain/dataset.ts';
import { toRanges } from '../domain/day-ranges.ts';
import type { DayState } from '../domain/ledger.ts';
import { spansOf } from '../domain/spans.ts';
import type { Dependencies } from './dependencies.ts';
import { temporalActivity } from './temporal-activity.ts';
import { thisRun } from './this-run.ts';

export function createPlanBackfill(
  dependencies: Dependencies,
): (input: BackfillInput) => Promise<BackfillPlan> {
  const { catalog, clock, database } = dependencies;
  return temporalActivity(async (input) => {
    const dataset = catalog.get(input.dataset);
    const now = clock.now();
    const plan = await makePlan(database, dataset, input, now.getTime());
    await transaction(database, async (sql) => {
      const id = await insertBackfill(sql, thisRun(), input, plan.summary, now);
      if (id !== undefined) await insertPlannedDays(sql, id, plan.days);
    });
    return forWorkflow(input, plan);
  });
}

/** A plan, day by day and in short. */
export interface Plan {
  readonly days: readonly PlannedDay[];
  readonly spans: readonly (readonly CivilDay[])[];
  readonly summary: PlanSummary;
}

/**
 * What a backfill would do now. The command shows it before the run.
 * @throws Failure OUT_OF_RANGE
 */
export async function makePlan(
  database: Database,
  dataset: DatasetDefinition,
  input: BackfillInput,
  nowMs: number,
): Promise<Plan> {
  assertBackfillRange(dataset, input, nowMs);
  const days = planDays(dataset, input, await knownDays(database, input), nowMs);
  const spans = spansOf(dataset, daysTo('fetch', days));
  return { days, spans, summary: summarize(days, spans.length, dataset.source.quota) };
}

function forWorkflow(input: BackfillInput, { days, spans, summary }: Plan): BackfillPlan {
  const toDo = days.filter(({ action }) => action !== 'skip').map(({ day }) => day);
  const leftAlone = (...states: (DayState | null)[]) =>
    isSelective(input)
      ? []
      : toRanges(
          days
            .filter(({ action, state }) => action === 'skip' && states.includes(state))
            .map(({ day }) => day),
        );
  return {
    days: toDo,
    rebuild: toRanges(daysTo('rebuild', days)),
    spans: spans.filter((span) => span.length > 1),
    complete: leftAlone('complete'),
    absent: leftAlone('absent'),
    scheduled: leftAlone('scheduled', null),
    total: isSelective(input) ? toDo.length : days.length,
    summary,
  };
}

function daysTo(action: Action, days: readonly PlannedDay[]): CivilDay[] {
  return days.filter((day) => day.action === action).map(({ day }) => day);
}
