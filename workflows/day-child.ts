/** Starts a day's workflow from another one: as a child if no run has the day, by joining its run otherwise. */
import {
  type ChildWorkflowHandle,
  type ChildWorkflowOptions,
  getExternalWorkflowHandle,
  startChild,
} from '@temporalio/workflow';
import { dayWorkflowId, searchAttributes } from '../domain/workflow/ids.ts';
import type { DayOutcome, IngestDayInput } from '../domain/workflow/messages.ts';
import type { Urgency } from '../domain/workflow/urgency.ts';
import { isAlreadyStarted } from './failure.ts';
import type { ingestDay } from './ingest-day.ts';
import { others } from './proxies.ts';

type Options = { readonly urgency: Urgency } & Pick<ChildWorkflowOptions, 'parentClosePolicy'>;

/** Runs a day to its end, or joins the run that has it and returns that run's outcome. */
export async function runDay(input: IngestDayInput, options: Options): Promise<DayOutcome> {
  const child = await startDay(input, options);
  if (child) return await child.result();
  await pollNow(input, options.urgency);
  const { dataset, day } = input;
  return await others.joinDay.executeWithOptions({ summary: `join ${day}` }, [{ dataset, day }]);
}

/** Starts a day's workflow; undefined when another run has the day. */
export async function startDay(
  input: IngestDayInput,
  { urgency, parentClosePolicy }: Options,
): Promise<ChildWorkflowHandle<typeof ingestDay> | undefined> {
  const { dataset, day, backfillId, trigger = 'person' } = input;
  try {
    return await startChild<typeof ingestDay>('ingestDay', {
      args: [input],
      workflowId: dayWorkflowId(dataset, day),
      typedSearchAttributes: searchAttributes({ dataset, deliveryDay: day, backfillId }),
      staticSummary: `${day}, requested by ${trigger}`,
      priority: { priorityKey: urgency },
      ...(parentClosePolicy ? { parentClosePolicy } : {}),
    });
  } catch (error) {
    if (isAlreadyStarted(error)) return undefined;
    throw error;
  }
}

/** A run that waits for publication polls at once; one that is at work ignores the signal; one that has just ended is no error. */
async function pollNow({ dataset, day }: IngestDayInput, urgency: Urgency): Promise<void> {
  try {
    await getExternalWorkflowHandle(dayWorkflowId(dataset, day)).signal('checkNow', urgency);
  } catch {
    // It ended between our start and our signal: its outcome is in the ledger.
  }
}
