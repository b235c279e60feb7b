/**
 * `backfill`: a range of delivery days as child workflows, newest first, as planned and as people steer it. At most
 * `concurrency` days are in progress at once; a day that fails is noted and never stops the others. After DAYS_PER_RUN days,
 * or when another version of the workers has become current, the workflow waits for the days in progress and continues as new, carrying the work left, the outcomes so far (as
 * ranges, so that they stay small) and how it was steered; children are therefore always children of the current run
 * and no history exceeds some 5,000 events.
 */
import {
  CancellationScope,
  defineQuery,
  isCancellation,
  patched,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { BackfillInput, BackfillProgress, PlanSummary } from '../../domain/backfill/backfill.ts';
import { readBackfillInput } from '../../domain/backfill/backfill-input.ts';
import { searchAttributes } from '../../domain/workflow/ids.ts';
import { orFailWith, orFailWorkflow } from '../failure.ts';
import { storage } from '../proxies.ts';
import { continueUpgraded } from '../upgrade.ts';
import { BackfillRun, type CarriedRun } from './backfill-run.ts';
import { listen } from './backfill-steering.ts';

/** Progress and outcomes so far. */
const progressQuery = defineQuery<BackfillProgress>('progress');
/** The plan in short; undefined while it is made. */
const planQuery = defineQuery<PlanSummary | undefined>('plan');

/** @param carried state passed from one run of a backfill to the next; people who start one leave it out. */
export async function backfill(input: BackfillInput, carried?: CarriedRun): Promise<BackfillProgress> {
  const request = orFailWorkflow(() => readBackfillInput(input));
  const { workflowId } = workflowInfo();
  upsertSearchAttributes(searchAttributes({ dataset: request.dataset, backfillId: workflowId }));
  const run = new BackfillRun(request, carried);
  // Before the first wait: queries and Updates may arrive at once.
  setHandler(progressQuery, () => run.progress(), { description: 'Progress and outcomes so far' });
  setHandler(planQuery, () => run.summary, { description: 'What was planned, and why' });
  listen(run.steering, run);
  if (!carried) run.plan(await planOf(request));
  try {
    await run.work();
  } catch (error) {
    if (isCancellation(error)) await CancellationScope.nonCancellable(() => finish(run.end('cancelled')));
    throw error;
  }
  if (run.hasWorkLeft) await continueUpgraded<typeof backfill>(request, run.carry());
  return await finish(run.end());
}

async function planOf(request: BackfillInput) {
  const summary = `${request.from}..${request.to}`;
  return await orFailWith(storage.planBackfill.executeWithOptions({ summary }, [request]));
}

/** Stores the outcome of the plan. */
async function finish(progress: BackfillProgress): Promise<BackfillProgress> {
  const { workflowId, firstExecutionRunId: firstRunId } = workflowInfo();
  if (patched('finish-backfill')) {
    const finished = { workflowId, firstRunId, progress };
    await orFailWith(storage.finishBackfill.executeWithOptions({ summary: progress.summary }, [finished]));
  }
  return progress;
}
