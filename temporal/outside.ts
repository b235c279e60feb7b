/** What incidents need from Temporal: whether polling is paused, whether a run has ended or continues. */

import type { BackfillProgress } from '../domain/backfill/backfill.ts';
import { pollScheduleId } from '../domain/workflow/ids.ts';
import type { Temporal } from './connection.ts';
import { findSchedule } from './schedules.ts';
import { isSdkError } from './sdk-error.ts';

/** Patience with a worker, which may be busy. */
const PATIENCE_MS = 3_000;

/** A missing schedule does not count as paused. */
export async function isPollingPaused(temporal: Temporal, dataset: string): Promise<boolean> {
  return (await findSchedule(temporal, pollScheduleId(dataset)))?.state.paused ?? false;
}

/** How the newest run of a chain stands, as Temporal says it; `UNKNOWN` beyond its retention. */
export async function statusOfRun({ client }: Temporal, workflowId: string): Promise<string> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name;
  } catch (error) {
    if (isSdkError(error, 'WorkflowNotFoundError')) return 'UNKNOWN';
    throw error;
  }
}

/** Why a backfill has paused itself; null where it has not. @throws Error when no worker answers. */
export async function selfPauseOf({ client }: Temporal, workflowId: string): Promise<string | null> {
  const handle = client.workflow.getHandle(workflowId);
  const { paused, pausedItself } = await client.withDeadline(Date.now() + PATIENCE_MS, () =>
    handle.query<BackfillProgress>('progress'),
  );
  return pausedItself === true ? paused : null;
}

/** The same for whoever reads incidents (notify/incidents.ts). @param temporal connects when something is asked */
export function outsideOf(temporal: () => Promise<Temporal>) {
  return {
    isPaused: async (dataset: string) => await isPollingPaused(await temporal(), dataset),
    statusOf: async (workflowId: string) => await statusOfRun(await temporal(), workflowId),
    selfPauseOf: async (workflowId: string) => await selfPauseOf(await temporal(), workflowId),
  };
}
