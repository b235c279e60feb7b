/** The same phases without disturbances, in another database: what a kill run must come to. */
import { join } from 'node:path';
import { NativeConnection } from '@temporalio/worker';
import { systemClock } from '../../activities/dependencies.ts';
import { ROOT } from '../../config/installation.ts';
import { openDatabase } from '../../db/connection/client.ts';
import { migrate } from '../../db/migration/migrate.ts';
import { SEARCH_ATTRIBUTES } from '../../domain/workflow/ids.ts';
import { ensureDatabase, withDatabase } from '../../scripts/start/postgres/postgres-settings.ts';
import { placeForState } from '../../scripts/start/state-folder.ts';
import { ensureTemporal } from '../../scripts/start/temporal/temporal-binary.ts';
import { startTemporal } from '../../scripts/start/temporal/temporal-server.ts';
import { type SimulatorOptions, startSimulator } from '../../simulator/server.ts';
import { connectTemporal } from '../../temporal/connection.ts';
import { createWorker } from '../../workers/worker.ts';
import { catalogWithoutQuota } from '../support/catalog-without-quota.ts';
import { registerEnabled } from '../support/register-datasets.ts';
import { askForAll, DATASET, publish } from './phases.ts';
import type { Plan } from './plan.ts';

const DATABASE = 'tidemark_reference';

/** Runs the phases of a plan in peace; returns the URL of the database. One worker in this process, no quota. */
export async function runInPeace(
  serverUrl: string,
  folder: string,
  source: SimulatorOptions,
  plan: Plan,
): Promise<string> {
  const catalog = await catalogWithoutQuota(DATASET);
  const url = withDatabase(serverUrl, DATABASE);
  await ensureDatabase(serverUrl, DATABASE);
  await migrate(url);
  const database = openDatabase({ url, role: 'tidemark_writer', application: 'tidemark reference' });
  await registerEnabled(database, catalog.all);
  const simulator = await startSimulator({ ...source, quotaRequests: 0 });
  const server = await startServer(folder);
  const { address } = server;
  const connection = await NativeConnection.connect({ address });
  const baseUrls = new Map(catalog.datasets.map(({ source: { id } }) => [id, simulator.url]));
  const dependencies = { database, catalog, baseUrls, clock: systemClock };
  const worker = await createWorker({ connection, namespace: 'default', dependencies });
  const temporal = await connectTemporal({ address, namespace: 'default', connectionOptions: {} });
  const running = worker.run();
  for (const phase of plan.phases) {
    publish(simulator, phase);
    await askForAll({ temporal }, plan);
  }
  worker.shutdown();
  await running;
  await Promise.all([temporal.close(), connection.close(), simulator.close(), database.end()]);
  await server.stop();
  return url;
}

async function startServer(folder: string) {
  const report = () => {};
  const { stateDir } = await placeForState(ROOT, { report });
  return await startTemporal({
    binary: await ensureTemporal({ toolchainDir: join(stateDir, 'toolchain'), report }),
    dbFile: undefined,
    ...{ preferredPort: 0, preferredUiPort: undefined, namespace: 'default', report },
    searchAttributes: Object.fromEntries(
      Object.values(SEARCH_ATTRIBUTES).map(({ name }) => [name, 'Keyword']),
    ),
    logFile: join(folder, 'temporal-reference.log'),
  });
}
