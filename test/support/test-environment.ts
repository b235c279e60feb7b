/**
 * Everything real, small and of its own: a database, a Temporal server in memory, the simulator of the source in this
 * process, and workers. Each test file opens one test environment and closes it.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DefaultLogger, type LogEntry, NativeConnection, Runtime } from '@temporalio/worker';
import { inject } from 'vitest';
import { type Clock, systemClock } from '../../activities/dependencies.ts';
import { datasetPlaces } from '../../config/datasets.ts';
import { type Catalog, loadCatalog } from '../../datasets/catalog.ts';
import type { Database } from '../../db/connection/client.ts';
import type { Settings } from '../../domain/dataset/settings.ts';
import type { UnpackLimits } from '../../domain/files/unpack-limits.ts';
import type { RetryRules } from '../../domain/workflow/failures.ts';
import { SEARCH_ATTRIBUTES } from '../../domain/workflow/ids.ts';
import type { SenderSettings } from '../../notify/sender.ts';
import { quote } from '../../scripts/start/machine/run-command.ts';
import { startTemporal } from '../../scripts/start/temporal/temporal-server.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../simulator/server.ts';
import { connectTemporal, type Temporal } from '../../temporal/connection.ts';
import { createWorker, type WorkerOptions } from '../../workers/worker.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

export const DATASET = 'jao-core.max-exchanges';

export interface TestEnvironmentOptions {
  readonly simulator?: SimulatorOptions;
  readonly catalog?: Catalog;
  /** Which of its datasets are enabled. @default all */
  readonly enabled?: (id: string) => boolean;
  /** Settings of sources, by source id; who keeps the map may change them. */
  readonly sourceSettings?: ReadonlyMap<string, Settings>;
  /** Instead of a clone of the template. */
  readonly stored?: TestDatabase;
  /** Instead of a Temporal server in memory; who brings one ends it. */
  readonly temporalAddress?: string;
  /** Judge publication by the simulator's clock instead of the system's. */
  readonly simulatedClock?: boolean;
  /** Another clock than both. */
  readonly clock?: Clock;
  /** Where unpacked texts of files are kept. */
  readonly filesFolder?: string;
  /** How large these may be. */
  readonly unpackLimits?: UnpackLimits;
  /** About how much of a file is written in one transaction. */
  readonly rangeBytes?: number;
  /** How often each class of failure is tried again, where minutes of real back-off would prove nothing more. */
  readonly retryRules?: RetryRules;
  /** How receivers of notifications are reached. */
  readonly receivers?: SenderSettings;
  /** Whether workflows have a thread of their own, as in production. @default false, which takes a twentieth less processor time */
  readonly workflowThread?: boolean;
}

export interface TestEnvironment {
  readonly temporal: Temporal;
  /** For workers that are processes of their own. */
  readonly temporalAddress: string;
  readonly catalog: Catalog;
  readonly database: Database;
  readonly databaseUrl: string;
  readonly simulator: Simulator;
  /** What activities and workflows have logged since it was opened, at warning level and above. */
  warnings(): LogEntry[];
  /** Starts one more worker; the test environment stops it in the end. @param changes of one that traces, or has a version. */
  startWorker(changes?: WorkerChanges): Promise<TestWorker>;
  /** Lets the workers that are running ask another address from now on. @param source @default all of them */
  redirectSource(url: string, source?: string): void;
  rows<T>(text: string, values?: unknown[]): Promise<T[]>;
  close(): Promise<void>;
}

type WorkerChanges = Pick<WorkerOptions, 'bundle' | 'deployment' | 'tracing'>;

export interface TestWorker {
  state(): string;
  stop(): Promise<void>;
}

/** Warnings of this process, which files of tests share. */
const warnings: LogEntry[] = [];

