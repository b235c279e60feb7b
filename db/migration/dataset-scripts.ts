/** Stores the datasets' own SQL (`datasets/<source>/<dataset>.sql`); it is applied with their storage. */
import { createHash } from 'node:crypto';
import type { Dataset } from '../../domain/dataset/dataset.ts';
import type { DatasetScript } from '../../domain/dataset/dataset-script.ts';
import type { Database, Sql } from '../connection/client.ts';
import { enabledIds, storedIds } from '../queries/catalog/enabling.ts';
import { applySetting } from './enabling.ts';
import { inOwnerSession } from './prepare.ts';
import { registerCatalog } from './register.ts';

/**
 * Stores each script that has changed, and applies those of datasets that have storage; the others are applied when their dataset is
 * enabled. Several processes may do it at once.
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
    const applied: string[] = [];
    for (const script of scripts.filter(({ dataset }) => missing.includes(dataset)))
      if (await applyScript(session, script)) applied.push(script.dataset);
    return applied;
  });
}

/** Datasets whose script has changed since it was stored, or was not applied though they have storage. */
export async function missingScripts(sql: Sql, scripts: readonly DatasetScript[]): Promise<string[]> {
  const { rows } = await sql.query<{ dataset: string; sha256: Buffer }>(
    `select s.dataset, s.sha256 from ops.dataset_script s join ops.dataset d using (dataset)
     where d.switched_at is null or s.applied_sha256 = s.sha256`,
  );
  const fine = new Map(rows.map(({ dataset, sha256 }) => [dataset, sha256.toString('hex')]));
  return scripts
    .filter(({ dataset, text }) => fine.get(dataset) !== sha256Of(text).toString('hex'))
    .map(({ dataset }) => dataset);
}

/** @returns false where its dataset was never enabled: then it is stored only */
async function applyScript(sql: Sql, { dataset, text }: DatasetScript): Promise<boolean> {
  try {
    await sql.query('begin');
    await sql.query(
      `insert into ops.dataset_script (dataset, sha256, text) values ($1, $2, $3)
       on conflict (dataset) do update set sha256 = excluded.sha256, text = excluded.text`,
      [dataset, sha256Of(text), text],
    );
    const { rows } = await sql.query(
      'select ops.apply_script(dataset) from ops.dataset where dataset = $1 and switched_at is not null',
      [dataset],
    );
    await sql.query('commit');
    return rows.length > 0;
  } catch (error) {
    await sql.query('rollback');
    throw error;
  }
}

function sha256Of(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

// Makes a migrated database ready for the catalogue: registration, the datasets' own SQL, and what the setting TIDEMARK_ENABLED says.

/** Ids of the datasets that are enabled, and of those that have storage: these, and those that were enabled once. */
export interface Chosen {
  readonly enabled: ReadonlySet<string>;
  readonly stored: ReadonlySet<string>;
}

/**
 * Harmless when repeated; several may do it at once.
 * @param url its user may act as tidemark_owner
 * @param setting ids and patterns; undefined: people decide
 */
export async function prepareDatasets(
  { url, database }: { readonly url: string; readonly database: Database },
  datasets: readonly Dataset[],
  scripts: readonly DatasetScript[],
  setting: readonly string[] | undefined,
): Promise<Chosen> {
  await registerCatalog(database, datasets);
  await applyScripts(url, scripts);
  await applySetting(database, datasets, setting);
  return await chosenIn(database);
}

export async function chosenIn(database: Database): Promise<Chosen> {
  const [enabled, stored] = await Promise.all([enabledIds(database), storedIds(database)]);
  return { enabled, stored };
}
