/** A PostgreSQL that writes through to its disk and archives what it writes, with a migrated database; it can be destroyed and restored. */
import { appendFileSync, chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { ROOT } from '../../../config/installation.ts';
import { type Database, openDatabase } from '../../../db/connection/client.ts';
import { migrate } from '../../../db/migration/migrate.ts';
import { ADMIN, giveTo } from '../../../scripts/start/postgres/postgres-data.ts';
import {
  ensurePostgres,
  type PostgresInstallation,
} from '../../../scripts/start/postgres/postgres-installation.ts';
import { type RunningPostgres, startPostgres } from '../../../scripts/start/postgres/postgres-server.ts';
import { ensureDatabase, withDatabase } from '../../../scripts/start/postgres/postgres-settings.ts';
import { type Account, placeForState } from '../../../scripts/start/state-folder.ts';
import { freePort } from '../../chaos/addresses.ts';
import { type BackRest, openBackRest } from './pgbackrest.ts';

const NAME = 'tidemark';

export interface Cluster {
  /** A superuser's URL of the database. */
  readonly url: string;
  readonly database: Database;
  readonly port: number;
  readonly folder: string;
  readonly installation: PostgresInstallation;
  readonly account: Account | undefined;
  readonly backRest: BackRest;
  /** Ends it as a power cut does, and removes its files. */
  destroy(): Promise<void>;
  /** Ends it as a power cut does. */
  kill(): Promise<void>;
  /** Brings its files back, and starts it. @param args how far: nothing for all that was archived. */
  restore(...args: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export async function openCluster(): Promise<Cluster> {
  const report = () => {};
  const { serverDir, account } = await placeForState(ROOT, { report });
  const installation = await ensurePostgres({ serverDir, account, report });
  const folder = mkdtempSync(join(tmpdir(), 'tdm-'));
  chmodSync(folder, 0o755);
  giveTo(account, folder);
  const dataDir = join(folder, 'data');
  const port = await freePort();
  const backRest = await openBackRest(folder, { dataDir, port, admin: ADMIN, account });
  const start = async () => {
    const server = await startPostgres({
      ...{
        installation,
        account,
        dataDir,
        preferredPort: port,
        logFile: join(folder, 'postgres.log'),
        report,
      },
      settings: {
        ...{ archive_mode: 'on', archive_command: backRest.archiveCommand, archive_timeout: '2s' },
        ...{ wal_level: 'replica', unix_socket_directories: folder, shared_buffers: '128MB' },
        'timescaledb.max_background_workers': '0',
      },
    });
    await admitSocket(server.adminUrl, dataDir);
    return server;
  };
  let running: RunningPostgres = await start();
  await ensureDatabase(running.adminUrl, NAME);
  const url = withDatabase(running.adminUrl, NAME);
  await migrate(url);
  await backRest.run('stanza-create');
  const database = openDatabase({
    url,
    role: 'tidemark_writer',
    application: 'tidemark test',
    maxConnections: 20,
  });
  const kill = async () => {
    process.kill(running.pid, 'SIGKILL');
    await running.exited;
  };
  return {
    ...{ url, database, port, folder, installation, account, backRest, kill },
    async destroy() {
      await kill();
      rmSync(dataDir, { recursive: true });
    },
    async restore(...args) {
      await backRest.run('restore', ...args);
      running = await start();
    },
    async close() {
      await database.end();
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** pgBackRest speaks to a socket only. */
async function admitSocket(adminUrl: string, dataDir: string): Promise<void> {
  appendFileSync(
    join(dataDir, 'pg_hba.conf'),
    'local all all trust\nhost replication all 127.0.0.1/32 scram-sha-256\n',
  );
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  await client.query('select pg_reload_conf()');
  await client.end();
}
