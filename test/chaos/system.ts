/**
 * The whole system as processes: PostgreSQL that writes through to the disk, Temporal with its state in a file, the
 * simulator of the source in this process, workers. Each can be killed and comes back on the same port.
 */

import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { ROOT } from '../../config/installation.ts';
import { pollScheduleId, SEARCH_ATTRIBUTES } from '../../domain/workflow/ids.ts';
import { runNodeProcess, Stops } from '../../scripts/start/machine/node-process.ts';
import { ensurePostgres } from '../../scripts/start/postgres/postgres-installation.ts';
import { startPostgres } from '../../scripts/start/postgres/postgres-server.ts';
import { ensureDatabase, withDatabase } from '../../scripts/start/postgres/postgres-settings.ts';
import { placeForState } from '../../scripts/start/state-folder.ts';
import { ensureTemporal } from '../../scripts/start/temporal/temporal-binary.ts';
import { startTemporal } from '../../scripts/start/temporal/temporal-server.ts';
import type { FaultInput } from '../../simulator/faults.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/server.ts';
import { connectTemporal, type Temporal } from '../../temporal/connection.ts';
import { ALONE } from '../support/alone.ts';
import { programOf } from '../support/program.ts';
import { DATASET } from '../support/test-environment.ts';
import { freePort } from './addresses.ts';
import type { Disturbance } from './plan.ts';
import { Restartable } from './restartable.ts';
import { until } from './until.ts';
import { WorkerProcess } from './worker-process.ts';

const DATABASE = 'tidemark_chaos';

export interface System {
  readonly folder: string;
  /** A superuser's URL of the database that workers write to, past all proxies. */
  readonly databaseUrl: string;
  readonly temporal: Temporal;
  readonly temporalAddress: string;
  readonly simulator: Simulator;
  readonly workers: readonly WorkerProcess[];
  /** Where one is wished for. */
  readonly api: ApiProcess | undefined;
  /** Does it and undoes it; resolves when everything is back. */
  disturb(disturbance: Disturbance): Promise<void>;
  close(): Promise<void>;
}

export interface Staff {
  /** @default 3 */
  readonly workers?: number;
  /** Arguments of Node for each worker. @default the worker's own entry point */
  readonly program?: readonly string[];
  /** What is published before anybody asks: schedules tick as soon as there are workers. @default all as it is */
  readonly published?: readonly FaultInput[];
  /** Further settings of workers and the API. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether the API runs as a process too. @default false */
  readonly api?: boolean;
  /** The one schedule that ticks. @default that of polling DATASET */
  readonly schedule?: string;
}

export interface ApiProcess {
  readonly url: string;
  kill(pauseMs: number): Promise<void>;
}

