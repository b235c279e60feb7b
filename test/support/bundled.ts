/** Bundled datasets by id, wherever they are defined. */
import { loadCatalog } from '../../datasets/catalog.ts';
import type { Dataset } from '../../domain/dataset/dataset.ts';

const { find } = await loadCatalog();

/** @throws Failure UNKNOWN_DATASET that lists the known ids */
export function bundled<T extends Dataset>(id: string): T {
  return find(id) as T;
}
