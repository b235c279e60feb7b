/** Which migrations a database lacks. Separate from `migrate.ts`, so that a check does not load the migration tool. */
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Sql } from '../connection/client.ts';

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
