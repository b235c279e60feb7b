/** The dataset of an attempt: one that is requested from a source, points or records, or one that is computed. */
import type { Catalog } from '../../datasets/catalog.ts';
import { isDerived, isPulledRecords, type ScheduledDataset } from '../../domain/dataset/dataset.ts';

/** @throws Failure UNKNOWN_DATASET; BAD_INPUT for one that is neither requested nor computed */
export function pulledDataset(catalog: Catalog, id: string): ScheduledDataset {
  const dataset = catalog.find(id);
  return isPulledRecords(dataset) || isDerived(dataset) ? dataset : catalog.get(id);
}
