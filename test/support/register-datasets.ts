/** Datasets in a migrated database, with the SQL that some of them have of their own: as `npm run migrate` makes them. */
import { datasetPlaces } from '../../config-datasets.ts';
import { loadScripts } from '../../datasets/catalog.ts';
import type { Database } from '../../db/connection/client.ts';
import { applyScripts } from '../../db/migration/dataset-scripts.ts';
import { registerCatalog } from '../../db/migration/register.ts';
import type { Dataset } from '../../domain/dataset/dataset.ts';

/** @param places folders and packages beside the bundled datasets */
export async function registerDatasets(
  { url, database }: { readonly url: string; readonly database: Database },
  datasets: readonly Dataset[],
  places = datasetPlaces(),
): Promise<void> {
  await registerCatalog(database, datasets);
  const ids = new Set(datasets.map(({ id }) => id));
  await applyScripts(
    url,
    (await loadScripts(places)).filter(({ dataset }) => ids.has(dataset)),
  );
}
