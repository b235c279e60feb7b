/**
 * The catalogue of datasets, found by path: `<source>/<dataset>.ts` with a definition as default export, or `<source>/<tables>.ts` with a
 * list of them. Only this module and `places.ts` read datasets from disk.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type Dataset,
  defineDataset,
  hasRollups,
  isDerived,
  isOfPoints,
  isOfRecords,
  isPulledPoints,
  isScheduled,
  type RunnablePoints,
  type ScheduledDataset,
} from '../domain/dataset/dataset.ts';
import type { DatasetScript } from '../domain/dataset/dataset-script.ts';
import type { Example } from '../domain/dataset/example.ts';
import { wrongExplained } from '../domain/dataset/explained.ts';
import { contradictingQuotas, type SourceFacts } from '../domain/dataset/facts.ts';
import { wrongInputs } from '../domain/dataset/input-faults.ts';
import { nearNames } from '../domain/dataset/near-names.ts';
import type { PointDataset, PulledPoints } from '../domain/dataset/points.ts';
import { sharedRelations, sharedTableNames } from '../domain/dataset/relation-names.ts';
import { Failure } from '../domain/workflow/failures.ts';
import { BUNDLED, filesBelow, foldersOf, type PlacedFile, provideLibrary, urlOf } from './places.ts';

const DATASET_FILE = /^[^/]+\/[a-z0-9-]+\.[jt]s$/;
const SCRIPT_FILE = /^[^/]+\/[^/]+\.sql$/;

export interface Catalog {
  /** Datasets of points whose source is requested, by id. */
  readonly datasets: readonly PulledPoints[];
  /** Datasets with a schedule: those, records with a source, and computed ones. */
  readonly scheduled: readonly ScheduledDataset[];
  /** Datasets of every shape, by id. */
  readonly all: readonly Dataset[];
  /** Their sources, each once. */
  readonly sources: readonly SourceFacts[];
  /** @throws Failure UNKNOWN_DATASET that lists the known ids. */
  find(id: string): Dataset;
  /** A dataset of points. @throws Failure UNKNOWN_DATASET; BAD_INPUT for one of records. */
  series(id: string): PointDataset;
  /** A dataset of points of which a unit can be fetched, or computed, again. @throws Failure UNKNOWN_DATASET; BAD_INPUT for any other. */
  runnable(id: string): RunnablePoints;
  /** A dataset of points whose source is requested. @throws Failure UNKNOWN_DATASET; BAD_INPUT for any other. */
  get(id: string): PulledPoints;
}

/**
 * Loads the bundled datasets and those of other folders and packages.
 * @param places folders and packages, as the setting TIDEMARK_DATASETS has them
 * @throws Error that names every file whose definition is wrong or whose id is not its path, all at once.
 */
export async function loadCatalog(places: readonly string[] = []): Promise<Catalog> {
  return await catalogOfFolders([BUNDLED, ...(await foldersOf(places))]);
}

/** The datasets of some folders alone. @throws Error as `loadCatalog` does */
export async function catalogOfFolders(folders: readonly string[]): Promise<Catalog> {
  const found = await definitionsOf(folders);
  const faults = found.flatMap(({ title, fault }) => (fault === undefined ? [] : `${title}: ${fault}`));
  if (faults.length > 0) throw new Error(`datasets: ${faults.join('\n')}`);
  return catalogOf(found.flatMap(({ dataset }) => dataset ?? []));
}

/** A definition in a file, or what is wrong with it. */
export interface FoundDefinition {
  /** Where it is wrong, by the path of its file. */
  readonly id: string;
  readonly path: string;
  /** Names the file in errors. */
  readonly title: string;
  readonly dataset?: Dataset;
  /** Why it is missing. */
  readonly fault?: string;
}

/** Every definition in some folders, including wrong ones; files that only support others are left out. */
export async function definitionsOf(folders: readonly string[]): Promise<FoundDefinition[]> {
  const found = new Map<string, FoundDefinition>();
  const all: FoundDefinition[] = [];
  for (const file of await filesOf(folders, DATASET_FILE)) {
    const about = { path: file.path, title: file.title };
    try {
      for (const dataset of await definitionsIn(file)) {
        const other = found.get(dataset.id);
        if (other) throw new Error(`${dataset.id} is defined in ${other.title} already`);
        const each = { id: dataset.id, ...about, dataset };
        found.set(dataset.id, each);
        all.push(each);
      }
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error);
      all.push({ id: idOf(file), ...about, fault });
    }
  }
  return all;
}

/**
 * The dataset that one file defines, in any folder: its id follows from its path.
 * @throws Error that says what is wrong with it, or that there are several
 */
export async function loadDefinition(path: string): Promise<Dataset> {
  await provideLibrary(extname(path) === '.ts');
  const name = `${basename(dirname(path))}/${basename(path)}`;
  if (!DATASET_FILE.test(name)) throw new Error(`${path} is no file <source>/<dataset>.ts`);
  const [dataset, ...others] = await definitionsIn({ name, path, title: path });
  if (!dataset) throw new Error(`${path} has no default export: write "export default defineDataset({…})"`);
  if (others.length === 0) return dataset;
  const ids = [dataset, ...others].map(({ id }) => id).join(', ');
  throw new Error(`${path} has several datasets: name one of them by its id (${ids})`);
}

