/** Schedules `maintenance:<dataset>`: retention and compression of datasets that come as files. Made, brought up to date, removed. */
import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import { type Dataset, isFiledPoints } from '../domain/dataset/dataset.ts';
import type { FiledPoints } from '../domain/dataset/points.ts';
import { maintenanceScheduleId, TASK_QUEUE } from '../domain/workflow/ids.ts';
import { searchAttributes } from '../domain/workflow/search-attributes.ts';
import type { maintainStorage } from '../workflows/maintain-storage.ts';
import type { Temporal } from './connection.ts';

const MAINTENANCE_WORKFLOW = 'maintainStorage' satisfies (typeof maintainStorage)['name'];
const DAY_MS = 86_400_000;

/** Harmless when repeated; several may do it at once. A schedule that a person paused stays paused. */
export async function reconcileStorageSchedules(
  { client }: Temporal,
  datasets: readonly Dataset[],
): Promise<void> {
  const wanted = datasets.filter(isFiledPoints);
  for (const dataset of wanted) await reconcile({ client }, dataset);
  const ids = new Set(wanted.map(({ id }) => maintenanceScheduleId(id)));
  for await (const { scheduleId, memo } of client.schedule.list()) {
    const isOurs = typeof memo?.dataset === 'string' && scheduleId === maintenanceScheduleId(memo.dataset);
    if (isOurs && !ids.has(scheduleId))
      await client.schedule.getHandle(scheduleId).delete().catch(unlessGone);
  }
}

async function reconcile({ client }: Pick<Temporal, 'client'>, dataset: FiledPoints): Promise<void> {
  const scheduleId = maintenanceScheduleId(dataset.id);
  const definition = definitionOf(dataset);
  try {
    await client.schedule.create({ scheduleId, memo: { dataset: dataset.id }, ...definition });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule
      .getHandle(scheduleId)
      .update(({ state: { paused = false, note } }) => ({
        ...definition,
        state: { paused, ...(note ? { note } : {}) },
      }))
      .catch(unlessGone);
  }
}

function definitionOf({ id, title }: FiledPoints) {
  return {
    spec: { intervals: [{ every: DAY_MS }] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: DAY_MS, pauseOnFailure: false },
    action: {
      type: 'startWorkflow',
      workflowType: MAINTENANCE_WORKFLOW,
      workflowId: maintenanceScheduleId(id),
      taskQueue: TASK_QUEUE,
      args: [{ dataset: id }],
      typedSearchAttributes: searchAttributes({ dataset: id }),
      staticSummary: `storage of ${title}`,
    },
  } satisfies Partial<ScheduleOptions>;
}

/** Another process that migrates may have removed it this moment. */
function unlessGone(error: unknown): void {
  if (!(error instanceof ScheduleNotFoundError)) throw error;
}
