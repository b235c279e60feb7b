/** The dataset that a person names, by its id or by its file, which need not be in the catalogue yet. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { definitionsOf, exampleOfDataset, loadDefinition } from '../../datasets/catalog.ts';
import { BUNDLED, foldersOf } from '../../datasets/places.ts';
import type { Dataset } from '../../domain/dataset/dataset.ts';
import type { Example } from '../../domain/dataset/example.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../usage-error.ts';

export interface Named {
  readonly dataset: Dataset;
  /** The file of its definition. */
  readonly file: string;
  readonly example: Example | undefined;
}

type Placed = { readonly dataset: Dataset; readonly path: string };

/** @throws UsageError that says what is wrong with the file */
export async function namedDataset(context: CliContext, named: string): Promise<Named> {
  const { dataset, path } = await (/\.[jt]s$/.test(named) ? inFile : byId)(context, named);
  return { dataset, file: path, example: await exampleOfDataset(dataset, path) };
}

async function inFile(context: CliContext, named: string): Promise<Placed> {
  const path = resolve(context.io.folder, named);
  if (!existsSync(path)) throw new UsageError(`there is no file "${named}"`);
  try {
    return { dataset: await loadDefinition(path), path };
  } catch (error) {
    throw new UsageError(`${named}: ${(error as Error).message}`);
  }
}

async function byId(context: CliContext, id: string): Promise<Placed> {
  const dataset = context.catalog.find(id);
  const found = await definitionsOf([BUNDLED, ...(await foldersOf(context.datasetPlaces))]);
  return { dataset, path: found.find((each) => each.id === dataset.id)?.path ?? '' };
}
