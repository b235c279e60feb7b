/** Starting, following and steering backfills. */

import type { BackfillInput, BackfillProgress, PlanSummary } from '../domain/backfill/backfill.ts';
import { readBackfillInput, type SteeringMessage } from '../domain/backfill/backfill-input.ts';
import { backfillWorkflowId, searchAttributes, TASK_QUEUE } from '../domain/workflow/ids.ts';
import { URGENCY } from '../domain/workflow/urgency.ts';
import type { backfill } from '../workflows/backfill/backfill.ts';
import { CannotDo } from './cannot-do.ts';
import type { Temporal } from './connection.ts';
import { isSdkError } from './sdk-error.ts';

export interface StartedBackfill {
  readonly workflowId: string;
  readonly runId: string;
  /** A backfill of the same range was already running: it goes on unchanged, and these options are ignored. */
  readonly joined: boolean;
  progress(): Promise<BackfillProgress>;
  result(): Promise<BackfillProgress>;
}

/**
 * Starts a backfill, or joins the one that is running for the same range.
 * @throws Failure BAD_INPUT
 */
export async function startBackfill(temporal: Temporal, input: BackfillInput): Promise<StartedBackfill> {
  const request = readBackfillInput(input);
  const workflowId = backfillWorkflowId(request.dataset, request.from, request.to);
  const started = await start(temporal, workflowId, request);
  const handle = temporal.client.workflow.getHandle<typeof backfill>(workflowId, started.runId);
  return {
    workflowId,
    ...started,
    // Without a run id: the latest run of the chain answers.
    progress: () => temporal.client.workflow.getHandle(workflowId).query<BackfillProgress>('progress'),
    result: () => handle.result(),
  };
}

async function start(
  { client }: Temporal,
  workflowId: string,
  request: BackfillInput,
): Promise<{ runId: string; joined: boolean }> {
  try {
    const handle = await client.workflow.start<typeof backfill>('backfill', {
      args: [request],
      workflowId,
      taskQueue: TASK_QUEUE,
      workflowIdConflictPolicy: 'FAIL',
      typedSearchAttributes: searchAttributes({ dataset: request.dataset, backfillId: workflowId }),
      staticSummary: `${request.from}..${request.to}`,
      priority: { priorityKey: URGENCY.backfill, fairnessKey: request.dataset },
    });
    return { runId: handle.firstExecutionRunId, joined: false };
  } catch (error) {
    if (!isSdkError(error, 'WorkflowExecutionAlreadyStartedError')) throw error;
    const { runId } = await client.workflow.getHandle(workflowId).describe();
    return { runId, joined: true };
  }
}

/**
 * Sends an update to a running backfill and waits until it is accepted.
 * @param input what the message's reader in domain/backfill/backfill-input.ts takes.
 * @throws CannotDo when nothing runs under this id; WorkflowUpdateFailedError when the message was refused.
 */
export async function steerBackfill(
  temporal: Temporal,
  workflowId: string,
  message: SteeringMessage,
  input: unknown,
): Promise<BackfillProgress> {
  const handle = temporal.client.workflow.getHandle(workflowId);
  return await orNotRunning(workflowId, () =>
    handle.executeUpdate<BackfillProgress, [unknown]>(message, { args: [input] }),
  );
}

/** Cancels a backfill with its days in progress; stored data stays. The reason is recorded as that of its pause. */
export async function cancelBackfill(
  temporal: Temporal,
  workflowId: string,
  why: { readonly reason: string; readonly by?: string },
): Promise<BackfillProgress> {
  const progress = await steerBackfill(temporal, workflowId, 'pause', {
    ...why,
    reason: `cancelled, ${why.reason}`,
  });
  await orNotRunning(workflowId, () => temporal.client.workflow.getHandle(workflowId).cancel());
  return progress;
}

/** Progress and plan of a backfill, running or ended (as long as Temporal keeps it). */
export async function queryBackfill(
  { client }: Temporal,
  workflowId: string,
): Promise<{ progress: BackfillProgress; plan: PlanSummary | undefined }> {
  const handle = client.workflow.getHandle(workflowId);
  const [progress, plan] = await Promise.all([
    handle.query<BackfillProgress>('progress'),
    handle.query<PlanSummary | undefined>('plan'),
  ]);
  return { progress, plan };
}

export type BackfillStatus = 'running' | 'ended' | 'broken off';

type Planned = { readonly workflowId: string; readonly finishedAt: Date | null; readonly isNewest: boolean };

/** Ids of those that are running. Queried one by one: Temporal's list lags behind for runs that have just begun. */
export async function runningOf(temporal: Temporal, planned: readonly Planned[]): Promise<string[]> {
  const open = planned.filter(({ finishedAt, isNewest }) => finishedAt === null && isNewest);
  const running = await Promise.all(open.map(({ workflowId }) => isRunning(temporal, workflowId)));
  return open.filter((_, at) => running[at]).map(({ workflowId }) => workflowId);
}

/**
 * What has become of a planned backfill. Of several runs under one id only the newest can be running.
 * @param running ids of those that are.
 */
export function statusOf(
  { workflowId, finishedAt, isNewest }: Planned,
  running: readonly string[],
): BackfillStatus {
  if (finishedAt) return 'ended';
  return isNewest && running.includes(workflowId) ? 'running' : 'broken off';
}

/** Whether a workflow runs under this id. */
export async function isRunning({ client }: Temporal, workflowId: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (isSdkError(error, 'WorkflowNotFoundError')) return false;
    throw error;
  }
}

async function orNotRunning<T>(workflowId: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isSdkError(error, 'WorkflowNotFoundError')) throw error;
    throw new CannotDo(`no backfill "${workflowId}" is running; "npx tidemark backfills" lists them`, {
      cause: error,
    });
  }
}
