/** Schedules `maintenance:<dataset>`: retention and compression of datasets that come as files. */
import { type Dataset, isFiledPoints } from '../domain/dataset/dataset.ts';
import type { FiledPoints } from '../domain/dataset/points.ts';
import { maintenanceScheduleId } from '../domain/workflow/ids.ts';
import type { maintainStorage } from '../workflows/maintain-storage.ts';
import type { Temporal } from './connection.ts';
import { type OwnSchedule, reconcileOne, reconcileOwn } from './own-schedules.ts';

const MAINTENANCE_WORKFLOW = 'maintainStorage' satisfies (typeof maintainStorage)['name'];
const DAY_MS = 86_400_000;

/** @param datasets those that have storage: retention goes on where a dataset was disabled */
export async function reconcileStorageSchedules(
  temporal: Temporal,
  datasets: readonly Dataset[],
): Promise<void> {
  const wanted = datasets.filter(isFiledPoints).map(scheduleOf);
  await reconcileOwn(temporal, maintenanceScheduleId, wanted);
}

/** Makes that of one dataset, if it is missing. */
export async function makeStorageSchedule(temporal: Temporal, dataset: FiledPoints): Promise<void> {
  await reconcileOne(temporal, maintenanceScheduleId(dataset.id), scheduleOf(dataset));
}

function scheduleOf({ id, title }: FiledPoints): OwnSchedule {
  return {
    ...{ dataset: id, workflowType: MAINTENANCE_WORKFLOW, everyMs: DAY_MS, summary: `storage of ${title}` },
  };
}