export async function openTestEnvironment(options: TestEnvironmentOptions = {}): Promise<TestEnvironment> {
  quietRuntime();
  const warnedBefore = warnings.length;
  const catalog = options.catalog ?? (await loadCatalog(datasetPlaces()));
  const [server, stored, simulator] = await Promise.all([
    options.temporalAddress ? connectedTo(options.temporalAddress) : startTemporalInMemory(),
    options.stored ?? createTestDatabase(catalog.all, options.enabled),
    startSimulator({ port: 0, ...options.simulator }),
  ]);
  const { database } = stored;
  const { address, temporal } = server;
  const { namespace } = temporal;
  const baseUrls = new Map(catalog.scheduled.map(({ source }) => [source.id, simulator.url]));
  const dependencies = {
    database,
    catalog,
    baseUrls,
    clock: options.clock ?? (options.simulatedClock ? clockOf(simulator) : systemClock),
    ...(options.filesFolder ? { filesFolder: options.filesFolder } : {}),
    ...(options.unpackLimits ? { unpackLimits: options.unpackLimits } : {}),
    ...(options.rangeBytes ? { rangeBytes: options.rangeBytes } : {}),
    ...(options.sourceSettings ? { sourceSettings: options.sourceSettings } : {}),
    ...(options.retryRules ? { retryRules: options.retryRules } : {}),
    ...(options.receivers ? { receivers: options.receivers } : {}),
  };
  const stops: (() => Promise<void>)[] = [];

  async function startWorker(changes: WorkerChanges = {}) {
    // A connection each: the SDK allows one worker of a task queue per connection.
    const connection = await NativeConnection.connect({ address });
    // What is in progress at the end of a file ends before its database does, on a slow machine too.
    const worker = await createWorker({
      ...{ connection, namespace, dependencies, stopLimitMs: 240_000 },
      debugMode: !options.workflowThread,
      ...changes,
    });
    const running = worker.run();
    const stop = async () => {
      if (worker.getState() !== 'RUNNING') return;
      worker.shutdown();
      await running;
      await connection.close();
    };
    stops.push(stop);
    return { state: () => worker.getState(), stop };
  }

  return {
    temporal,
    temporalAddress: address,
    catalog,
    database,
    databaseUrl: stored.url,
    simulator,
    warnings: () => warnings.slice(warnedBefore),
    startWorker,
    redirectSource(url, source) {
      for (const id of source === undefined ? baseUrls.keys() : [source]) baseUrls.set(id, url);
    },
    rows: async <T>(text: string, values: unknown[] = []) => (await database.query(text, values)).rows as T[],
    async close() {
      await Promise.all(stops.map((stop) => stop()));
      await server.stop();
      await simulator.close();
      await stored.drop();
    },
  };
}

/** A server that lives for seconds. */
const TEMPORAL_OF_TESTS = {
  // A task that one worker could not do may be tried by another soon: in production it waits ten minutes in the end.
  'history.workflowTaskRetryMaxInterval': '"2s"',
  // It looks for nothing that was left behind long ago: these begin with the server, and take a fifth of its start.
  'worker.executionsScannerEnabled': 'false',
  'worker.historyScannerEnabled': 'false',
  'worker.taskQueueScannerEnabled': 'false',
  'worker.buildIdScavengerEnabled': 'false',
};

async function startTemporalInMemory() {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-temporal-'));
  const attributes = Object.values(SEARCH_ATTRIBUTES).map(({ name }) => [name, 'Keyword']);
  const logFile = join(folder, 'temporal.log');
  const { address, exited, stop } = await startTemporal({
    binary: inject('temporalBinary'),
    dbFile: undefined,
    preferredPort: 0,
    preferredUiPort: undefined,
    namespace: 'default',
    searchAttributes: Object.fromEntries(attributes),
    logFile,
    dynamicConfig: TEMPORAL_OF_TESTS,
    report: () => {},
  });
  let isStopping = false;
  // Tests only see that nothing listens any more.
  void exited.then((end) => {
    if (!isStopping)
      console.error(`Temporal ended by itself (${end})${quote(readFileSync(logFile, 'utf8'))}`);
  });
  const server = await connectedTo(address);
  return {
    ...server,
    async stop() {
      isStopping = true;
      await server.stop();
      await stop();
      rmSync(folder, { recursive: true });
    },
  };
}

async function connectedTo(address: string) {
  const temporal = await connectTemporal({ address, namespace: 'default', connectionOptions: {} });
  return { address, temporal, stop: () => temporal.close() };
}

function clockOf({ clock }: Simulator): Clock {
  return {
    now: () => new Date(clock.nowMs()),
    get rate() {
      // A clock that stands still would make timers wait without end, which no number says.
      return clock.rate() || 0.01;
    },
  };
}

let installed = false;

function quietRuntime(): void {
  if (installed) return;
  installed = true;
  Runtime.install({ logger: new DefaultLogger('WARN', (entry) => warnings.push(entry)) });
}
