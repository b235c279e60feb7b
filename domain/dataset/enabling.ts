/** Which datasets an installation has enabled: names and patterns that people and the setting TIDEMARK_ENABLED write. Pure. */
import { Failure } from '../workflow/failures.ts';
import type { Dataset } from './dataset.ts';
import { inputIdsOf } from './input-faults.ts';

/** How to enable a dataset, in the words of every message. */
export const howToEnable = (dataset: string): string => `npx tidemark enable '${dataset}'`;

/** What is enabled, for people; the cure where nothing is. @param known how many datasets there are */
export function describeEnabled(enabled: ReadonlySet<string>, known: number): string {
  if (enabled.size > 0) return `${[...enabled].toSorted().join(', ')} enabled, of ${known}`;
  return `none of ${known} is enabled; enable some: ${howToEnable('jao-core.*')}, or as code: the setting TIDEMARK_ENABLED`;
}

/** The refusal of work on a dataset that is not enabled. */
export function dormant(dataset: string): Failure {
  return new Failure(
    'DATASET_DORMANT',
    `${dataset} is dormant in this installation: nothing is requested, loaded or taken for it; enable it: ${howToEnable(dataset)}`,
  );
}

/** The refusal to read a dataset that has no storage. */
export function neverEnabled(dataset: string): Failure {
  return new Failure(
    'DATASET_DORMANT',
    `${dataset} was never enabled in this installation and has no data; enable it: ${howToEnable(dataset)}`,
  );
}

/**
 * The ids that ids and patterns such as `jao-core.*` name, in order of the catalogue.
 * @throws Failure UNKNOWN_DATASET for each that names none
 */
export function chosenIds(datasets: readonly Dataset[], patterns: readonly string[]): string[] {
  const ids = datasets.map(({ id }) => id);
  const isNamedBy = patterns.map(matcherOf);
  const lost = patterns.filter((_, at) => !ids.some((id) => isNamedBy[at]?.(id)));
  if (lost.length > 0)
    throw new Failure(
      'UNKNOWN_DATASET',
      `no dataset is named by ${lost.map((each) => `"${each}"`).join(', ')}; write ids or patterns such as 'jao-core.*'; the datasets are ${ids.join(', ')}`,
    );
  return ids.filter((id) => isNamedBy.some((isNamed) => isNamed(id)));
}

function matcherOf(pattern: string): (id: string) => boolean {
  const parts = pattern.split('*').map((text) => text.replace(/[^a-z0-9-]/gi, '\\$&'));
  const form = new RegExp(`^${parts.join('.*')}$`);
  return (id) => form.test(id);
}

/**
 * A derived dataset has nothing to be computed from while an input was never enabled.
 * @param chosen ids of those that are to be enabled
 * @param enabled ids of those that are
 * @throws Failure BAD_INPUT that names each one and the inputs that it needs
 */
export function assertInputs(
  datasets: readonly Dataset[],
  chosen: readonly string[],
  enabled: ReadonlySet<string> = new Set(),
): void {
  const faults = datasets
    .filter(({ id }) => chosen.includes(id))
    .flatMap((dataset) => {
      const missing = inputIdsOf(dataset).filter((id) => !enabled.has(id) && !chosen.includes(id));
      return missing.length > 0
        ? [`${dataset.id} is computed from ${missing.join(' and ')}; enable ${missing.join(' and ')} too`]
        : [];
    });
  if (faults.length > 0) throw new Failure('BAD_INPUT', faults.join('; '));
}

/** The ids of those datasets that are computed from nothing, or from others of them. */
export function withInputs(datasets: readonly Dataset[]): string[] {
  const ids = new Set(datasets.map(({ id }) => id));
  const lacking = datasets.filter((dataset) => inputIdsOf(dataset).some((id) => !ids.has(id)));
  return lacking.length === 0 ? [...ids] : withInputs(datasets.filter((each) => !lacking.includes(each)));
}

/** What came of enabling or disabling one dataset. */
export interface SwitchedDataset {
  readonly dataset: string;
  readonly enabled: boolean;
  /** False where it was so already. */
  readonly changed: boolean;
}

/**
 * One sentence for people.
 * @param all of the catalogue
 * @param cost what its past month takes, in words
 */
export function describeSwitched(
  { dataset, enabled, changed }: SwitchedDataset,
  all: readonly Dataset[],
  cost: string,
): string {
  const so = `${dataset} ${changed ? 'is' : 'was'} ${enabled ? 'enabled' : 'disabled'}${changed ? '' : ' already'}`;
  if (enabled) return changed ? `${so}; its past month takes ${cost}` : so;
  const computed = all.filter((each) => inputIdsOf(each).includes(dataset)).map(({ id }) => id);
  const kept = `${so}: nothing is requested or taken for it; what it has stays and can be read`;
  return computed.length > 0
    ? `${kept}; what is computed from it gets nothing new (${computed.join(', ')})`
    : kept;
}
