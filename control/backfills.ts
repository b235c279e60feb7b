/** Starting and following backfills. */
import { WorkflowIdConflictPolicy } from '@temporalio/client';
import { backfillWorkflowId, TASK_QUEUE } from '../domain/ids.ts';
import { readBackfillInput } from '../domain/input.ts';
import type { BackfillInput, BackfillProgress } from '../domain/messages.ts';
import { searchAttributes } from '../domain/search-attributes.ts';
import type { backfill } from '../workflows/backfill.ts';
import type { Temporal } from './connection.ts';

export interface StartedBackfill {
  readonly workflowId: string;
  readonly runId: string;
  progress(): Promise<BackfillProgress>;
  result(): Promise<BackfillProgress>;
}

/**
 * Starts a backfill, or joins the one that is running for the same range.
 * @throws Failure BAD_INPUT
 */
export async function startBackfill({ client }: Temporal, input: BackfillInput): Promise<StartedBackfill> {
  const request = readBackfillInput(input);
  const workflowId = backfillWorkflowId(request.dataset, request.from, request.to);
  const handle = await client.workflow.start<typeof backfill>('backfill', {
    args: [request],
    workflowId,
    taskQueue: TASK_QUEUE,
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    typedSearchAttributes: searchAttributes({ dataset: request.dataset, backfillId: workflowId }),
    staticSummary: `${request.from}..${request.to}`,
    priority: { priorityKey: 3 },
  });
  return {
    workflowId,
    runId: handle.firstExecutionRunId,
    progress: () => client.workflow.getHandle(workflowId).query<BackfillProgress>('progress'),
    result: () => handle.result(),
  };
}
