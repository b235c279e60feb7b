/** The workers of the task queue. */
import { TASK_QUEUE } from '../domain/workflow/ids.ts';
import type { Temporal } from './connection.ts';

/** `TASK_QUEUE_TYPE_WORKFLOW` of Temporal's API. */
const WORKFLOW_TASKS = 1;

/** Identities of the workers that polled the task queue within the last minutes. */
export async function pollingWorkers({ client, namespace }: Temporal): Promise<string[]> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: TASK_QUEUE },
    taskQueueType: WORKFLOW_TASKS,
  });
  return [...new Set((pollers ?? []).map(({ identity }) => identity ?? 'unnamed'))];
}
