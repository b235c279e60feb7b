/** The kinds of datasets, and what is known of any of them. */
import type { DatasetDefinition } from './dataset.ts';
import type { FileDataset } from './file-dataset.ts';
import type { RecordDataset, Refresh } from './record-dataset.ts';

/** A dataset of numbers on a time line. */
export type SeriesDataset = DatasetDefinition | FileDataset;
export type Dataset = SeriesDataset | RecordDataset;

export const DATASET_KINDS = ['polled', 'files', 'records'] as const;
export type DatasetKind = (typeof DATASET_KINDS)[number];

export function kindOf(dataset: Dataset): DatasetKind {
  return dataset.kind ?? 'polled';
}

export function isPolled(dataset: Dataset): dataset is DatasetDefinition {
  return kindOf(dataset) === 'polled';
}

export function isFiled(dataset: Dataset): dataset is FileDataset {
  return dataset.kind === 'files';
}

export function isOfSeries(dataset: Dataset): dataset is SeriesDataset {
  return !isOfRecords(dataset);
}

export function isOfRecords(dataset: Dataset): dataset is RecordDataset {
  return dataset.kind === 'records';
}

/** What a row of the ledger stands for; a year is named by its first day. */
export function periodOf(dataset: Dataset): 'day' | 'year' {
  return isOfRecords(dataset) ? dataset.period : 'day';
}

/** Whether its records have fields that tell of a person. */
export function hasPersonalFields(dataset: Dataset): boolean {
  return isOfRecords(dataset) && dataset.fields.some(({ personal }) => personal);
}

/** Whether it keeps rollups by hour and day: what is published in large numbers. */
export function hasRollups(dataset: Dataset): dataset is FileDataset {
  return isFiled(dataset);
}

/** A dataset of records whose source is asked by a schedule. */
export type RefreshedDataset = RecordDataset & { readonly refresh: Refresh };
/** A dataset whose source is asked. */
export type AskedDataset = DatasetDefinition | RefreshedDataset;

export function isRefreshed(dataset: Dataset): dataset is RefreshedDataset {
  return isOfRecords(dataset) && dataset.refresh !== undefined;
}

export function isAsked(dataset: Dataset): dataset is AskedDataset {
  return isPolled(dataset) || isRefreshed(dataset);
}

/** How often a dataset's schedule looks whether something is due, minutes. */
export function tickMinutes(dataset: AskedDataset): number {
  return isPolled(dataset) ? dataset.polling.tickMinutes : dataset.refresh.tickMinutes;
}
