/**
 * A private PostgreSQL with TimescaleDB as our child: made when missing, started, stopped. Listens on 127.0.0.1 only.
 */
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type Child, startChild } from '../machine/child.ts';
import { takeLock } from '../machine/lock.ts';
import { onFreePort } from '../machine/ports.ts';
import type { Report } from '../machine/run-command.ts';
import { type Account, makeFolder } from '../state-folder.ts';
import type { Stops } from '../stops.ts';
import { ADMIN, ensureData } from './postgres-data.ts';
import type { PostgresInstallation } from './postgres-installation.ts';
import { endLeftovers } from './postgres-leftovers.ts';
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
