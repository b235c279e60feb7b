/**
 * A local Temporal server with its Web UI as our child. Listens on 127.0.0.1 only. Its state lives in one file and
 * survives any end of the server; without a file it lives in memory, for tests.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { takeLock } from '../machine/lock.ts';
import type { Stops } from '../machine/node-process.ts';
import { choosePort, onFreePort } from '../machine/ports.ts';
import { findProcesses, signalProcess, waitForEnd } from '../machine/process-table.ts';
import { type Child, type Report, startChild } from '../machine/run-command.ts';
import type { TemporalBinary } from './temporal-binary.ts';

export interface TemporalOptions {
  readonly binary: TemporalBinary;
  /** The state file; lock and ports lie beside it. Undefined: in memory. */
  readonly dbFile: string | undefined;
  /** 0: any. The ports that were used are preferred at the next start. */
  readonly preferredPort: number;
  /** 0: any. Undefined: no Web UI. */
  readonly preferredUiPort: number | undefined;
  readonly namespace: string;
  /** Name and type: `{ Dataset: 'Keyword' }`. */
  readonly searchAttributes: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** On top of the defaults; values are JSON. */
  readonly dynamicConfig?: Readonly<Record<string, string>>;
  readonly report: Report;
  /** Where it is registered, to be stopped. */
  readonly stops?: Stops;
}

export interface RunningTemporal {
  readonly address: string;
  /** Undefined without a Web UI. */
  readonly uiUrl: string | undefined;
  readonly pid: number;
  /** Resolves with how it ended, even if unexpectedly. */
  readonly exited: Promise<string>;
  /** Harmless when repeated. */
  stop(): Promise<void>;
}

/**
 * The server holds timers back by the first of these, so that the clocks of several hosts may differ. One process has one clock.
 * Measured: a sleep of 10 ms takes 1.0 s with the default of 1 s, and 0.05 s with this.
 */
const DYNAMIC_CONFIG = {
  'history.timerProcessorMaxTimeShift': '"50ms"',
  // Priorities are kept within a partition of a task queue: with the default of four, a step of a person came after five of backfills.
  'matching.numTaskqueueReadPartitions': '1',
  'matching.numTaskqueueWritePartitions': '1',
  // Steps of equal priority are taken in turn from each backfill, and not in the order in which they were scheduled.
  'matching.enableFairness': 'true',
};

/**
 * One write to the disk for a change instead of several, as safe when the machine loses power. Measured: 900 workflows are started in
 * 0.6 of the time.
 */
const PRAGMAS = ['--sqlite-pragma', 'journal_mode=WAL'];

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 10_000;
const POLL_MS = 20;

/**
 * Starts the server and resolves when it answers for the namespace. What an earlier start left behind is ended first.
 * @throws Error when it runs already, or with the last lines of its log.
 */
export async function startTemporal(options: TemporalOptions): Promise<RunningTemporal> {
  const { dbFile, preferredPort, preferredUiPort, report } = options;
  const release = dbFile ? takeStateFile(dbFile) : () => {};
  try {
    if (dbFile) await endLeftovers(dbFile, report);
    const file = dbFile && `${dbFile}.port`;
    const portOptions = { purpose: 'Temporal', preferred: preferredPort, file, report };
    const start = async (port: number): Promise<RunningTemporal> => {
      const ui = {
        purpose: 'the Temporal Web UI',
        preferred: preferredUiPort ?? 0,
        file: dbFile && `${dbFile}.ui-port`,
        report,
      };
      const uiPort = preferredUiPort === undefined ? undefined : await choosePort(ui);
      return await launch(options, port, uiPort, release);
    };
    return await onFreePort(portOptions, start, (error) => mayStartAgain(error, report));
  } catch (error) {
    release();
    throw error;
  }
}

/**
 * The server uses more ports than it is given, and ends, by panic or error, when another process takes one between choice
 * and use. A wrong option or state file ends it with another error, and would do so again.
 */
function mayStartAgain(error: unknown, report: Report): boolean {
  const message = error instanceof Error ? error.message : '';
  const [, reason] =
    /^\s*(panic: .*)$/m.exec(message) ?? /(listen tcp \S+ bind: address already in use)/.exec(message) ?? [];
  if (reason) report(`The Temporal server ended while it started (${reason}); starting it again.`);
  return reason !== undefined;
}

