/**
 * `tidemark/testing`: what the contract asks of datasets, for any test runner. Each dataset has cases of its own, so one that is
 * wrong fails alone.
 * @example
 * import { test } from 'node:test';
 * import { contractOf } from 'tidemark/testing';
 * for (const { id, cases } of await contractOf(['./datasets']))
 *   for (const { name, run } of cases) test(`${id}: ${name}`, run);
 */

import { definitionsOf, exampleOfDataset, type FoundDefinition } from '../../datasets/catalog.ts';
import { foldersOf } from '../../datasets/places.ts';
import { answerOfRecording, recordingsOf } from '../../datasets/recordings.ts';
import { type Dataset, isDerived, isOfRecords, isPulledPoints } from '../../domain/dataset/dataset.ts';
import type { DerivedPoints } from '../../domain/dataset/derive.ts';
import type { Example } from '../../domain/dataset/example.ts';
import { canEncode } from '../decode/decoder.ts';
import { exampleOf } from '../decode/example.ts';
import { answerCases } from './answers.ts';
import type { ContractCase, Recorded, Subject } from './case.ts';
import { dayCases } from './days.ts';
import { derivedCases, type InputMaterial, materialOf } from './derived.ts';
import { factCases } from './facts.ts';
import { recordCases } from './records.ts';
import { requestCases } from './requests.ts';

export type { ContractCase } from './case.ts';

/** A dataset with its contract tests. */
export interface DatasetContract {
  readonly id: string;
  /** Its file. */
  readonly title: string;
  readonly cases: readonly ContractCase[];
}

/**
 * The contract tests of each dataset in some folders and packages; for a file whose definition is wrong, one case that says how.
 * @param places folders and packages, as the setting TIDEMARK_DATASETS has them
 * @throws Error that names every one that cannot be read
 */
export async function contractOf(places: readonly string[]): Promise<DatasetContract[]> {
  return await contractOfFolders(await foldersOf(places));
}

/** The same for folders only. */
export async function contractOfFolders(folders: readonly string[]): Promise<DatasetContract[]> {
  const found = await definitionsOf(folders);
  return await Promise.all(found.map(async (each) => await contractOfOne(each, found)));
}

async function contractOfOne(
  found: FoundDefinition,
  all: readonly FoundDefinition[],
): Promise<DatasetContract> {
  const { id, title, dataset, fault } = found;
  if (!dataset) return { id, title, cases: [failing('is a definition', `${title}: ${fault}`)] };
  try {
    const example = await exampleOfDataset(dataset, found.path);
    const recordings = await recordedOf(found.path, dataset);
    const sisters = all.filter((other) => other.dataset?.source.id === dataset.source.id).length;
    const cases = casesOf(subjectOf(dataset, example, recordings, sisters));
    if (!isDerived(dataset)) return { id, title, cases };
    return { id, title, cases: [...cases, ...derivedCases(dataset, await inputsOf(dataset, all))] };
  } catch (error) {
    return { id, title, cases: [failing('has an example and recordings that can be used', String(error))] };
  }
}

async function recordedOf(path: string, dataset: Dataset): Promise<Recorded[]> {
  return (await recordingsOf(path, dataset)).map((each) => ({ ...each, about: answerOfRecording(each) }));
}

/** Answers of the datasets that it is computed from, where these are pulled and beside it. */
async function inputsOf(
  { derive }: DerivedPoints,
  all: readonly FoundDefinition[],
): Promise<Record<string, InputMaterial>> {
  const found: Record<string, InputMaterial> = {};
  for (const [name, input] of Object.entries(derive.inputs)) {
    const { dataset, path } = all.find(({ id }) => id === input.dataset) ?? {};
    if (!dataset || path === undefined || !isPulledPoints(dataset)) continue;
    const { example } = subjectOf(dataset, await exampleOfDataset(dataset, path), [], 1);
    const material = materialOf(dataset, example, await recordedOf(path, dataset));
    if (material) found[name] = material;
  }
  return found;
}

function failing(name: string, reason: string): ContractCase {
  return {
    name,
    run: () => {
      throw new Error(reason);
    },
  };
}

function subjectOf(
  dataset: Dataset,
  written: Example | undefined,
  recordings: readonly Recorded[],
  sisters: number,
): Subject {
  const isMade = written === undefined;
  const canMake = isMade && isPulledPoints(dataset) && canEncode(dataset.pull.decode);
  const example = canMake ? exampleOf(dataset) : written;
  // Tables of one source share a decoder, so they share the runs, and the twentieth does not make a suite slow.
  const runs = (wanted: number) => Math.max(10, Math.ceil((2 * wanted) / (1 + sisters)));
  return { dataset, example, isMade, recordings, runs };
}

function casesOf(subject: Subject): ContractCase[] {
  const { dataset } = subject;
  const facts = factCases(subject);
  if (isPulledPoints(dataset)) {
    const pulled = { ...subject, dataset };
    return [...facts, ...dayCases(pulled), ...requestCases(pulled), ...answerCases(pulled)];
  }
  return isOfRecords(dataset) ? [...facts, ...recordCases({ ...subject, dataset })] : facts;
}
