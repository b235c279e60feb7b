/**
 * Brings a database to this version's schema. Forward only. Several processes may do it at once: they wait for each
 * other on an advisory lock and the later ones find nothing to do.
 */
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import type { Sql } from './client.ts';
import { prepareDatabase } from './prepare.ts';

const MIGRATIONS = fileURLToPath(new URL('migrations', import.meta.url));
const LOCK = 7_363_627_031;

/** Applies what is missing and returns the names of the migrations that ran. */
export async function migrate(url: string, report: (line: string) => void = () => {}): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'tidemark migrate' });
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

/** Names of migrations that this version has and the database has not; all of them when it was never migrated. */
export async function missingMigrations(sql: Sql): Promise<string[]> {
  const files = (await readdir(MIGRATIONS)).map((file) => file.replace(/\.sql$/, '')).toSorted();
  const { rows: exists } = await sql.query(`select to_regclass('ops.migration') is not null as found`);
  if (!exists[0]?.found) return files;
  const { rows } = await sql.query<{ name: string }>('select name from ops.migration');
  const applied = new Set(rows.map(({ name }) => name));
  return files.filter((name) => !applied.has(name));
}