function takeStateFile(dbFile: string): () => void {
  mkdirSync(dirname(dbFile), { recursive: true });
  const lock = takeLock(`${dbFile}.lock`);
  if ('release' in lock) return lock.release;
  throw new Error(`The Temporal state in ${dbFile} is already in use by process ${lock.heldBy}.`);
}

/** Two servers on one file would corrupt it. We hold the lock, so a server that names the file has lost its parent. */
async function endLeftovers(dbFile: string, report: Report): Promise<void> {
  const pids = findProcesses(({ args }) => `${args.join(' ')} `.includes(` --db-filename ${dbFile} `)).map(
    ({ pid }) => pid,
  );
  if (pids.length === 0) return;
  report(`Stopping the Temporal server that an earlier start left running (process ${pids.join(', ')}).`);
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    for (const pid of pids) signalProcess(pid, signal);
    if (await waitForEnd(pids, STOP_LIMIT_MS)) return;
  }
  throw new Error(`A Temporal server of an earlier start does not end: process ${pids.join(', ')}.`);
}

async function launch(
  options: TemporalOptions,
  port: number,
  uiPort: number | undefined,
  release: () => void,
): Promise<RunningTemporal> {
  const child = await startChild({
    command: commandOf(options, port, uiPort),
    logFile: options.logFile,
    stopSignal: 'SIGTERM',
    stopLimitMs: STOP_LIMIT_MS,
    onBegun: (stop) => options.stops?.push('Temporal', stop),
  });
  try {
    await untilReady(child, port, options);
  } catch (error) {
    await child.stop();
    throw error;
  }
  const { pid, exited, stop } = child;
  void exited.then(release);
  const uiUrl = uiPort === undefined ? undefined : `http://127.0.0.1:${uiPort}`;
  return { address: `127.0.0.1:${port}`, uiUrl, pid, exited, stop };
}

function commandOf(options: TemporalOptions, port: number, uiPort: number | undefined): string[] {
  const { binary, dbFile, namespace, searchAttributes, dynamicConfig } = options;
  const each = (flag: string, pairs: Readonly<Record<string, string>>): string[] =>
    Object.entries(pairs).flatMap(([key, value]) => [flag, `${key}=${value}`]);
  return [
    ...[binary.path, 'server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port)],
    ...(uiPort === undefined ? ['--headless'] : ['--ui-ip', '127.0.0.1', '--ui-port', String(uiPort)]),
    ...(dbFile ? ['--db-filename', dbFile, ...PRAGMAS] : []),
    ...['--namespace', namespace, '--log-level', 'warn'],
    ...each('--search-attribute', searchAttributes),
    ...each('--dynamic-config-value', { ...DYNAMIC_CONFIG, ...dynamicConfig }),
  ];
}

/**
 * Waits for its line "Temporal Server: localhost:7233", which it prints when all its services have started. An answer alone
 * may be that of another server, which took the port between choice and use: ours is about to end then.
 */
async function untilReady(child: Child, port: number, options: TemporalOptions): Promise<void> {
  const deadline = Date.now() + START_LIMIT_MS;
  const line = new RegExp(`Server: +\\S+:${port}$`, 'm');
  while (Date.now() < deadline) {
    if (!child.isRunning()) throw new Error(whyEnded(child, options));
    if (line.test(child.printed()) && (await answers(port, options.namespace))) return;
    await delay(POLL_MS);
  }
  throw new Error(
    `Temporal was not ready after ${START_LIMIT_MS / 1000} s${child.lastWords()}\n    (${options.logFile})`,
  );
}

function whyEnded(child: Child, { binary, dbFile, logFile }: TemporalOptions): string {
  const hint = dbFile
    ? `\nIf its version changed (now ${binary.version}), ${dbFile} may be of another: delete it; histories of runs go with it, the data does not.`
    : '';
  return `The Temporal server ended at once${child.lastWords()}\n    (${logFile})${hint}`;
}

async function answers(port: number, namespace: string): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address: `127.0.0.1:${port}`, connectTimeout: 2_000 });
    try {
      await connection.workflowService.describeNamespace({ namespace });
      return true;
    } finally {
      await connection.close();
    }
  } catch {
    return false;
  }
}
