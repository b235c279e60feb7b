/**
 * The catalogue of datasets: found by their place in this folder, `<source>/<dataset>.ts` with a default export, and SQL of
 * their own beside it, `<source>/<dataset>.sql`. This is the one module of the folder that touches the disk. Files without a
 * default export are parts of datasets.
 */
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  type Dataset,
  hasRollups,
  isOfPoints,
  isOfRecords,
  isPulled,
  isPulledPoints,
  type PulledDataset,
} from '../domain/dataset/dataset.ts';
import type { DatasetScript } from '../domain/dataset/dataset-script.ts';
import { sharedTableNames } from '../domain/dataset/plain-names.ts';
import type { PointDataset, PulledPoints } from '../domain/dataset/points.ts';
import { sharedRelations } from '../domain/dataset/relation-names.ts';
import { Failure } from '../domain/workflow/failures.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const DATASET_FILE = /^[^/]+\/[a-z0-9-]+\.[jt]s$/;
const SCRIPT_FILE = /^[^/]+\/[^/]+\.sql$/;

export interface Catalog {
  /** Datasets of points whose source is requested, by id. */
  readonly datasets: readonly PulledPoints[];
  /** Datasets that a schedule asks for: those, and records with a source. */
  readonly asked: readonly PulledDataset[];
  /** Datasets of every shape, by id. */
  readonly all: readonly Dataset[];
  /** @throws Failure UNKNOWN_DATASET that lists the known ids. */
  find(id: string): Dataset;
  /** A dataset of points. @throws Failure UNKNOWN_DATASET; BAD_INPUT for one of records. */
  series(id: string): PointDataset;
  /** A dataset of points whose source is requested. @throws Failure UNKNOWN_DATASET; BAD_INPUT for another. */
  get(id: string): PulledPoints;
}

/**
 * Loads every dataset file below a folder.
 * @throws Error that names every file whose definition is wrong or whose id is not its path, all at once.
 */
export async function loadCatalog(folder = HERE): Promise<Catalog> {
  const faults: string[] = [];
  const datasets: Dataset[] = [];
  for (const file of await filesBelow(folder, DATASET_FILE)) {
    try {
      const module: { default?: Dataset } = await import(pathToFileURL(`${folder}/${file}`).href);
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
 * Reads the SQL beside the dataset files of a folder, in order of dataset.
 * @throws Error that names every such file without a dataset beside it.
 */
export async function loadScripts(folder = HERE): Promise<DatasetScript[]> {
  const withoutEnding = (file: string) => file.replace(/\.[a-z]+$/, '');
  const datasets = new Set((await filesBelow(folder, DATASET_FILE)).map(withoutEnding));
  const files = await filesBelow(folder, SCRIPT_FILE);
  const lost = files.filter((file) => !datasets.has(withoutEnding(file)));
  if (lost.length > 0) {
    const words = lost.map((file) => `${file}: no dataset beside it; name it like the file of its dataset`);
    throw new Error(`datasets: ${words.join('\n')}`);
  }
  return await Promise.all(
    files.map(async (file) => ({
      dataset: withoutEnding(file).replace('/', '.'),
      text: await readFile(`${folder}/${file}`, 'utf8'),
    })),
  );
}

/**
 * A catalogue of given definitions.
 * @throws Error that names every pair of datasets that would share a relation or a table name.
 */
export function catalogOf(datasets: readonly Dataset[]): Catalog {
  const ids = (of: readonly Dataset[]) => of.map(({ id }) => id);
  const faults = [
    ...sharedRelations(ids(datasets), ids(datasets.filter(hasRollups))),
    ...sharedTableNames(datasets.filter(isOfPoints)),
  ];
  if (faults.length > 0) throw new Error(faults.join('\n'));
  const all = datasets.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const find = (id: string) => all.find((dataset) => dataset.id === id) ?? unknown(id, all);
  return {
    datasets: Object.freeze(all.filter(isPulledPoints)),
    asked: Object.freeze(all.filter(isPulled)),
    all: Object.freeze(all),
    find,
    series: (id) => ofSeries(find(id)),
    get: (id) => polled(find(id)),
  };
}

function unknown(id: string, all: readonly Dataset[]): never {
  const known = all.map((dataset) => dataset.id).join(', ');
  throw new Failure('UNKNOWN_DATASET', `no dataset "${id}"; the datasets are ${known}`);
}

function ofSeries(dataset: Dataset): PointDataset {
  if (!isOfRecords(dataset)) return dataset;
  throw new Failure('BAD_INPUT', `${dataset.id} is a dataset of records: it has no series`);
}

function polled(dataset: Dataset): PulledPoints {
  if (isPulledPoints(dataset)) return dataset;

  throw new Failure(
    'BAD_INPUT',
    `${dataset.id} is not requested day by day: its data come with: tidemark load ${dataset.id} FILE`,
  );
}

async function filesBelow(folder: string, form: RegExp): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const files = await Promise.all(
    folders.map(async (name) => (await readdir(`${folder}/${name}`)).map((file) => `${name}/${file}`)),
  );
  return files
    .flat()
    .filter((file) => form.test(file))
    .toSorted();
}
