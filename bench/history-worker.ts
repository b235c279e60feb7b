/**
 * A worker like any other, but for its clock, which may run ahead, and its source's quota, which may be another: so that
 * years that are still to come can be loaded. Arguments: milliseconds ahead, requests a minute.
 */
import { NativeConnection } from '@temporalio/worker';
import { loadConfig } from '../config.ts';
import { datasetPlaces } from '../config-datasets.ts';
import { catalogOf, loadCatalog } from '../datasets/catalog.ts';
import { openDatabase } from '../db/connection/client.ts';
import { createWorker } from '../workers/worker.ts';

const [aheadMs = 0, requests = 100] = process.argv.slice(2).map(Number);
const real = await loadCatalog(datasetPlaces());
const catalog = catalogOf(
  real.datasets.map((dataset) => ({
    ...dataset,
    source: { ...dataset.source, quota: { requests, windowMs: 60_000, reservedForLive: 10 } },
  })),
);
const config = loadConfig(catalog.sources);
const database = openDatabase({
  ...{ url: config.databaseUrl, role: 'tidemark_writer', application: 'tidemark worker', maxConnections: 20 },
});
const connection = await NativeConnection.connect({ address: config.temporal.address });
const clock = { now: () => new Date(Date.now() + aheadMs), rate: 1 };
const dependencies = { database, catalog, baseUrls: config.baseUrls, clock };
const worker = await createWorker({ connection, namespace: config.temporal.namespace, dependencies });
process.once('SIGTERM', () => worker.shutdown());
process.send?.('ready');
await worker.run();
await connection.close();
await database.end();
process.exit(0);
