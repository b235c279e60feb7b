/**
 * A worker as a process: settings, connections, preflight; runs until stopped. Composition root of `npm run worker`
 * (`main.ts`).
 */
import { type Config, loadConfig } from '../config/config.ts';
import { datasetPlaces, enabledPatterns } from '../config/datasets.ts';
import { loadTracing } from '../config/tracing/load.ts';
import { type Catalog, loadCatalog } from '../datasets/catalog.ts';
import { type Database, openDatabase, WORKER_PATIENCE } from '../db/connection/client.ts';
import { keepSettled } from '../db/connection/database-clock.ts';
import { startFailure } from '../db/connection/failure.ts';
import { followClock } from '../db/connection/process-clock.ts';
import { chosenIn } from '../db/migration/dataset-scripts.ts';
import { applySetting } from '../db/migration/enabling.ts';
import { missingMigrations } from '../db/migration/migrate.ts';
import { registerCatalog } from '../db/migration/register.ts';
import { isPushed, tickMinutes } from '../domain/dataset/dataset.ts';
import { describeEnabled } from '../domain/dataset/enabling.ts';
import type { RetryRules } from '../domain/workflow/failures.ts';
import { readinessOf } from '../notify/readiness.ts';
import { loadCodecs } from '../temporal/codecs.ts';
import { connectTemporal } from '../temporal/connection.ts';
import { wakeDrain } from '../temporal/drains.ts';
import { beginWork, endWork } from '../temporal/enabling.ts';
import { outsideOf } from '../temporal/outside.ts';
import { missingSearchAttributes } from '../temporal/search-attributes.ts';
import { connectWorker } from './connection.ts';
import { serveHealth } from './health-server.ts';
import { installLog } from './log.ts';
import { CONNECTIONS } from './slots.ts';
import { createWorker, type WorkerOptions, type Workers } from './worker.ts';

/** How a process may differ from `npm run worker`. */
export interface WorkerChanges {
  readonly bundle?: WorkerOptions['bundle'];
  readonly retryRules?: RetryRules;
}

/** Runs a worker to its end; if it cannot start, logs why and exits with 1. */
export async function runWorker(changes: WorkerChanges = {}): Promise<void> {
  await run(changes).catch((error: unknown) => {
    console.error(`tidemark worker: ${startFailure(error)}`);
    process.exit(1);
  });
}

async function run({ bundle, retryRules }: WorkerChanges): Promise<void> {
  const catalog = await loadCatalog(datasetPlaces());
  const config = loadConfig(catalog.sources);
  const application = 'tidemark worker';
  const warn = (summary: string) => log.warn(summary);
  const tracing = await loadTracing(config.traces, { service: application, warn });
  const log = installLog(config.logLevel, config.worker.metrics, tracing?.logFields);
  const database = openDatabase({
    url: config.databaseUrl,
    role: 'tidemark_writer',
    application,
    maxConnections: CONNECTIONS,
    patience: WORKER_PATIENCE,
  });
  const { address, namespace } = config.temporal;
  const { clock, stop: stopClock } = await followClock(
    database,
    { kind: 'worker', datasets: catalog.all },
    warn,
  );
  const make = async () => {
    const connection = await connectWorker(config.temporal);
    const temporal = await connectTemporal(config.temporal, tracing?.client);
    const dependencies = {
      database,
      catalog,
      baseUrls: config.baseUrls,
      clock,
      filesFolder: config.filesFolder,
      sourceSettings: config.sourceSettings,
      receivers: config.notify,
      outside: outsideOf(async () => temporal),
      ...(retryRules ? { retryRules } : {}),
    };
    const worker = await createWorker({
      ...{ connection, namespace, dependencies, tracing: tracing?.worker },
      deployment: config.worker.deployment,
      dataConverter: await loadCodecs(config.temporal.codecs),
      ...(bundle ? { bundle } : {}),
    });
    return { connection, temporal, worker };
  };
  // Concurrently: creating a worker takes half a second, and it does not poll for tasks before it runs.
  const [{ connection, temporal, worker }, enabled] = await Promise.all([
    make(),
    prepare(database, catalog, config),
  ]);
  keepSettled(database);
  const checks = {
    database,
    needs: ['database', 'temporal', 'polling'] as const,
    intervals: new Map(catalog.scheduled.map((dataset) => [dataset.id, tickMinutes(dataset) * 60])),
    askTemporal: () => temporal.client.workflowService.getSystemInfo({}),
    outside: outsideOf(async () => temporal),
  };
  const health = config.worker.health && (await serveHealth(config.worker.health, () => readinessOf(checks)));
  const { version } = worker;
  log.info({ address, namespace, version, sources: Object.fromEntries(config.baseUrls) }, 'worker ready');
  if (enabled.size === 0) log.warn(describeEnabled(enabled, catalog.all.length));
  if (process.send) obeyParent(worker);
  await worker.run();
  await health?.close();
  await Promise.all([connection.close(), temporal.close()]);
  await stopClock();
  await database.end();
  await tracing?.stop();
}

/** A parent that started us with an IPC channel waits for our message, and takes us down with it. */
function obeyParent(worker: Workers): void {
  // The parent has ended while we were getting ready.
  if (!process.connected) process.exit(0);
  process.send?.('ready');
  process.once('disconnect', () => {
    // It may be shutting down already.
    if (worker.getState() === 'RUNNING') worker.shutdown();
  });
  // The channel alone must not keep a worker that has finished.
  process.channel?.unref();
}

/** @returns ids of the datasets that are enabled */
async function prepare(database: Database, catalog: Catalog, config: Config): Promise<ReadonlySet<string>> {
  await assertReady(database, config);
  await registerCatalog(database, catalog.all);
  const { enabled: begun, disabled: ended } = await applySetting(database, catalog.all, enabledPatterns());
  const { enabled, stored } = await chosenIn(database);
  // Lines that were accepted before a dataset was disabled are still to be folded.
  const streams = catalog.all.filter((dataset) => isPushed(dataset) && stored.has(dataset.id));
  const temporal = await connectTemporal(config.temporal);
  try {
    await beginWork(temporal, catalog, begun);
    await endWork(temporal, ended);
    for (const { id } of streams) await wakeDrain(temporal, id);
  } finally {
    await temporal.close();
  }
  return enabled;
}

/** Refuses to start where workflows would hang or activities fail one by one. */
async function assertReady(database: Database, config: Config): Promise<void> {
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
