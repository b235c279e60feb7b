/** Which migrations a database lacks. Apart from `migrate.ts`: who only asks does not load the migration tool. */
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Sql } from '../connection/client.ts';

/** The folder of the migrations. */
export const MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url));

/** Names of migrations that this version has and the database has not; all of them when it was never migrated. */
export async function missingMigrations(sql: Sql): Promise<string[]> {
  const files = (await readdir(MIGRATIONS)).map((file) => file.replace(/\.sql$/, '')).toSorted();
  const { rows: exists } = await sql.query(`select to_regclass('ops.migration') is not null as found`);
  if (!exists[0]?.found) return files;
  const { rows } = await sql.query<{ name: string }>('select name from ops.migration');
  const applied = new Set(rows.map(({ name }) => name));
  return files.filter((name) => !applied.has(name));
}
