/** Applies the datasets' own SQL (`datasets/<source>/<dataset>.sql`), after the storage of the datasets was created. */
import { createHash } from 'node:crypto';
import type { DatasetScript } from '../../domain/dataset/dataset-script.ts';
import type { Sql } from '../connection/client.ts';
import { inOwnerSession } from './owner-session.ts';

/**
 * Applies each script that has changed since it was last applied. Several processes may do it at once.
 * @param url its user may act as tidemark_owner: workers cannot do it, so it is a step of migrating.
 * @param scripts of registered datasets.
 * @returns the datasets whose script ran.
 * @throws Error that names the dataset whose script failed; nothing of that script is kept.
 */
export async function applyScripts(url: string, scripts: readonly DatasetScript[]): Promise<string[]> {
  if (scripts.length === 0) return [];
  return await inOwnerSession(url, async (session) => {
    await session.query('set role tidemark_owner');
    const missing = await missingScripts(session, scripts);
    for (const script of scripts.filter(({ dataset }) => missing.includes(dataset)))
      await applyScript(session, script);
    return missing;
  });
}

/** Datasets whose script has changed since it was last applied. */
export async function missingScripts(sql: Sql, scripts: readonly DatasetScript[]): Promise<string[]> {
  const { rows } = await sql.query<{ dataset: string; sha256: Buffer }>(
    'select dataset, sha256 from ops.dataset_script',
  );
  const applied = new Map(rows.map(({ dataset, sha256 }) => [dataset, sha256.toString('hex')]));
  return scripts
    .filter(({ dataset, text }) => applied.get(dataset) !== sha256Of(text).toString('hex'))
    .map(({ dataset }) => dataset);
}

async function applyScript(sql: Sql, { dataset, text }: DatasetScript): Promise<void> {
  try {
    await sql.query('begin');
    // As in functions that act as the owner: an unqualified name must not resolve to a foreign object.
    await sql.query('set local search_path = pg_catalog, pg_temp');
    await sql.query(text);
    await noteScript(sql, dataset, sha256Of(text));
    await sql.query('commit');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the SQL of dataset "${dataset}" could not be applied: ${reason}`, { cause: error });
  }
}

async function noteScript(sql: Sql, dataset: string, sha256: Buffer): Promise<void> {
  await sql.query(
    `insert into ops.dataset_script (dataset, sha256) values ($1, $2)
     on conflict (dataset) do update set sha256 = excluded.sha256, applied_at = clock_timestamp()`,
    [dataset, sha256],
  );
}

function sha256Of(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
