/**
 * A private PostgreSQL with TimescaleDB as our child: made when missing, started, stopped. Listens on 127.0.0.1 only.
 */

import { existsSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { takeLock } from '../machine/lock.ts';
import type { Stops } from '../machine/node-process.ts';
import { onFreePort } from '../machine/ports.ts';
import { findProcesses, type RunningProcess, signalProcess, waitForEnd } from '../machine/process-table.ts';
import { type Child, type Report, startChild } from '../machine/run-command.ts';
import { type Account, makeFolder } from '../state-folder.ts';
import { ADMIN, ensureData } from './postgres-data.ts';
import type { PostgresInstallation } from './postgres-installation.ts';
import { defaultSettings, READER, type Settings, writeSettings } from './postgres-settings.ts';

export interface PostgresOptions {
  readonly installation: PostgresInstallation;
  /** Lock, port and password lie beside it, under the same name with an ending. */
  readonly dataDir: string;
  readonly account?: Account | undefined;
  /** 0: any. The port that was used is preferred at the next start. */
  readonly preferredPort: number;
  readonly logFile: string;
  /** On top of the defaults. */
  readonly settings?: Settings;
  readonly report: Report;
  /** Where it is registered, to be stopped. */
  readonly stops?: Stops;
}

export interface RunningPostgres {
  /** A superuser's URL, with password, of the database `postgres`. */
  readonly adminUrl: string;
  /** What traders connect with: reads only, no password. */
  readerUrlFor(database: string): string;
  readonly port: number;
  readonly pid: number;
  /** Resolves with how it ended, even if unexpectedly. */
  readonly exited: Promise<string>;
  /** Ends sessions, writes a checkpoint, waits for the end. Harmless when repeated. */
  stop(): Promise<void>;
}

/** A shutdown writes a checkpoint, which a slow disk may take its time for; recovery after a kill is slower still. */
const STOP_LIMIT_MS = 60_000;
const START_LIMIT_MS = 300_000;
const POLL_MS = 40;
const TELL_AFTER_MS = 5_000;

/**
 * Starts PostgreSQL and resolves when it accepts connections. What an earlier start left behind is ended first.
 * @throws Error when it runs already, when the data is of another major version, or with the last lines of its log.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const { dataDir, preferredPort, report } = options;
  makeFolder(dirname(dataDir));
  const lock = takeLock(`${dataDir}.lock`);
  if ('heldBy' in lock)
    throw new Error(`The database in ${dataDir} is already in use by process ${lock.heldBy}.`);
  try {
    await endLeftovers(dataDir, report);
    const password = await ensureData(options);
    const portOptions = { purpose: 'PostgreSQL', preferred: preferredPort, file: `${dataDir}.port`, report };
    return await onFreePort(portOptions, (port) => launch(options, port, password, lock.release));
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function launch(
  options: PostgresOptions,
  port: number,
  password: string,
  release: () => void,
): Promise<RunningPostgres> {
  const { installation, dataDir, account, logFile, settings } = options;
  writeSettings(dataDir, { ...defaultSettings(port), ...settings }, account);
  const child = await startChild({
    command: [join(installation.binDir, 'postgres'), '-D', dataDir],
    variables: installation.env,
    account,
    logFile,
    stopSignal: 'SIGINT',
    lastSignal: 'SIGQUIT',
    stopLimitMs: STOP_LIMIT_MS,
    onBegun: (stop) => options.stops?.push('PostgreSQL', stop),
  });
  const adminUrl = `postgres://${ADMIN}:${password}@127.0.0.1:${port}/postgres`;
  try {
    await untilReady(child, adminUrl, options);
  } catch (error) {
    await child.stop();
    throw error;
  }
  const { pid, exited } = child;
  void exited.then(release);
  const readerUrlFor = (database: string): string =>
    `postgres://${READER}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  return { adminUrl, readerUrlFor, port, pid, exited, stop: child.stop };
}

/** Polls until it answers; recovery after a kill may take a while. */
async function untilReady(child: Child, url: string, { logFile, report }: PostgresOptions): Promise<void> {
  const started = Date.now();
  for (let isReported = false; Date.now() - started < START_LIMIT_MS; await delay(POLL_MS)) {
    if (!child.isRunning()) throw new Error(`PostgreSQL ended at once${child.lastWords()}\n    (${logFile})`);
    if (await isReady(url)) return;
    if (isReported || Date.now() - started < TELL_AFTER_MS) continue;
    report('PostgreSQL is recovering from an unclean end; it may take a few minutes.');
    isReported = true;
  }
  throw new Error(
    `PostgreSQL was not ready after ${START_LIMIT_MS / 1000} s${child.lastWords()}\n    (${logFile})`,
  );
}

/** False while nothing listens, the server is starting up, or it is still read-only during recovery. Also ensures the traders' login. */
async function isReady(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: START_LIMIT_MS });
  // A lost connection also emits an error event, which would be thrown without a listener.
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(`do $$ begin
      if to_regrole('${READER}') is null then create role ${READER} login; else alter role ${READER} login; end if;
      -- A forgotten query must not keep the machine busy forever.
      alter role ${READER} set statement_timeout = '5min';
      alter role ${READER} set idle_in_transaction_session_timeout = '10min';
      alter role ${READER} set default_transaction_read_only = on;
    end $$`);
    return true;
  } catch (error) {
    if (['ECONNREFUSED', 'ECONNRESET', '57P03', '25006'].includes((error as { code?: string }).code ?? ''))
      return false;
    throw error;
  } finally {
    await client.end().catch(() => {});
  }
}

