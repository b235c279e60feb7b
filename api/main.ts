/** The API process: `npm run api`. Composition root: settings, database, Temporal when first needed, until told to stop. */
import { pino } from 'pino';
import { type Config, loadConfig } from '../config.ts';
import { connectTemporal, type Temporal } from '../control/connection.ts';
import { workflowLink } from '../control/links.ts';
import { loadCatalog } from '../datasets/catalog.ts';
import { openDatabase } from '../db/client.ts';
import { storageSentence } from '../db/failure.ts';
import { missingMigrations } from '../db/missing-migrations.ts';
import { followClock } from '../db/process-clock.ts';
import { keepSettled } from '../db/settling.ts';
import { serveApi } from './server.ts';

/** A question that takes longer than this is not answered. */
const STATEMENT_MS = 60_000;

async function main(): Promise<void> {
  const catalog = await loadCatalog();
  const config = loadConfig(catalog.datasets.map(({ source }) => source));
  const database = openApiDatabase(config.databaseUrl);
  const missing = await missingMigrations(database);
  if (missing.length > 0)
    throw new Error(`the database lacks the migrations ${missing.join(', ')}; run "npm run migrate" first`);
  keepSettled(database);
  const { host, port, ...access } = config.api;
  const logging = { level: config.logLevel, base: null, redact: SECRETS };
  const log = pino(logging);
  const { clock, stop: stopClock } = await followClock(database, 'api', (sentence) => log.warn(sentence));
  const temporal = temporalOnce(config);
  const deps = {
    ...access,
    database,
    catalog,
    temporal: temporal.connect,
    workflowLink: (workflowId: string, runId?: string) =>
      workflowLink(config.temporalUiUrl, config.temporal.namespace, workflowId, runId),
    now: () => clock.now(),
  };
  const api = await serveApi(deps, { host, port }, logging);
  process.send?.({ url: api.url });
  if (!process.send) console.log(`tidemark api: ${api.url}`);
  const stop = async () => {
    await api.close();
    await stopClock();
    await Promise.all([database.end(), temporal.close()]);
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());
  // Whoever started us with a channel takes us along when it goes.
  if (process.send) process.once('disconnect', () => void stop());
}

/** As the API's role, in UTC, with a limit for each statement. */
function openApiDatabase(url: string) {
  return openDatabase({
    url,
    role: 'tidemark_api',
    application: 'tidemark api',
    maxConnections: 20,
    session: { TimeZone: 'UTC', statement_timeout: String(STATEMENT_MS) },
  });
}

/** Connected when first needed; a failure is tried again by who needs it next. */
function temporalOnce(config: Config): { connect(): Promise<Temporal>; close(): Promise<void> } {
  let connection: Promise<Temporal> | undefined;
  return {
    connect() {
      connection ??= connectTemporal(config.temporal).catch((error: unknown) => {
        connection = undefined;
        throw error;
      });
      return connection;
    },
    close: async () => (await connection?.catch(() => undefined))?.close(),
  };
}

const SECRETS = ['req.headers.authorization', '*.databaseUrl', '*.apiKey'];

main().catch((error: unknown) => {
  const said = storageSentence(error) ?? (error instanceof Error ? error.message : String(error));
  console.error(`tidemark api: ${said}`);
  process.exit(1);
});
