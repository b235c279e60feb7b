/**
 * Activity `finishBackfill`: writes the outcome next to the plan. The plan can be missing if the database was restored from a backup older
 * than the backfill. Its days are stored all the same, so that is a warning and not a failure.
 */
import { log } from '@temporalio/activity';
import { type DayResult, finishBackfill, finishPlannedDays } from '../../db/queries/operation/backfills.ts';
import { leaveQueue } from '../../db/queries/operation/quota.ts';
import type { BackfillProgress } from '../../domain/backfill/backfill.ts';
import type { DayState } from '../../domain/days/ledger.ts';
import { fromRanges } from '../../domain/time/day-ranges.ts';
import type { Dependencies } from '../dependencies.ts';
import { once } from '../once.ts';
import { temporalActivity } from '../temporal-activity.ts';
import { thisRun } from '../this-run.ts';

/** What the workflow reports at its end. */
export interface FinishedBackfill {
  readonly workflowId: string;
  /** The run id under which the plan is kept: that of the first run of its chain. */
  readonly firstRunId: string;
  readonly progress: BackfillProgress;
}

export function createFinishBackfill({
  clock,
  database,
}: Dependencies): (finished: FinishedBackfill) => Promise<void> {
  return temporalActivity(async ({ workflowId, firstRunId, progress }) => {
    const { summary, rows } = progress;
    await once(database, async (sql) => {
      await leaveQueue(sql, thisRun().runId);
      const run = { workflowId, runId: firstRunId };
      const id = await finishBackfill(sql, run, { summary, rows, finishedAt: clock.now() });
      if (id === undefined) log.warn('the plan of this backfill is not in the database', run);
      else await finishPlannedDays(sql, id, resultsOf(progress));
    });
  });
}

/** Days in neither list were never started: their outcome stays empty. */
function resultsOf({ outcomes, errors, skipped }: BackfillProgress): DayResult[] {
  const done = (Object.entries(outcomes) as [DayState, readonly string[]][]).flatMap(([outcome, ranges]) =>
    fromRanges(ranges).map((day) => ({ day, outcome, note: errors[day] ?? null })),
  );
  const takenOut = Object.entries(skipped).flatMap(([range, note]) =>
    fromRanges([range]).map((day) => ({ day, outcome: null, note })),
  );
  return [...done, ...takenOut];
}
