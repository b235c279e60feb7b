/** Schedules `maintenance:<dataset>`: retention and compression of datasets that come as files. */
import { type Dataset, isFiledPoints } from '../domain/dataset/dataset.ts';
import { maintenanceScheduleId } from '../domain/workflow/ids.ts';
import type { maintainStorage } from '../workflows/maintain-storage.ts';
import type { Temporal } from './connection.ts';
import { reconcileOwn } from './own-schedules.ts';

const MAINTENANCE_WORKFLOW = 'maintainStorage' satisfies (typeof maintainStorage)['name'];
const DAY_MS = 86_400_000;

export async function reconcileStorageSchedules(
  temporal: Temporal,
  datasets: readonly Dataset[],
): Promise<void> {
  const wanted = datasets.filter(isFiledPoints).map(({ id, title }) => ({
    ...{ dataset: id, workflowType: MAINTENANCE_WORKFLOW, everyMs: DAY_MS, summary: `storage of ${title}` },
  }));
  await reconcileOwn(temporal, maintenanceScheduleId, wanted);
}
