/**
 * What benchmarks run on: a PostgreSQL with fsync on and a Temporal server that keeps its state in a file, both on this
 * machine, both for this run only; the simulator in this process, without quota. Prints what the machine is.
 */
import { mkdir, rm } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { DefaultLogger, makeTelemetryFilterString, NativeConnection, Runtime } from '@temporalio/worker';
import { type Clock, type Dependencies, systemClock } from '../../activities/dependencies.ts';
import { stateFolder } from '../../config/config.ts';
import { ROOT } from '../../config/installation.ts';
import type { Catalog } from '../../datasets/catalog.ts';
import { type Database, openDatabase } from '../../db/connection/client.ts';
import { migrate } from '../../db/migration/migrate.ts';
import type { Settings } from '../../domain/dataset/settings.ts';
import { SEARCH_ATTRIBUTES } from '../../domain/workflow/ids.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/server.ts';
import { connectTemporal, type Temporal } from '../../temporal/connection.ts';
import { catalogWithoutQuota } from '../../test/support/catalog-without-quota.ts';
import { registerEnabled } from '../../test/support/register-datasets.ts';
import { createWorker } from '../../workers/worker.ts';
import { ensurePostgres } from '../start/postgres/postgres-installation.ts';
import { startPostgres } from '../start/postgres/postgres-server.ts';
import { ensureDatabase, withDatabase } from '../start/postgres/postgres-settings.ts';
import { placeForState } from '../start/state-folder.ts';
import { ensureTemporal } from '../start/temporal/temporal-binary.ts';
import { startTemporal } from '../start/temporal/temporal-server.ts';

export const DATASET = 'jao-core.max-exchanges';

export interface Workbench {
  readonly catalog: Catalog;
  readonly temporal: Temporal;
  readonly temporalAddress: string;
  readonly database: Database;
  readonly simulator: Simulator;
  close(): Promise<void>;
}

const report = (line: string) => console.error(`· ${line}`);

interface WorkbenchOptions {
  readonly simulator?: SimulatorOptions;
  /** Judge publication by the simulator's clock instead of the system's. */
  readonly simulatedClock?: boolean;
  /** Instead of max exchanges alone, without quota. */
  readonly catalog?: Catalog;
  /** By source id. */
  readonly sourceSettings?: ReadonlyMap<string, Settings>;
}

export async function openWorkbench(options: WorkbenchOptions = {}): Promise<Workbench> {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  console.log(
    `on ${cpus().length} × ${cpu?.model ?? 'unknown processor'}, ${memory} GiB, Node ${process.versions.node}\n`,
  );
  const logging = { filter: makeTelemetryFilterString({ core: 'ERROR' }) };
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging } });
  const catalog = options.catalog ?? (await catalogWithoutQuota(DATASET));
  const servers = await startServers();
  const url = withDatabase(servers.adminUrl, 'tidemark_bench');
  await ensureDatabase(servers.adminUrl, 'tidemark_bench');
  await migrate(url);
  const database = openDatabase({
    url,
    role: 'tidemark_writer',
    application: 'tidemark bench',
    maxConnections: 20,
  });
  await registerEnabled(database, catalog.datasets);
  const simulator = await startSimulator({ quotaRequests: 0, revisionShare: 0, ...options.simulator });
  const temporal = await connectTemporal({
    address: servers.temporalAddress,
    namespace: 'default',
    connectionOptions: {},
  });
  const clock = options.simulatedClock ? clockOf(simulator) : systemClock;
  const baseUrls = new Map(catalog.datasets.map(({ source }) => [source.id, simulator.url]));
  const { sourceSettings = new Map<string, Settings>() } = options;
  const stopWorker = await startWorker(servers.temporalAddress, {
    ...{ database, catalog, baseUrls, clock, sourceSettings },
  });
  return {
    catalog,
    temporal,
    temporalAddress: servers.temporalAddress,
    database,
    simulator,
    async close() {
      await stopWorker();
      await temporal.close();
      await database.end();
      await simulator.close();
      await servers.stop();
    },
  };
}

/** A PostgreSQL with fsync on and a Temporal server that keeps its state in a file, for this run only. */
async function startServers() {
  const { stateDir, serverDir, account } = await placeForState(ROOT, { stateDir: stateFolder(), report });
  const folder = join(serverDir, `bench-${process.pid}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const installation = await ensurePostgres({ serverDir, account, report });
  const dataDir = join(folder, 'data');
  const postgres = await startPostgres({
    installation,
    dataDir,
    account,
    preferredPort: 0,
    logFile: join(folder, 'postgres.log'),
    report,
  });
  const binary = await ensureTemporal({ toolchainDir: join(stateDir, 'toolchain'), report });
  const temporal = await startTemporal({
    binary,
    dbFile: join(folder, 'temporal.db'),
    preferredPort: 0,
    preferredUiPort: undefined,
    namespace: 'default',
    searchAttributes: Object.fromEntries(
      Object.values(SEARCH_ATTRIBUTES).map(({ name }) => [name, 'Keyword']),
    ),
    logFile: join(folder, 'temporal.log'),
    report,
  });
  return {
    adminUrl: postgres.adminUrl,
    temporalAddress: temporal.address,
    async stop() {
      await temporal.stop();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function clockOf({ clock }: Simulator): Clock {
  return {
    now: () => new Date(clock.nowMs()),
    get rate() {
      return clock.rate();
    },
  };
}

async function startWorker(address: string, dependencies: Dependencies) {
  const connection = await NativeConnection.connect({ address });
  const worker = await createWorker({ connection, namespace: 'default', dependencies });
  const running = worker.run();
  return async () => {
    worker.shutdown();
    await running;
    await connection.close();
  };
}

/** The middle of several measurements; noise on shared cores has a long upper tail. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
