/**
 * The configuration of the private PostgreSQL, written at every start. What a person changes with ALTER SYSTEM stays:
 * it lies in another file and wins.
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { Session } from '../../../db/connection/client.ts';
import type { Account } from '../state-folder.ts';
import { giveTo } from './postgres-data.ts';

export type Settings = Readonly<Record<string, string>>;

/** The login of traders: may read what is granted to it, from this machine, without a password. */
export const READER = 'tidemark_reader';

const MIB = 1024 * 1024;

/** For one machine that does other work too. */
export function defaultSettings(port: number): Settings {
  const memoryMib = Math.floor(memoryBytes() / MIB);
  return {
    listen_addresses: '127.0.0.1',
    port: String(port),
    // No socket file: its path would have to be shorter than 108 bytes, which a clone's path need not be.
    unix_socket_directories: '',
    shared_preload_libraries: 'timescaledb',
    'timescaledb.telemetry_level': 'off',
    'timescaledb.max_background_workers': '8',
    max_worker_processes: String(12 + availableParallelism()),
    // A statement over many chunks locks each of them.
    max_locks_per_transaction: '512',
    shared_buffers: `${between(64, memoryMib / 8, 1024)}MB`,
    effective_cache_size: `${between(128, memoryMib / 2, 16_384)}MB`,
    maintenance_work_mem: `${between(64, memoryMib / 32, 512)}MB`,
    work_mem: '16MB',
    random_page_cost: '1.1',
    // Bulk loads otherwise run into a checkpoint every few seconds.
    max_wal_size: '4GB',
    checkpoint_timeout: '15min',
    wal_compression: 'on',
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] %q%u@%d ',
    cluster_name: 'tidemark',
  };
}

/** Writes postgresql.conf and pg_hba.conf into a data directory. */
export function writeSettings(dataDir: string, settings: Settings, account: Account | undefined): void {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`);
  write(
    dataDir,
    'postgresql.conf',
    ['# Written by Tidemark at every start; change with ALTER SYSTEM.', ...lines],
    account,
  );
  const rules = [`host all ${READER} 127.0.0.1/32 trust`, 'host all all 127.0.0.1/32 scram-sha-256'];
  write(dataDir, 'pg_hba.conf', ['# Written by Tidemark at every start.', ...rules], account);
}

function write(dataDir: string, name: string, lines: readonly string[], account: Account | undefined): void {
  const file = join(dataDir, name);
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 });
  giveTo(account, file);
}

/** What the machine has, or what the container lets us use. */
function memoryBytes(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

function between(low: number, value: number, high: number): number {
  return Math.round(Math.min(high, Math.max(low, value)));
}

export const LIVE_DATABASE = 'tidemark';
export const SIMULATED_DATABASE = 'tidemark_simulated';

/** The same server, another database. */
export function withDatabase(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(database)}`;
  return other.href;
}

/** Makes a database where it is missing. @throws Error with the hint when this user may not. */
export async function ensureDatabase(serverUrl: string, database: string): Promise<void> {
  const client = new Session({ connectionString: serverUrl, connectionTimeoutMillis: 10_000 });
  // A lost connection also emits an error event, which would be thrown without a listener.
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query('select from pg_database where datname = $1', [database]);
    if (rows.length === 0) await client.query(`create database ${client.escapeIdentifier(database)}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `the database "${database}" is missing and could not be made (${reason}); let an administrator make it`,
      {
        cause: error,
      },
    );
  } finally {
    await client.end();
  }
}
