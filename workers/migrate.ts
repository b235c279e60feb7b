#!/usr/bin/env node
/**
 * `npm run migrate`: updates database and Temporal to this version: schema, datasets and their storage,
 * namespace, search attributes, schedules. Harmless when repeated; several may run at once.
 */
import { loadConfig } from '../config.ts';
import { datasetPlaces } from '../config-datasets.ts';
import { loadCatalog, loadScripts } from '../datasets/catalog.ts';
import { openDatabase } from '../db/connection/client.ts';
import { startFailure } from '../db/connection/failure.ts';
import { applyScripts } from '../db/migration/dataset-scripts.ts';
import { migrate } from '../db/migration/migrate.ts';
import { registerCatalog } from '../db/migration/register.ts';
import { connectTemporal } from '../temporal/connection.ts';
import { reconcileFileSchedules } from '../temporal/file-schedules.ts';
import { ensureNamespace } from '../temporal/namespace.ts';
import { reconcileNotifySchedule } from '../temporal/notify-schedule.ts';
import { describeReconciled, reconcileSchedules } from '../temporal/schedules.ts';
import { ensureSearchAttributes } from '../temporal/search-attributes.ts';
import { reconcileStorageSchedules } from '../temporal/storage-schedules.ts';

async function main(): Promise<void> {
  const { scheduled, all, sources } = await loadCatalog(datasetPlaces());
  const config = loadConfig(sources);
  const ran = await migrate(config.databaseUrl, console.log);
  console.log(ran.length > 0 ? `database: applied ${ran.join(', ')}` : 'database: nothing to apply');

  const application = 'tidemark migrate';
  const database = openDatabase({ url: config.databaseUrl, role: 'tidemark_writer', application });
  await registerCatalog(database, all).finally(() => database.end());
  console.log(`datasets: ${all.map(({ id }) => id).join(', ')}`);
  const scripts = await applyScripts(config.databaseUrl, await loadScripts(datasetPlaces()));
  if (scripts.length > 0) console.log(`datasets: applied the SQL of ${scripts.join(', ')}`);

  const temporal = await connectTemporal(config.temporal);
  try {
    if (await ensureNamespace(temporal)) console.log(`namespace: made "${temporal.namespace}"`);
    const registered = await ensureSearchAttributes(temporal);
    console.log(
      registered.length > 0
        ? `search attributes: registered ${registered.join(', ')}`
        : 'search attributes: all there',
    );
    for (const reconciled of await reconcileSchedules(temporal, scheduled))
      console.log(`schedule ${describeReconciled(reconciled)}`);
    await reconcileStorageSchedules(temporal, all);
    await reconcileFileSchedules(temporal, all, config.sourceSettings);
    await reconcileNotifySchedule(temporal);
  } finally {
    await temporal.close();
  }
}

main().catch((error: unknown) => {
  console.error(`tidemark migrate: ${startFailure(error)}`);
  process.exit(1);
});
