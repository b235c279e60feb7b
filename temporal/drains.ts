/** The workflow that drains the inbox of a dataset. */
import { drainWorkflowId, TASK_QUEUE } from '../domain/workflow/ids.ts';
import { searchAttributes } from '../domain/workflow/search-attributes.ts';
import type { drainInbox } from '../workflows/drain-inbox.ts';
import type { Temporal } from './connection.ts';

/** Starts it unless it runs. */
export async function ensureDrain({ client }: Temporal, dataset: string): Promise<void> {
  await client.workflow.start<typeof drainInbox>('drainInbox', {
    args: [{ dataset }],
    workflowId: drainWorkflowId(dataset),
    workflowIdConflictPolicy: 'USE_EXISTING',
    taskQueue: TASK_QUEUE,
    typedSearchAttributes: searchAttributes({ dataset }),
    staticSummary: `moves what was sent to ${dataset} into records`,
  });
}
