/** Starting and following rebuilds. */
import { rebuildWorkflowId, searchAttributes, TASK_QUEUE } from '../domain/workflow/ids.ts';
import { readRebuildInput } from '../domain/workflow/input.ts';
import type { RebuildInput, RebuildProgress } from '../domain/workflow/messages.ts';
import { URGENCY } from '../domain/workflow/urgency.ts';
import type { rebuild } from '../workflows/rebuild.ts';
import type { Temporal } from './connection.ts';

export interface StartedRebuild {
  readonly workflowId: string;
  readonly runId: string;
  progress(): Promise<RebuildProgress>;
  result(): Promise<RebuildProgress>;
}

/**
 * Starts a rebuild.
 * @throws Failure BAD_INPUT; WorkflowExecutionAlreadyStartedError when one of the same range is running: it may be a dry
 *   run, or the reverse, so it is not joined.
 */
export async function startRebuild({ client }: Temporal, input: RebuildInput): Promise<StartedRebuild> {
  const request = readRebuildInput(input);
  const { dataset, from, to, dryRun } = request;
  const workflowId = rebuildWorkflowId(dataset, from, to);
  const handle = await client.workflow.start<typeof rebuild>('rebuild', {
    args: [request],
    workflowId,
    taskQueue: TASK_QUEUE,
    workflowIdConflictPolicy: 'FAIL',
    typedSearchAttributes: searchAttributes({ dataset }),
    staticSummary: `${from}..${to}${dryRun ? ', dry run' : ''}`,
    priority: { priorityKey: URGENCY.backfill, fairnessKey: dataset },
  });
  return {
    workflowId,
    runId: handle.firstExecutionRunId,
    progress: () => client.workflow.getHandle(workflowId).query<RebuildProgress>('progress'),
    result: () => handle.result(),
  };
}
