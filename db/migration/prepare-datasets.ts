/** Makes a migrated database ready for the catalogue: registration, the datasets' own SQL, and what the setting TIDEMARK_ENABLED says. */
import type { Dataset } from '../../domain/dataset/dataset.ts';
import type { DatasetScript } from '../../domain/dataset/dataset-script.ts';
import type { Database } from '../connection/client.ts';
import { enabledIds, storedIds } from '../queries/catalog/enabling.ts';
import { applyScripts } from './dataset-scripts.ts';
import { applySetting } from './enabling.ts';
import { registerCatalog } from './register.ts';

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
