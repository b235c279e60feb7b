/** What enabling and disabling datasets changes in Temporal: their schedules, and the runs that would request or load more. */

import type { Catalog } from '../datasets/catalog.ts';
import { isFiledPoints, isScheduled, type ScheduledDataset } from '../domain/dataset/dataset.ts';
import type { Settings } from '../domain/dataset/settings.ts';
import { filesScheduleId, pollScheduleId } from '../domain/workflow/ids.ts';
import { concurrently } from './concurrently.ts';
import type { Temporal } from './connection.ts';
import { reconcileFileSchedules } from './file-schedules.ts';
import { reconcileNotifySchedule } from './notify-schedule.ts';
import { setDormant } from './own-schedules.ts';
import {
  type Beginning,
  type Reconciled,
  reconcileSchedule,
  reconcileSchedules,
  removeSchedule,
} from './schedules.ts';
import { isSdkError } from './sdk-error.ts';
import { makeStorageSchedule, reconcileStorageSchedules } from './storage-schedules.ts';

const LANES = 8;

/** Runs that request a source, or load files. Rebuilds, decisions and erasures go on: they are about what is stored. */
const BRINGING = ['pollDataset', 'ingestDay', 'backfill', 'lookForFiles', 'loadFile'];

export interface Installation {
  readonly catalog: Pick<Catalog, 'all' | 'scheduled'>;
  /** Ids of the datasets that are enabled. */
  readonly enabled: ReadonlySet<string>;
  /** Ids of those that have storage: these, and those that were enabled once. */
  readonly stored: ReadonlySet<string>;
  /** Settings of sources, by source id. */
  readonly settings: ReadonlyMap<string, Settings>;
}

/**
 * Brings every schedule to what the catalogue and the installation say. Harmless when repeated; several may do it at once.
 * @param beginning of a schedule of polls that is made
 */
export async function reconcileAll(
  temporal: Temporal,
  { catalog, enabled, stored, settings }: Installation,
  beginning?: (dataset: ScheduledDataset) => Beginning,
): Promise<Reconciled[]> {
  const polled = catalog.scheduled.filter(({ id }) => enabled.has(id));
  const dormant = catalog.scheduled.map(({ id }) => id).filter((id) => !enabled.has(id));
  const reconciled = await reconcileSchedules(temporal, polled, dormant, beginning);
  await reconcileStorageSchedules(
    temporal,
    catalog.all.filter(({ id }) => stored.has(id)),
  );
  await reconcileFileSchedules(temporal, catalog.all, enabled, settings);
  await reconcileNotifySchedule(temporal);
  return reconciled;
}

/** After datasets were enabled: they are polled, the first time at once. */
export async function beginWork(
  temporal: Temporal,
  { all }: Pick<Catalog, 'all'>,
  ids: readonly string[],
): Promise<void> {
  const chosen = all.filter(({ id }) => ids.includes(id));
  await concurrently(chosen, LANES, async (dataset) => {
    if (isScheduled(dataset)) await reconcileSchedule(temporal, dataset);
    if (isFiledPoints(dataset)) await makeStorageSchedule(temporal, dataset);
    await setDormant(temporal, filesScheduleId(dataset.id), false);
  });
}

/**
 * After datasets were disabled: no schedule requests anything, and what is in progress is cancelled. What Temporal does not list yet ends by
 * itself before its next request.
 */
export async function endWork(temporal: Temporal, ids: readonly string[]): Promise<void> {
  await concurrently(ids, LANES, async (id) => {
    await removeSchedule(temporal, pollScheduleId(id));
    await setDormant(temporal, filesScheduleId(id), true);
    await cancelRuns(temporal, id);
  });
}

async function cancelRuns({ client }: Temporal, dataset: string): Promise<void> {
  const types = BRINGING.map((type) => `'${type}'`).join(', ');
  const query = `Dataset = '${dataset}' AND ExecutionStatus = 'Running' AND WorkflowType IN (${types})`;
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    // It may have ended by itself meanwhile.
    await client.workflow.getHandle(workflowId, runId).cancel().catch(unlessEnded);
  }
}

function unlessEnded(error: unknown): void {
  if (!isSdkError(error, 'WorkflowNotFoundError')) throw error;
}
