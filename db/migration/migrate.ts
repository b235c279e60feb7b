/**
 * Brings a database to this version's schema. Forward only. Several processes may do it at once: they wait for each
 * other on an advisory lock and the later ones find nothing to do.
 */
import { runner } from 'node-pg-migrate';
import type pg from 'pg';
import { Session } from '../connection/client.ts';
import { MIGRATIONS } from './missing-migrations.ts';
import { prepareDatabase } from './prepare.ts';

const LOCK = 7_363_627_031;

/** Applies what is missing and returns the names of the migrations that ran. */
export async function migrate(url: string, report: (line: string) => void = () => {}): Promise<string[]> {
  const client = new Session({ connectionString: url, application_name: 'tidemark migrate' });
  // A server that goes away in the middle also says so by an event, which nobody may miss.
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await refuseEarlierLayout(client);
    await prepareDatabase(client);
    await client.query('set role tidemark_owner');
    return await applyMissing(client, report);
  } finally {
    await client.end();
  }
}

/** Before the first release values were stored with their instants, which cannot be turned into an order of knowledge. @throws Error */
async function refuseEarlierLayout(client: pg.Client): Promise<void> {
  const { rows } = await client.query(`select to_regclass('ops.change_cursor') is not null as found`);
  if (!rows[0]?.found) return;
  throw new Error(
    'this database was made by a version before the first release and cannot be brought up to date: what it knows is dated by ' +
      'other instants. Make a new database and load its days again (of a local one: remove .tidemark/data and start again)',
  );
}

async function applyMissing(client: pg.Client, report: (line: string) => void): Promise<string[]> {
  const quiet = () => {};
  const ran = await runner({
    dbClient: client,
    dir: MIGRATIONS,
    direction: 'up',
    migrationsTable: 'migration',
    migrationsSchema: 'ops',
    noLock: true, // ours covers prepareDatabase too
    logger: { debug: quiet, info: quiet, warn: report, error: report },
  });
  return ran.map(({ name }) => name);
}
