/** Starting and following the workflow of one delivery day. */
import type { CivilDay } from '../domain/time/civil-day.ts';
import { dayWorkflowId, searchAttributes, TASK_QUEUE } from '../domain/workflow/ids.ts';
import type { DayOutcome } from '../domain/workflow/messages.ts';
import { URGENCY, type Urgency } from '../domain/workflow/urgency.ts';
import type { checkNowSignal, ingestDay } from '../workflows/ingest-day.ts';
import type { Temporal } from './connection.ts';

export interface StartedDay {
  readonly workflowId: string;
  readonly runId: string;
  result(): Promise<DayOutcome>;
}

/**
 * Requests a day now. If the day already has a run, it joins that run; one that waits for publication polls at once.
 * @param wait whether the run stays until the day is published or its deadline has passed.
 */
export async function runDay(
  { client }: Temporal,
  { dataset, day, wait }: { dataset: string; day: CivilDay; wait: boolean },
): Promise<StartedDay> {
  const handle = await client.workflow.signalWithStart<typeof ingestDay, [urgency: Urgency]>('ingestDay', {
    args: [{ dataset, day, trigger: 'person', wait }],
    workflowId: dayWorkflowId(dataset, day),
    taskQueue: TASK_QUEUE,
    signal: 'checkNow' satisfies (typeof checkNowSignal)['name'],
    signalArgs: [URGENCY.person],
    typedSearchAttributes: searchAttributes({ dataset, deliveryDay: day }),
    staticSummary: `${day}, requested by person`,
    priority: { priorityKey: URGENCY.person },
  });
  const { workflowId, signaledRunId } = handle;
  return { workflowId, runId: signaledRunId, result: () => handle.result() };
}
