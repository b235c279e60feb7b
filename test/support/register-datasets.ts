/** Datasets in a migrated database, with the SQL that some of them have of their own: as `npm run migrate` and `tidemark enable` make them. */
import { datasetPlaces } from '../../config/datasets.ts';
import { loadScripts } from '../../datasets/catalog.ts';
import type { Database } from '../../db/connection/client.ts';
import { applyScripts } from '../../db/migration/dataset-scripts.ts';
import { registerCatalog } from '../../db/migration/register.ts';
import { setEnabled } from '../../db/queries/catalog/enabling.ts';
import type { Dataset } from '../../domain/dataset/dataset.ts';

/**
 * The one place that enables what tests need: all that they register, unless they say less.
 * @param places folders and packages beside the bundled datasets
 */
export async function registerDatasets(
  { url, database }: { readonly url: string; readonly database: Database },
  datasets: readonly Dataset[],
  places = datasetPlaces(),
  enabled = (_id: string): boolean => true,
): Promise<void> {
  await registerCatalog(database, datasets);
  const ids = new Set(datasets.map(({ id }) => id));
  await applyScripts(
    url,
    (await loadScripts(places)).filter(({ dataset }) => ids.has(dataset)),
  );
  await enable(
    database,
    datasets.filter(({ id }) => enabled(id)),
  );
}

/** Registered and enabled, without the SQL of their own. */
export async function registerEnabled(database: Database, datasets: readonly Dataset[]): Promise<void> {
  await registerCatalog(database, datasets);
  await enable(database, datasets);
}

async function enable(database: Database, datasets: readonly Dataset[]): Promise<void> {
  for (const { id } of datasets) await setEnabled(database, id, true, 'test');
}