export async function openSystem(
  source: SimulatorOptions,
  report: (line: string) => void,
  { workers: count = 3, program, published = [], settings = {}, ...staff }: Staff = {},
): Promise<System> {
  const { stateDir, serverDir, account } = await placeForState(ROOT, { report });
  const folder = mkdtempSync(join(serverDir, 'test-chaos-'));
  chmodSync(folder, 0o755);
  const installation = await ensurePostgres({ serverDir, account, report });
  const binary = await ensureTemporal({ toolchainDir: join(stateDir, 'toolchain'), report });
  // They come back to their ports, which nobody may have taken meanwhile.
  const [postgresPort, temporalPort] = [await freePort(), await freePort()];
  const postgres = new Restartable(() =>
    startPostgres({
      ...{ installation, account, preferredPort: postgresPort, report: () => {} },
      dataDir: join(folder, 'data'),
      logFile: join(folder, 'postgres.log'),
      settings: { shared_buffers: '128MB' },
    }),
  );
  const temporalServer = new Restartable(() =>
    startTemporal({
      ...{ binary, preferredPort: temporalPort, preferredUiPort: undefined, namespace: 'default' },
      report: () => {},
      dbFile: join(folder, 'temporal.db'),
      searchAttributes: Object.fromEntries(
        Object.values(SEARCH_ATTRIBUTES).map(({ name }) => [name, 'Keyword']),
      ),
      logFile: join(folder, 'temporal.log'),
    }),
  );
  const [{ adminUrl }, { address }, simulator] = await Promise.all([
    postgres.start(),
    temporalServer.start(),
    startSimulator(source),
  ]);
  for (const fault of published) simulator.faults.add(fault);
  const databaseUrl = withDatabase(adminUrl, DATABASE);
  await ensureDatabase(adminUrl, DATABASE);
  await migrateAll(databaseUrl, address, simulator.url);
  const temporal = await connectTemporal({ address, namespace: 'default', connectionOptions: {} });
  await pauseOthers(temporal, staff.schedule ?? pollScheduleId(DATASET));
  const places = { databaseUrl, temporalAddress: address, sourceUrl: simulator.url };
  const port = staff.api ? await freePort() : undefined;
  const apiLog = join(folder, 'api.log');
  const serving = port && WorkerProcess.start({ ...places, ...apiOn(port, settings), logFile: apiLog });
  const workers = await Promise.all(
    Array.from({ length: count }, (_, n) =>
      WorkerProcess.start({
        ...{ ...places, logFile: join(folder, `worker-${n}.log`), settings },
        ...(program ? { program } : {}),
      }),
    ),
  );
  const parts = { postgres, temporalServer, workers, databaseUrl };
  const api = await serving;
  return {
    ...{ folder, databaseUrl, temporal, temporalAddress: address, simulator, workers },
    api: api ? { url: `http://127.0.0.1:${port}`, kill: (pauseMs) => api.kill(pauseMs) } : undefined,
    disturb: (disturbance) => disturb(parts, disturbance),
    async close() {
      await Promise.all([...workers, ...(api ? [api] : [])].map((process) => process.stop()));
      await temporal.close();
      await Promise.all([temporalServer.stop(), simulator.close()]);
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function apiOn(port: number, settings: Readonly<Record<string, string>>) {
  return {
    program: programOf('api/main'),
    settings: { ...settings, PORT: String(port), API_ACCESS: 'open' },
  };
}

/** The datasets that share the quota of the host: polling them would only make the run longer. */
async function pauseOthers({ client }: Temporal, kept: string): Promise<void> {
  for await (const { scheduleId } of client.schedule.list()) {
    if (scheduleId === kept) continue;
    const schedule = client.schedule.getHandle(scheduleId);
    await schedule.pause('the run is about another dataset');
    // Schedules tick when they are made; no worker has seen these yet.
    for (const { workflow } of (await schedule.describe()).info.runningActions)
      await client.workflow.getHandle(workflow.workflowId).terminate('the run is about another dataset');
  }
}

async function migrateAll(databaseUrl: string, temporalAddress: string, sourceUrl: string): Promise<void> {
  const settings = {
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporalAddress,
    JAO_BASE_URL: sourceUrl,
    ...ALONE,
    // As the workers have it.
    TIDEMARK_DATASETS: '',
  };
  const program = programOf('workers/migrate');
  const stops = new Stops();
  const code = await runNodeProcess({ name: 'the migration', stops, program, root: ROOT, settings });
  if (code !== 0) throw new Error(`"npm run migrate" ended with ${code}`);
}

interface Parts {
  readonly postgres: Restartable;
  readonly temporalServer: Restartable;
  readonly workers: readonly WorkerProcess[];
  readonly databaseUrl: string;
}

async function disturb(parts: Parts, { kind, pauseMs, pick }: Disturbance): Promise<void> {
  switch (kind) {
    case 'kill Temporal':
      return await parts.temporalServer.kill(pauseMs);
    case 'kill PostgreSQL':
      return await parts.postgres.kill(pauseMs);
    case 'kill session':
      return await killSession(parts.databaseUrl, pick);
  }
  const worker = parts.workers[pick % parts.workers.length];
  if (!worker) throw new Error(`nobody can ${kind}: there are no workers`);
  switch (kind) {
    case 'kill worker':
      return await worker.kill(pauseMs);
    case 'pause worker':
      return await worker.pause(pauseMs);
    case 'cut PostgreSQL':
      return await worker.disturbLine('PostgreSQL', 'cut', pauseMs);
    case 'cut Temporal':
      return await worker.disturbLine('Temporal', 'cut', pauseMs);
    case 'cut source':
      return await worker.disturbLine('source', 'cut', pauseMs);
    case 'freeze PostgreSQL':
      return await worker.disturbLine('PostgreSQL', 'freeze', pauseMs);
    case 'freeze Temporal':
      return await worker.disturbLine('Temporal', 'freeze', pauseMs);
  }
}

/** Kills the process of one session of a worker; PostgreSQL then ends all others and recovers by itself. */
async function killSession(databaseUrl: string, pick: number): Promise<void> {
  const text = `select pid from pg_stat_activity
    where application_name = 'tidemark worker' order by (state = 'active') desc, pid limit 3`;
  await until('a session of a worker is killed', async () => {
    const sessions = await queryOnce<{ pid: number }>(databaseUrl, text);
    const { pid } = sessions[pick % sessions.length] ?? {};
    return pid !== undefined && process.kill(pid, 'SIGKILL');
  });
  await until('PostgreSQL has recovered', () => queryOnce(databaseUrl, 'select 1'));
}

/** One statement in a session of its own: whatever happened to earlier sessions is no matter. */
export async function queryOnce<T>(url: string, text: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 30_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query(text)).rows as T[];
  } finally {
    await client.end().catch(() => {});
  }
}
