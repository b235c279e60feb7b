/** The workflow that drains the inbox of a dataset. */
import { drainWorkflowId, searchAttributes, TASK_QUEUE } from '../domain/workflow/ids.ts';
import { URGENCY } from '../domain/workflow/urgency.ts';
import type { arrivedSignal, drainInbox } from '../workflows/drain-inbox.ts';
import type { Temporal } from './connection.ts';

/** Lines have been put into the inbox: wakes it, or starts it. */
export async function wakeDrain({ client }: Temporal, dataset: string): Promise<void> {
  await client.workflow.signalWithStart<typeof drainInbox>('drainInbox', {
    args: [{ dataset }],
    workflowId: drainWorkflowId(dataset),
    taskQueue: TASK_QUEUE,
    signal: 'arrived' satisfies (typeof arrivedSignal)['name'],
    typedSearchAttributes: searchAttributes({ dataset }),
    staticSummary: `moves what was sent to ${dataset} into its tables`,
    priority: { priorityKey: URGENCY.person },
  });
}
