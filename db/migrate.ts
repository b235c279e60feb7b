/**
 * Brings a database to this version's schema. Forward only. Several processes may do it at once: they wait for each
 * other on an advisory lock and the later ones find nothing to do.
 */
import { runner } from 'node-pg-migrate';
import type pg from 'pg';
import { Session } from './client.ts';
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
    await prepareDatabase(client);
    await client.query('set role tidemark_owner');
    return await applyMissing(client, report);
  } finally {
    await client.end();
  }
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
