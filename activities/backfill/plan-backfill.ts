/**
 * Activity `planBackfill`: refuses an invalid range, decides about each day, stores the plan, and lists the days to do in the requested
 * order.
 */
import { transaction } from '../../db/connection/client.ts';
import { assertEnabled } from '../../db/queries/catalog/enabling.ts';
import { insertBackfill, insertPlannedDays, knownDays } from '../../db/queries/operation/backfills.ts';
import type { BackfillInput, BackfillPlan } from '../../domain/backfill/backfill.ts';
import { isSelective } from '../../domain/backfill/backfill-input.ts';
import { daysTo, makePlan, type Plan } from '../../domain/backfill/make-plan.ts';
import type { DayState } from '../../domain/days/ledger.ts';
import { toRanges } from '../../domain/time/day-ranges.ts';
import type { Dependencies } from '../dependencies.ts';
import { temporalActivity } from '../temporal-activity.ts';
import { thisRun } from '../this-run.ts';

export function createPlanBackfill(
  dependencies: Dependencies,
): (input: BackfillInput) => Promise<BackfillPlan> {
  const { catalog, clock, database } = dependencies;
  return temporalActivity(async (input) => {
    const dataset = catalog.get(input.dataset);
    await assertEnabled(database, dataset.id);
    const now = clock.now();
    const plan = makePlan(dataset, input, await knownDays(database, input), now.getTime());
    await transaction(database, async (sql) => {
      const id = await insertBackfill(sql, thisRun(), input, plan.summary, now);
      if (id !== undefined) await insertPlannedDays(sql, id, plan.days);
    });
    return forWorkflow(input, plan);
  });
}

function forWorkflow(input: BackfillInput, { days, batches, summary }: Plan): BackfillPlan {
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
    batches: batches.filter((batch) => batch.length > 1),
    complete: leftAlone('complete'),
    absent: leftAlone('absent'),
    scheduled: leftAlone('scheduled', null),
    total: isSelective(input) ? toDo.length : days.length,
    summary,
  };
}
