/** Prepares what must exist before anything runs: migrations, datasets, search attributes; and schedules once data is there. */
import type { Config } from '../config.ts';
import { datasetPlaces } from '../config-datasets.ts';
import { type Catalog, loadScripts } from '../datasets/catalog.ts';
import { openDatabase } from '../db/connection/client.ts';
import { applyScripts } from '../db/migration/dataset-scripts.ts';
import { migrate } from '../db/migration/migrate.ts';
import { registerCatalog } from '../db/migration/register.ts';
import type { ScheduledDataset } from '../domain/dataset/dataset.ts';
import { connectTemporal } from '../temporal/connection.ts';
import { reconcileFileSchedules } from '../temporal/file-schedules.ts';
import { ensureNamespace } from '../temporal/namespace.ts';
import { reconcileNotifySchedule } from '../temporal/notify-schedule.ts';
import {
  type Beginning,
  describeReconciled,
  type Reconciled,
  reconcileSchedules,
  resumeIfPausedFor,
} from '../temporal/schedules.ts';
import { ensureSearchAttributes } from '../temporal/search-attributes.ts';
import { reconcileStorageSchedules } from '../temporal/storage-schedules.ts';
import type { Report } from './machine/run-command.ts';

export async function prepare({ all }: Catalog, config: Config, report: Report): Promise<void> {
  const ran = await migrate(config.databaseUrl, report);
  const application = 'tidemark start';
  const database = openDatabase({ url: config.databaseUrl, role: 'tidemark_writer', application });
  await registerCatalog(database, all).finally(() => database.end());
  await applyScripts(config.databaseUrl, await loadScripts(datasetPlaces()));
  const temporal = await connectTemporal(config.temporal);
  try {
    await ensureNamespace(temporal);
    await ensureSearchAttributes(temporal);
  } finally {
    await temporal.close();
  }
  report(ran.length > 0 ? `The database was migrated (${ran.join(', ')}).` : 'The database is up to date.');
}

/** @param beginning of a schedule that is made here */
export async function schedule(
  { all, scheduled }: Catalog,
  beginning: (dataset: ScheduledDataset) => Beginning,
  config: Config,
  report: Report,
): Promise<void> {
  const temporal = await connectTemporal(config.temporal);
  try {
    for (const reconciled of await reconcileSchedules(temporal, scheduled, beginning))
      if (!isUsual(reconciled)) report(`Schedule ${describeReconciled(reconciled)}.`);
    // An earlier start may have ended before it had loaded them.
    for (const dataset of scheduled)
      if (beginning(dataset) === 'polls at once') await resumeIfPausedFor(LOADED_FIRST, temporal, dataset.id);
    await reconcileStorageSchedules(temporal, all);
    await reconcileNotifySchedule(temporal);
    await reconcileFileSchedules(temporal, all, config.sourceSettings);
  } finally {
    await temporal.close();
  }
}

/** Why the schedule of a dataset without a simulation is created paused. */
export const NOT_SIMULATED = 'it is not simulated';

/** Why the schedule of a dataset that is loaded in the background is created paused: polls would request its days one by one. */
export const LOADED_FIRST = 'its past month is loaded first';

function isUsual({ outcome, paused }: Reconciled): boolean {
  const isOurs = paused === null || paused === NOT_SIMULATED || paused === LOADED_FIRST;
  return isOurs && (outcome === 'made' || outcome === 'as it should be');
}
