/** The dataset of an attempt: one whose source is requested, of either shape, or one that is computed. */
import type { Catalog } from '../../datasets/catalog.ts';
import { isDerived, isPulledRecords, type ScheduledDataset } from '../../domain/dataset/dataset.ts';

/** @throws Failure UNKNOWN_DATASET; BAD_INPUT for one of which nothing is attempted by itself */
export function pulledDataset(catalog: Catalog, id: string): ScheduledDataset {
  const dataset = catalog.find(id);
  return isPulledRecords(dataset) || isDerived(dataset) ? dataset : catalog.get(id);
}
