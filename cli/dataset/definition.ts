/** The dataset that a person names, by its id or by its file, which need not be in the catalogue yet. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { definitionsOf, exampleBeside, loadDefinition } from '../../datasets/catalog.ts';
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

/** @throws UsageError that says what is wrong with the file */
export async function namedDataset(context: CliContext, named: string): Promise<Named> {
  const file = /\.[jt]s$/.test(named) ? resolve(context.io.folder, named) : await fileOf(context, named);
  if (!existsSync(file)) throw new UsageError(`there is no file "${named}"`);
  try {
    return { dataset: await loadDefinition(file), file, example: await exampleBeside(file) };
  } catch (error) {
    throw new UsageError(`${named}: ${(error as Error).message}`);
  }
}

async function fileOf(context: CliContext, id: string): Promise<string> {
  const { id: known } = context.catalog.find(id);
  const found = await definitionsOf([BUNDLED, ...(await foldersOf(context.datasetPlaces))]);
  return found.find((each) => each.id === known)?.path ?? '';
}
