#!/usr/bin/env node
/** The API process: `npm run api`. Composition root: settings, database, and Temporal when first needed; runs until stopped. */
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import type { ApiConfig } from '../config/api.ts';
import { type Config, loadConfig } from '../config/config.ts';
import { datasetPlaces } from '../config/datasets.ts';
import { loadTracing } from '../config/tracing/load.ts';
import type { Tracing } from '../config/tracing/tracing.ts';
import { loadCatalog } from '../datasets/catalog.ts';
import { keepSettled } from '../db/connection/database-clock.ts';
import { startFailure } from '../db/connection/failure.ts';
import { followClock } from '../db/connection/process-clock.ts';
import { missingMigrations } from '../db/migration/migrate.ts';
import type { SignOnSettings } from '../domain/sign-on.ts';
import { Sender } from '../notify/sender.ts';
import { tellWithoutWorker } from '../notify/without-worker.ts';
import { connectTemporal, type Temporal } from '../temporal/connection.ts';
import { workflowLink } from '../temporal/links.ts';
import { openApiDatabase } from './database.ts';
import { ExportProcess } from './exports.ts';
import { serveApi } from './server.ts';
import type { SignOn } from './signon/sign-on.ts';
import { incidentSources } from './temporal.ts';

/** Database sessions, apart from and for exports. */
const SESSIONS = 20;
const EXPORT_SESSIONS = 8;
/** How long an export waits for one. */
const EXPORT_WAIT_MS = 30_000;
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/** With the path of a socket as argument it is the export process of an API (`exports.ts`), otherwise the API itself. */
async function main(): Promise<void> {
  const [, , socket] = process.argv;
  const catalog = await loadCatalog(datasetPlaces());
  const config = loadConfig(catalog.sources);
  const { host, port, ...settings } = config.api;
  const { readerPatienceMs } = config.api.limits;
  const database = openApiDatabase({
    ...{ url: config.databaseUrl, readerPatienceMs },
    ...(socket === undefined
      ? { application: 'tidemark api', maxConnections: SESSIONS }
      : { application: 'tidemark api exports', maxConnections: EXPORT_SESSIONS, waitMs: EXPORT_WAIT_MS }),
  });
  const missing = await missingMigrations(database);
  if (missing.length > 0)
    throw new Error(`the database lacks the migrations ${missing.join(', ')}; run "npm run migrate" first`);
  if (socket === undefined) keepSettled(database);
  const service = socket === undefined ? 'tidemark api' : 'tidemark api exports';
  const warn = (summary: string) => log.warn(summary);
  const tracing = await loadTracing(config.traces, { service, warn });
  const mixin = tracing?.logFields ?? (() => ({}));
  const logging = { level: config.logLevel, base: null, redact: SECRETS, mixin };
  const log = pino(logging);
  const as = socket === undefined ? ({ kind: 'api', datasets: catalog.all } as const) : undefined;
  const { clock, stop: stopClock } = await followClock(database, as, warn);
  const temporal = temporalOnce(config, tracing);
  const sources = incidentSources({ catalog, temporal: temporal.connect });
  const instead =
    socket === undefined ? tellWithoutWorker(database, new Sender(config.notify), sources, warn) : undefined;
  const exporter = socket === undefined ? new ExportProcess(fileURLToPath(import.meta.url)) : undefined;
  const deps = {
    ...(exporter ? { ...settings, exporter } : uncounted(settings)),
    database,
    catalog,
    temporal: temporal.connect,
    notify: config.notify,
    workflowLink: (workflowId: string, runId?: string) =>
      workflowLink(config.temporalUiUrl, config.temporal.namespace, workflowId, runId),
    now: () => clock.now(),
    ...(config.signOn ? { signOn: await signOnOf(config.signOn, () => clock.now()) } : {}),
    ...(tracing ? { traceRequests: tracing.requests } : {}),
  };
  const address = socket === undefined ? { host, port } : { path: socket };
  const api = await serveApi(deps, address, logging);
  process.send?.({ url: api.url });
  if (!process.send) console.log(`tidemark api: ${api.url}`);
  let isStopping = false;
  const stop = async () => {
    if (isStopping) return;
    isStopping = true;
    await api.close();
    await instead?.stop();
    await stopClock();
    await Promise.all([exporter?.close(), database.end(), temporal.close()]);
    await tracing?.stop();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
  // A parent that started us with an IPC channel takes us down with it.
  if (process.send) process.once('disconnect', () => void stop());
}

/** Imported only where it is configured: its packages load slowly. */
async function signOnOf(settings: SignOnSettings, now: () => Date): Promise<SignOn> {
  const { SignOn } = await import('./signon/sign-on.ts');
  return new SignOn(settings, now);
}

/** The settings of the export process, whose requests the API has already rate-limited. */
function uncounted({ limits, ...settings }: Omit<ApiConfig, 'host' | 'port'>) {
  return { ...settings, requestsPerMinute: NO_LIMIT, limits: { ...limits, exportsAtOnce: NO_LIMIT } };
}

/** Connects when first needed; after a failure the next call tries again. */
function temporalOnce(
  config: Config,
  tracing: Tracing | undefined,
): { connect(): Promise<Temporal>; close(): Promise<void> } {
  let connection: Promise<Temporal> | undefined;
  return {
    connect() {
      connection ??= connectTemporal(config.temporal, tracing?.client).catch((error: unknown) => {
        connection = undefined;
        throw error;
      });
      return connection;
    },
    close: async () => (await connection?.catch(() => undefined))?.close(),
  };
}

const SECRETS = ['req.headers.authorization', 'req.headers.cookie', '*.databaseUrl', '*.apiKey'];

main().catch((error: unknown) => {
  console.error(`tidemark api: ${startFailure(error)}`);
  process.exit(1);
});
