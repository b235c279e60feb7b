/**
 * The catalogue of datasets: found by their place in this folder, `<source>/<dataset>.ts` with a default export. This is
 * the one module of the folder that touches the disk. Files without a default export are parts of datasets.
 */
import { readdir } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { DatasetDefinition } from '../domain/dataset.ts';
import { Failure } from '../domain/failures.ts';
import { sharedRelations } from '../domain/relation-names.ts';

export interface Catalog {
  /** All datasets, by id. */
  readonly datasets: readonly DatasetDefinition[];
  /** @throws Failure UNKNOWN_DATASET that lists the known ids. */
  get(id: string): DatasetDefinition;
}

/**
 * Loads every dataset file below a folder.
 * @throws Error that names every file whose definition is wrong or whose id is not its path, all at once.
 */
export async function loadCatalog(folder = fileURLToPath(new URL('.', import.meta.url))): Promise<Catalog> {
  const faults: string[] = [];
  const datasets: DatasetDefinition[] = [];
  for (const file of await datasetFiles(folder)) {
    try {
      const module: { default?: DatasetDefinition } = await import(pathToFileURL(`${folder}/${file}`).href);
      if (!module.default) continue;
      const expected = file.replace(/\.[jt]s$/, '').replace('/', '.');
      if (module.default.id !== expected)
        faults.push(`${file}: id is "${module.default.id}", its place says "${expected}"`);
      datasets.push(module.default);
    } catch (error) {
      faults.push(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (faults.length > 0) throw new Error(`datasets: ${faults.join('\n')}`);
  return catalogOf(datasets);
}

/**
 * A catalogue of given definitions.
 * @throws Error that names every pair of datasets that would share a relation.
 */
export function catalogOf(datasets: readonly DatasetDefinition[]): Catalog {
  const faults = sharedRelations(datasets.map(({ id }) => id));
  if (faults.length > 0) throw new Error(faults.join('\n'));
  const byId = new Map(datasets.map((dataset) => [dataset.id, dataset]));
  return {
    datasets: Object.freeze(datasets.toSorted((a, b) => (a.id < b.id ? -1 : 1))),
    get(id) {
      const found = byId.get(id);
      if (!found) {
        throw new Failure(
          'UNKNOWN_DATASET',
          `no dataset "${id}"; the datasets are ${[...byId.keys()].join(', ')}`,
        );
      }
      return found;
    },
  };
}

async function datasetFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const files = await Promise.all(
    folders.map(async (name) => (await readdir(`${folder}/${name}`)).map((file) => `${name}/${file}`)),
  );
  return files
    .flat()
    .filter((file) => /^[^/]+\/[a-z0-9-]+\.[jt]s$/.test(file))
    .toSorted();
}
