/** The dataset of an attempt: one whose source is requested, of either shape. */
import type { Catalog } from '../../datasets/catalog.ts';
import { isPulledRecords, type PulledDataset } from '../../domain/dataset/dataset.ts';

/** @throws Failure UNKNOWN_DATASET; BAD_INPUT for one that nobody is asked for */
export function pulledDataset(catalog: Catalog, id: string): PulledDataset {
  const dataset = catalog.find(id);
  return isPulledRecords(dataset) ? dataset : catalog.get(id);
}
