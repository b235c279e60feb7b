/**
 * `backfill`: a range of delivery days as a sliding window of child workflows, newest first. At most `concurrency` children
 * run at once; a day that fails is noted and never stops the others. After DAYS_PER_RUN days the workflow waits for
 * the days in progress and continues as new, carrying the days left and the outcomes so far (as ranges, so that they stay
 * small); children are therefore always children of the current run and no history exceeds some 4,000 events.
 */
import {
  CancellationScope,
  continueAsNew,
  defineQuery,
  ParentClosePolicy,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { CivilDay } from '../domain/civil-day.ts';
import { readBackfillInput } from '../domain/input.ts';
import type { DayState } from '../domain/ledger.ts';
import type { BackfillInput, BackfillProgress } from '../domain/messages.ts';
import { searchAttributes } from '../domain/search-attributes.ts';
import { BackfillTally, type CarriedTally } from './backfill-tally.ts';
import { runDay } from './day-child.ts';
import { orFailWith, orFailWorkflow, reasonOf } from './failure.ts';
import { storage } from './proxies.ts';
import { slideOver } from './slide-over.ts';

const DAYS_PER_RUN = 400;
const DEFAULT_CONCURRENCY = 16;

/** Progress and outcomes so far. */
export const progressQuery = defineQuery<BackfillProgress>('progress');

/** What goes from one run of a backfill to the next. People who start one leave it out. */
interface Carried {
  readonly daysLeft: readonly CivilDay[];
  readonly tally: CarriedTally;
}

export async function backfill(input: BackfillInput, carried?: Carried): Promise<BackfillProgress> {
  const request = orFailWorkflow(() => readBackfillInput(input));
  const { workflowId } = workflowInfo();
  upsertSearchAttributes(searchAttributes({ dataset: request.dataset, backfillId: workflowId }));
  const tally = carried ? BackfillTally.resume(request, carried.tally) : BackfillTally.begin(request);
  // Before the first wait: whoever starts a backfill may ask at once.
  setHandler(progressQuery, () => tally.progress());
  const daysLeft = carried?.daysLeft ?? (await daysToDo(request, tally));

  const now = daysLeft.slice(0, DAYS_PER_RUN);
  await slideOver(now, request.concurrency ?? DEFAULT_CONCURRENCY, (day) =>
    doDay(request, workflowId, day, tally),
  );
  const later = daysLeft.slice(DAYS_PER_RUN);
  if (later.length > 0)
    await continueAsNew<typeof backfill>(request, { daysLeft: later, tally: tally.carry() });
  return tally.progress();
}

async function daysToDo(request: BackfillInput, tally: BackfillTally): Promise<readonly CivilDay[]> {
  const summary = `${request.from}..${request.to}`;
  const plan = await orFailWith(storage.planBackfill.executeWithOptions({ summary }, [request]));
  tally.wereBefore('complete', plan.complete);
  tally.wereBefore('absent', plan.absent ?? []);
  return plan.days;
}

async function doDay(
  { dataset }: BackfillInput,
  backfillId: string,
  day: CivilDay,
  tally: BackfillTally,
): Promise<void> {
  tally.begin(day);
  setCurrentDetails(tally.describe());
  const result = await outcomeOf(dataset, backfillId, day);
  tally.end(day, result.state, result.error);
  setCurrentDetails(tally.describe());
}

async function outcomeOf(
  dataset: string,
  backfillId: string,
  day: CivilDay,
): Promise<{ state: DayState; error?: string }> {
  try {
    const { state } = await runDay(
      { dataset, day, trigger: 'backfill', backfillId },
      { priorityKey: 4, parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL },
    );
    return { state };
  } catch (error) {
    // The backfill itself is being cancelled. A day that somebody cancelled alone is a bad day like any other.
    if (CancellationScope.current().consideredCancelled) throw error;
    const { code, message } = reasonOf(error);
    return { state: 'failed', error: `${code}: ${message}` };
  }
}
