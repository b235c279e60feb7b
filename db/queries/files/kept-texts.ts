/** Texts in the folder of files: those of loaded files, and those being written. */
import { type Database, type Sql, transaction } from '../../connection/client.ts';

/** Records a text before it is written. @param sha256 null while it is unknown */
export async function noteText(sql: Sql, path: string, sha256: Buffer | null): Promise<void> {
  await sql.query(
    `insert into ops.kept_text (path, sha256) values ($1, $2)
     on conflict (path) do update set sha256 = excluded.sha256, kept_at = clock_timestamp()`,
    [path, sha256],
  );
}

/** Removes the entry of a text that was renamed. */
export async function forgetText(sql: Sql, path: string): Promise<void> {
  await sql.query('delete from ops.kept_text where path = $1', [path]);
}

/** Whether a payload is a part of the text, or a load reads it. A load that has not ended after a day was abandoned. */
const IS_NEEDED = `exists (
  select from ops.file f join ops.load l on l.file_id = f.id
  where f.sha256 = k.sha256 and (
    exists (select from ops.payload p where p.load_id = l.id)
    or (l.finished_at is null and l.registered_at > clock_timestamp() - interval '1 day')))`;

/**
 * Removes a text that is not needed. A session that records it again meanwhile waits.
 * @param remove removes the file
 * @returns whether it was removed
 */
export async function dropText(
  database: Database,
  path: string,
  remove: (path: string) => Promise<void>,
): Promise<boolean> {
  return await transaction(database, async (sql) => {
    const { rowCount } = await sql.query(
      `delete from ops.kept_text k where k.path = $1 and not ${IS_NEEDED}`,
      [path],
    );
    if (rowCount) await remove(path);
    return Boolean(rowCount);
  });
}

/** Texts in a folder that have not been needed for a day: a younger one may be about to be needed. */
export async function unneededTexts(sql: Sql, folder: string): Promise<string[]> {
  const { rows } = await sql.query<{ path: string }>(
    `select path from ops.kept_text k
     where starts_with(path, $1 || '/') and kept_at < clock_timestamp() - interval '1 day' and not ${IS_NEEDED}`,
    [folder],
  );
  return rows.map(({ path }) => path);
}

export interface KnownText {
  readonly path: string;
  readonly isNeeded: boolean;
}

/** All texts that are known in a folder. */
export async function knownTexts(sql: Sql, folder: string): Promise<KnownText[]> {
  const { rows } = await sql.query<KnownText>(
    `select path, ${IS_NEEDED} as "isNeeded" from ops.kept_text k where starts_with(path, $1 || '/')`,
    [folder],
  );
  return rows;
}
