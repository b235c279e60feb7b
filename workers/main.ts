/** The worker process: `npm run worker`. Composition root: settings, connections, preflight, run until told to stop. */
import { NativeConnection, type Worker } from '@temporalio/worker';
import { systemClock } from '../activities/dependencies.ts';
import { loadConfig } from '../config.ts';
import { connectTemporal } from '../control/connection.ts';
import { missingSearchAttributes } from '../control/search-attributes.ts';
import { loadCatalog } from '../datasets/catalog.ts';
import { type Database, openDatabase } from '../db/client.ts';
import { missingMigrations } from '../db/migrate.ts';
import { registerCatalog } from '../db/register.ts';
import { installLog } from './log.ts';
import { createWorker } from './worker.ts';

async function main(): Promise<void> {
  const catalog = await loadCatalog();
  const config = loadConfig(catalog.datasets.map(({ source }) => source));
  const log = installLog(config.logLevel);
  const application = 'tidemark worker';
  const database = openDatabase({
    url: config.databaseUrl,
    role: 'tidemark_writer',
    application,
    maxConnections: 20,
  });
  await assertReady(database, config);
  await registerCatalog(database, catalog.datasets);
  const { address, connectionOptions, namespace } = config.temporal;
  const connection = await NativeConnection.connect({ ...connectionOptions, address });
  const dependencies = { database, catalog, baseUrls: config.baseUrls, clock: systemClock };
  const worker = await createWorker({ connection, namespace, dependencies });
  log.info({ address, namespace, sources: Object.fromEntries(config.baseUrls) }, 'worker ready');
  if (process.send) obeyParent(worker);
  await worker.run();
  await connection.close();
  await database.end();
}

/** Whoever started us with a channel waits for the word, and takes us along when it goes. */
function obeyParent(worker: Worker): void {
  // Gone while we were getting ready.
  if (!process.connected) process.exit(0);
  process.send?.('ready');
  process.once('disconnect', () => worker.shutdown());
  // The channel alone must not keep a worker that has finished.
  process.channel?.unref();
}

/** Refuses to start where workflows would hang or activities fail one by one. */
async function assertReady(database: Database, config: ReturnType<typeof loadConfig>): Promise<void> {
  const missing = await missingMigrations(database);
  if (missing.length > 0) {
    throw new Error(`the database lacks the migrations ${missing.join(', ')}; run "npm run migrate" first`);
  }
  const temporal = await connectTemporal(config.temporal);
  const attributes = await missingSearchAttributes(temporal).finally(() => temporal.close());
  if (attributes.length > 0) {
    throw new Error(
      `Temporal lacks the search attributes ${attributes.join(', ')}; run "npm run migrate" first`,
    );
  }
}

main().catch((error: unknown) => {
  console.error(`tidemark worker: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