/** The example of a dataset, if its author wrote one: in the definition, or beside its file. */
export async function exampleOfDataset(dataset: Dataset, path: string): Promise<Example | undefined> {
  if (dataset.example) return dataset.example;
  const file = path.replace(/(\.[jt]s)$/, '.example$1');
  if (!existsSync(file)) return undefined;
  const module: { default: Example } = await import(pathToFileURL(file).href);
  return module.default;
}

/** Empty where a file exports no definition: it only supports others. @throws Error that says what is wrong with one */
async function definitionsIn(file: PlacedFile): Promise<readonly Dataset[]> {
  const { default: exported } = await moduleOf(urlOf(file));
  if (!exported) return [];
  const expected = idOf(file);
  // Checked again: they may come from another copy of the library, or from none.
  if (Array.isArray(exported))
    return exported.map((each: Dataset) => ofSource(defineDataset(each), expected));
  const dataset = defineDataset(exported as Dataset);
  if (dataset.id !== expected) throw new Error(`id is "${dataset.id}", its place says "${expected}"`);
  return [dataset];
}

/** @param place the id that the file of a list would have */
function ofSource(dataset: Dataset, place: string): Dataset {
  const source = place.slice(0, place.indexOf('.') + 1);
  if (dataset.id.startsWith(source)) return dataset;
  throw new Error(`id is "${dataset.id}", its place says "${source}…"`);
}

type DefinitionModule = { readonly default?: Dataset | readonly Dataset[] };
const modules = new Map<string, DefinitionModule>();

/** Node keeps modules itself, but vitest's loader resolves each import anew: 50 ms for all definitions. */
async function moduleOf(url: string): Promise<DefinitionModule> {
  const module: DefinitionModule = modules.get(url) ?? (await import(url));
  modules.set(url, module);
  return module;
}

/**
 * Reads the SQL beside the dataset files, in order of dataset.
 * @param places as for `loadCatalog`
 * @throws Error that names every such file without a dataset beside it.
 */
export async function loadScripts(places: readonly string[] = []): Promise<DatasetScript[]> {
  return await scriptsOfFolders([BUNDLED, ...(await foldersOf(places))]);
}

/** The SQL of some folders alone. @throws Error as `loadScripts` does */
export async function scriptsOfFolders(folders: readonly string[]): Promise<DatasetScript[]> {
  const datasets = new Set((await definitionsOf(folders)).map(({ id }) => id));
  const files = await filesOf(folders, SCRIPT_FILE);
  const lost = files.filter((file) => !datasets.has(idOf(file)));
  if (lost.length > 0) {
    const words = lost.map(({ title }) => `${title}: no dataset beside it; name it like its dataset`);
    throw new Error(`datasets: ${words.join('\n')}`);
  }
  return await Promise.all(
    files.map(async (file) => ({ dataset: idOf(file), text: await readFile(file.path, 'utf8') })),
  );
}

async function filesOf(folders: readonly string[], form: RegExp): Promise<PlacedFile[]> {
  const files = await Promise.all(folders.map((folder) => filesBelow(folder, form)));
  return files.flat().toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function idOf({ name }: PlacedFile): string {
  return name.replace(/\.[a-z]+$/, '').replace('/', '.');
}

/**
 * A catalogue of given definitions.
 * @throws Error that names every pair of datasets that would share a relation or a table name, and sources with contradicting quotas.
 */
export function catalogOf(datasets: readonly Dataset[]): Catalog {
  const ids = (of: readonly Dataset[]) => of.map(({ id }) => id);
  const faults = [
    ...sharedRelations(ids(datasets), ids(datasets.filter(hasRollups))),
    ...sharedTableNames(datasets.filter(isOfPoints)),
    ...wrongInputs(datasets),
    ...wrongExplained(datasets),
    ...contradictingQuotas(datasets.filter(isPulledPoints).map(({ source }) => source)),
  ];
  if (faults.length > 0) throw new Error(faults.join('\n'));
  const all = datasets.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const find = (id: string) => all.find((dataset) => dataset.id === id) ?? unknown(id, all);
  return {
    datasets: Object.freeze(all.filter(isPulledPoints)),
    scheduled: Object.freeze(all.filter(isScheduled)),
    all: Object.freeze(all),
    sources: Object.freeze([...new Map(all.map(({ source }) => [source.id, source])).values()]),
    find,
    series: (id) => ofSeries(find(id)),
    runnable: (id) => runnable(find(id)),
    get: (id) => polled(find(id)),
  };
}

function unknown(id: string, all: readonly Dataset[]): never {
  const known = all.map((dataset) => dataset.id);
  const [near] = nearNames(id, known, 1);
  const cure = near === undefined ? `the datasets are ${known.join(', ')}` : `write "${near}"`;
  throw new Failure('UNKNOWN_DATASET', `no dataset "${id}"; ${cure}`);
}

function ofSeries(dataset: Dataset): PointDataset {
  if (!isOfRecords(dataset)) return dataset;
  throw new Failure('BAD_INPUT', `${dataset.id} is a dataset of records: it has no series`);
}

function runnable(dataset: Dataset): RunnablePoints {
  return isDerived(dataset) ? dataset : polled(dataset);
}

function polled(dataset: Dataset): PulledPoints {
  if (isPulledPoints(dataset)) return dataset;
  if (isDerived(dataset))
    throw new Failure(
      'BAD_INPUT',
      `${dataset.id} is computed when its inputs move; to have days computed again: tidemark rerun ${dataset.id} --from DAY --to DAY`,
    );

  throw new Failure(
    'BAD_INPUT',
    `${dataset.id} is not requested day by day: its data come with: tidemark load ${dataset.id} FILE`,
  );
}