/*
 * Ends what an earlier start left behind in a data directory: an orphaned server, or its children after the server
 * itself was killed. Only what works in that very directory is touched, and only while we hold its lock.
 */

/** SIGINT ends the sessions and writes a checkpoint, SIGQUIT leaves the rest to recovery. Never SIGKILL: it leaks. */
const STEPS = [
  { signal: 'SIGINT', limitMs: 60_000 },
  { signal: 'SIGQUIT', limitMs: 15_000 },
] as const;

/** Children of a killed server notice it by themselves. */
const CHILDREN_LIMIT_MS = 10_000;

/** @throws Error when something of ours does not end. */
async function endLeftovers(dataDir: string, report: Report): Promise<void> {
  const pidFile = join(dataDir, 'postmaster.pid');
  const server = serversOf(dataDir).find(({ pid }) => pid === pidIn(pidFile));
  if (server) {
    report(`Stopping the PostgreSQL that an earlier start left running (process ${server.pid}).`);
    await endServer(dataDir, server.pid);
  } else if (!(await waitForEnd(pidsOf(dataDir), CHILDREN_LIMIT_MS))) {
    for (const pid of pidsOf(dataDir)) signalProcess(pid, 'SIGQUIT');
    await waitForEnd(pidsOf(dataDir), CHILDREN_LIMIT_MS);
  }
  const rest = pidsOf(dataDir);
  if (rest.length > 0)
    throw new Error(`Processes of an earlier PostgreSQL in ${dataDir} do not end: ${rest.join(', ')}.`);
  // PostgreSQL would trust a stale file if another process happens to have the id in it.
  rmSync(pidFile, { force: true });
}

async function endServer(dataDir: string, pid: number): Promise<void> {
  for (const { signal, limitMs } of STEPS) {
    signalProcess(pid, signal);
    if (await waitForEnd([pid, ...pidsOf(dataDir)], limitMs)) return;
  }
}

function pidsOf(dataDir: string): number[] {
  return serversOf(dataDir).map(({ pid }) => pid);
}

/** The server names the directory in its arguments; its children work in it under the title "postgres: …". */
function serversOf(dataDir: string): RunningProcess[] {
  const real = existsSync(dataDir) ? realpathSync(dataDir) : dataDir;
  return findProcesses(({ args, cwd }) => {
    const line = `${args.join(' ')} `;
    return line.includes(`postgres -D ${dataDir} `) || (cwd === real && line.startsWith('postgres: '));
  });
}

function pidIn(file: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10);
  } catch {
    return undefined;
  }
}
