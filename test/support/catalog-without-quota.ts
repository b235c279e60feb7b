/** The real dataset from a source that may be asked as often as one likes: where the quota would only measure itself. */
import { datasetPlaces } from '../../config/datasets.ts';
import { type Catalog, catalogOf, loadCatalog } from '../../datasets/catalog.ts';

/** More than a test requests. */
export const WITHOUT_QUOTA = { requests: 2_000, windowMs: 1_000, reservedForLive: 10 };

export async function catalogWithoutQuota(dataset: string): Promise<Catalog> {
  const definition = (await loadCatalog(datasetPlaces())).get(dataset);
  return catalogOf([{ ...definition, source: { ...definition.source, quota: WITHOUT_QUOTA } }]);
}
