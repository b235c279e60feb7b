/** Starting and following the erasure of a person. */
import { erasureWorkflowId, searchAttributes, TASK_QUEUE } from '../domain/workflow/ids.ts';
import type { ErasureProgress } from '../domain/workflow/messages.ts';
import type { erasePerson } from '../workflows/erase-person.ts';
import type { Temporal } from './connection.ts';

export interface StartedErasure {
  readonly workflowId: string;
  readonly runId: string;
  progress(): Promise<ErasureProgress>;
  result(): Promise<ErasureProgress>;
}

/**
 * Starts a recorded erasure, or joins its run.
 * @param erasure number of its row in `ops.erasure`, the only place that identifies the person.
 */
export async function startErasure(
  { client }: Temporal,
  dataset: string,
  erasure: number,
): Promise<StartedErasure> {
  const workflowId = erasureWorkflowId(dataset, erasure);
  const handle = await client.workflow.start<typeof erasePerson>('erasePerson', {
    args: [{ erasure }],
    workflowId,
    taskQueue: TASK_QUEUE,
    workflowIdConflictPolicy: 'USE_EXISTING',
    typedSearchAttributes: searchAttributes({ dataset }),
    staticSummary: `erasure ${erasure}`,
  });
  return {
    workflowId,
    runId: handle.firstExecutionRunId,
    progress: () => client.workflow.getHandle(workflowId).query<ErasureProgress>('progress'),
    result: () => handle.result(),
  };
}
