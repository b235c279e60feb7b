/**
 * Brings a database to this version's schema. Forward only. Several processes may do it at once: they wait for each other on an advisory
 * lock, and the later ones have nothing left to do.
 */

import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import type { Session, Sql } from '../connection/client.ts';
import { inOwnerSession, prepareDatabase } from './prepare.ts';

/**
 * Applies what is missing and returns the names of the migrations that ran.
 * @throws Error when the database has migrations that these do not continue.
 */
export async function migrate(url: string, report: (line: string) => void = () => {}): Promise<string[]> {
  return await inOwnerSession(url, async (session) => {
    await prepareDatabase(session);
    await session.query('set role tidemark_owner');
    return await applyMissing(session, report);
  });
}

async function applyMissing(session: Session, report: (line: string) => void): Promise<string[]> {
  const quiet = () => {};
  const ran = await runner({
    dbClient: session,
    dir: MIGRATIONS,
    direction: 'up',
    migrationsTable: 'migration',
    migrationsSchema: 'ops',
    noLock: true, // ours covers prepareDatabase too
    logger: { debug: quiet, info: quiet, warn: report, error: report },
  });
  return ran.map(({ name }) => name);
}

// Which migrations a database lacks. Separate from `migrate.ts`, so that a check does not load the migration tool.

/** The folder of the migrations. */
export const MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url));

/** Names of migrations that this version has and the database does not; all of them when it was never migrated. */
export async function missingMigrations(sql: Sql): Promise<string[]> {
  const applied = await appliedMigrations(sql);
  return (await ourMigrations()).filter((name) => !applied.includes(name));
}

async function ourMigrations(): Promise<string[]> {
  return (await readdir(MIGRATIONS)).map((file) => file.replace(/\.sql$/, '')).toSorted();
}

async function appliedMigrations(sql: Sql): Promise<string[]> {
  const { rows: exists } = await sql.query(`select to_regclass('ops.migration') is not null as found`);
  if (!exists[0]?.found) return [];
  const { rows } = await sql.query<{ name: string }>('select name from ops.migration');
  return rows.map(({ name }) => name);
}
