#!/usr/bin/env node
/**
 * `npm run migrate`: updates database and Temporal to this version: schema, datasets and their storage,
 * namespace, search attributes, schedules. Harmless when repeated; several may run at once.
 */
import { loadConfig } from '../config/config.ts';
import { datasetPlaces, enabledPatterns } from '../config/datasets.ts';
import { loadCatalog, loadScripts } from '../datasets/catalog.ts';
import { openDatabase } from '../db/connection/client.ts';
import { startFailure } from '../db/connection/failure.ts';
import { prepareDatasets } from '../db/migration/dataset-scripts.ts';
import { migrate } from '../db/migration/migrate.ts';
import { describeEnabled } from '../domain/dataset/enabling.ts';
import { connectTemporal } from '../temporal/connection.ts';
import { reconcileAll } from '../temporal/enabling.ts';
import { ensureNamespace } from '../temporal/namespace.ts';
import { describeReconciled } from '../temporal/schedules.ts';
import { ensureSearchAttributes } from '../temporal/search-attributes.ts';

async function main(): Promise<void> {
  const catalog = await loadCatalog(datasetPlaces());
  const { all } = catalog;
  const config = loadConfig(catalog.sources);
  const ran = await migrate(config.databaseUrl, console.log);
  console.log(ran.length > 0 ? `database: applied ${ran.join(', ')}` : 'database: nothing to apply');

  const url = config.databaseUrl;
  const database = openDatabase({ url, role: 'tidemark_writer', application: 'tidemark migrate' });
  const scripts = await loadScripts(datasetPlaces());
  const chosen = await prepareDatasets({ url, database }, all, scripts, enabledPatterns()).finally(() =>
    database.end(),
  );
  console.log(`datasets: ${describeEnabled(chosen.enabled, all.length)}`);

  const temporal = await connectTemporal(config.temporal);
  try {
    if (await ensureNamespace(temporal)) console.log(`namespace: made "${temporal.namespace}"`);
    const registered = await ensureSearchAttributes(temporal);
    console.log(
      registered.length > 0
        ? `search attributes: registered ${registered.join(', ')}`
        : 'search attributes: all there',
    );
    for (const reconciled of await reconcileAll(temporal, {
      catalog,
      ...chosen,
      settings: config.sourceSettings,
    }))
      console.log(`schedule ${describeReconciled(reconciled)}`);
  } finally {
    await temporal.close();
  }
}

main().catch((error: unknown) => {
  console.error(`tidemark migrate: ${startFailure(error)}`);
  process.exit(1);
});
