/** Which datasets explain days of others, over the whole catalogue. Pure. */
import { type Dataset, isOfRecords } from './dataset.ts';
import type { Explains, RecordDataset } from './records.ts';

/** A dataset whose records explain days of others. */
export type Explaining = RecordDataset & { readonly explains: Explains };

/** Those that may explain a day of a dataset. */
export function explainingOf(datasets: readonly Dataset[], id: string): Explaining[] {
  return datasets.filter(isExplaining).filter(({ explains }) => explains.datasets.includes(id));
}

/** A sentence for each explained dataset that does not exist. */
export function wrongExplained(datasets: readonly Dataset[]): string[] {
  const known = new Set(datasets.map(({ id }) => id));
  return datasets
    .filter(isExplaining)
    .flatMap(({ id, explains }) =>
      explains.datasets
        .filter((explained) => !known.has(explained))
        .map(
          (explained) =>
            `dataset "${id}" explains "${explained}", which is not there: write the id of a dataset, or add its folder`,
        ),
    );
}

function isExplaining(dataset: Dataset): dataset is Explaining {
  return isOfRecords(dataset) && dataset.explains !== undefined;
}

export interface Explanation {
  /** The dataset whose records say it. */
  readonly dataset: string;
  readonly summary: string;
  /** When its source last said so. */
  readonly checkedAt: Date | null;
}

/** As the command, the API and the page say it: `jao-core.monitoring: the publisher says that … (checked 2026-11-20T09:31:07Z)`. */
export function describeExplanation({ dataset, summary, checkedAt }: Explanation): string {
  return `${dataset}: ${summary}${checkedAt ? ` (checked ${checkedAt.toISOString().slice(0, 19)}Z)` : ''}`;
}
