/**
 * `pollDataset`: one tick of the schedule `poll:<dataset>`: starts a run for every day that is due, a backfill for many that were missed,
 * and ends. The runs continue on their own, so a tick never waits for a publication. At most some 60 children.
 */
import {
  ParentClosePolicy,
  setCurrentDetails,
  startChild,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { CivilDay } from '../domain/time/civil-day.ts';
import { backfillWorkflowId, searchAttributes } from '../domain/workflow/ids.ts';
import { readPollDatasetInput } from '../domain/workflow/input.ts';
import type { PollDatasetInput, PollOutcome, PollPlan } from '../domain/workflow/messages.ts';
import { URGENCY } from '../domain/workflow/urgency.ts';
import type { backfill } from './backfill/backfill.ts';
import { startDay } from './day-child.ts';
import { isAlreadyStarted, orFailWith, orFailWorkflow } from './failure.ts';
import { storage } from './proxies.ts';

export async function pollDataset(input: PollDatasetInput): Promise<PollOutcome> {
  const { dataset } = orFailWorkflow(() => readPollDatasetInput(input));
  upsertSearchAttributes(searchAttributes({ dataset }));
  const { due, missed } = await orFailWith(
    storage.planPoll.executeWithOptions({ summary: 'which days are due' }, [{ dataset }]),
  );
  const started = await Promise.all(due.map((day) => startIfFree(dataset, day)));
  const outcome = outcomeOf(dataset, due, started, missed && (await catchUp(dataset, missed)));
  setCurrentDetails(outcome.summary);
  return outcome;
}

async function startIfFree(dataset: string, day: CivilDay): Promise<boolean> {
  const child = await startDay(
    { dataset, day, trigger: 'schedule' },
    { urgency: URGENCY.due, parentClosePolicy: ParentClosePolicy.ABANDON },
  );
  return child !== undefined;
}

/** Starts the backfill of what was missed, unless it runs already. @returns its workflow id */
async function catchUp(dataset: string, range: Required<PollPlan>['missed']): Promise<string> {
  const workflowId = backfillWorkflowId(dataset, range.from, range.to);
  try {
    await startChild<typeof backfill>('backfill', {
      args: [{ dataset, ...range, days: 'missed' }],
      workflowId,
      typedSearchAttributes: searchAttributes({ dataset, backfillId: workflowId }),
      staticSummary: `${range.from}..${range.to}, what polling missed`,
      priority: { priorityKey: URGENCY.missed, fairnessKey: dataset },
      parentClosePolicy: ParentClosePolicy.ABANDON,
    });
  } catch (error) {
    if (!isAlreadyStarted(error)) throw error;
  }
  return workflowId;
}

function outcomeOf(
  dataset: string,
  due: readonly CivilDay[],
  started: readonly boolean[],
  backfillId: string | undefined,
): PollOutcome {
  const [fresh, running] = [due.filter((_, i) => started[i]), due.filter((_, i) => !started[i])];
  const parts = [
    fresh.length > 0 ? `requested ${fresh.join(', ')}` : '',
    running.length > 0 ? `${running.join(', ')} in progress already` : '',
    backfillId ? `${backfillId} catches up on what was missed` : '',
  ].filter((part) => part !== '');
  const summary = parts.join('; ') || 'nothing is due';
  return { dataset, started: fresh, running, ...(backfillId ? { backfill: backfillId } : {}), summary };
}
