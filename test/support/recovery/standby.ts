/** A standby of a cluster by streaming replication: it may be read, and takes over when it is told. */
import { join } from 'node:path';
import pg from 'pg';
import { type Child, runCommand, startChild } from '../../../scripts/start/machine/run-command.ts';
import { freePort, withPort } from '../../chaos/addresses.ts';
import type { Cluster } from './cluster.ts';

export interface Standby {
  /** A superuser's URL of the database; it may only be read until the standby has taken over. */
  readonly url: string;
  readonly port: number;
  /** Takes over: what it has not got from the primary is lost. */
  promote(): Promise<void>;
  stop(): Promise<void>;
}

/** Copies a running cluster, and follows it. */
export async function openStandby({ url, folder, installation, account }: Cluster): Promise<Standby> {
  const dataDir = join(folder, 'standby');
  const port = await freePort();
  const { username, password, port: primary } = new URL(url);
  const run = (...command: string[]) =>
    runCommand(command, { variables: { ...installation.env, PGPASSWORD: password }, account, cwd: folder });
  await run(
    join(installation.binDir, 'pg_basebackup'),
    ...['--host', '127.0.0.1', '--port', primary, '--username', username],
    ...['--pgdata', dataDir, '--write-recovery-conf', '--checkpoint', 'fast'],
  );
  const settings = ['-c', `port=${port}`, '-c', 'archive_mode=off', '-c', 'unix_socket_directories='];
  const server: Child = await startChild({
    command: [join(installation.binDir, 'postgres'), '-D', dataDir, ...settings],
    ...{ variables: installation.env, account, logFile: join(folder, 'standby.log') },
    ...{ stopSignal: 'SIGINT', lastSignal: 'SIGQUIT', stopLimitMs: 30_000 },
  });
  const here = withPort(url, port);
  return {
    ...{ url: here, port, stop: () => server.stop() },
    async promote() {
      const client = new pg.Client({ connectionString: here });
      await client.connect();
      await client.query('select pg_promote(true, 60)');
      await client.end();
    },
  };
}
