/**
 * The dataset contract: everything the platform needs to know to fetch, validate, write, poll, backfill and publish a
 * dataset. Three questions are answered independently: which shape it has, how it comes, and what silence means. A dataset file
 * holds one `defineDataset({...})` and nothing else has to be edited: no registry, no workflow, no migration. Definitions are
 * pure data and pure functions: no clock, no environment, no I/O.
 */
import type { DerivedPoints } from './derive.ts';
import { factFaults, httpSourceFaults } from './facts.ts';
import { unknownFields } from './known-fields.ts';
import { type FiledPoints, type PointDataset, type PulledPoints, pointFaults } from './points.ts';
import { type PulledRecords, type RecordDataset, recordFaults } from './records.ts';
import type { SentLines } from './sent-lines.ts';

export type Dataset = PointDataset | RecordDataset;
/** A dataset that a schedule requests from a source. */
export type PulledDataset = PulledPoints | PulledRecords;
/** Points of which a person can have one unit fetched, or computed, again. */
export type RunnablePoints = PulledPoints | DerivedPoints;
/** A dataset with a schedule: its source is requested, or it is computed when its inputs have changed. */
export type ScheduledDataset = PulledDataset | DerivedPoints;

export const SHAPES = ['points', 'records'] as const;
export const WAYS = ['pull', 'files', 'push', 'derive'] as const;
/** A way in which data come. */
export type Way = (typeof WAYS)[number];

/**
 * Checks a definition and freezes it.
 * @throws RangeError that lists every fault of the definition at once.
 */
export function defineDataset<T extends Dataset>(definition: T): T {
  const unknown = unknownFields(definition);
  if (!SHAPES.includes(definition.shape))
    throw new RangeError(`dataset "${definition.id}": ${unknown.join('; ')}`);
  const faults = [
    ...unknown,
    ...factFaults(definition),
    ...(isOfPoints(definition) ? pointFaults(definition) : recordFaults(definition)),
    ...(isPulledPoints(definition) ? httpSourceFaults(definition.source) : []),
    ...retentionFaults(definition),
  ];
  if (faults.length > 0) throw new RangeError(`dataset "${definition.id}": ${faults.join('; ')}`);
  Object.freeze(definition);
  return definition;
}

/** A limit that is not enforced would be worse than a refusal. */
function retentionFaults(dataset: Dataset): string[] {
  const { retentionDays } = dataset;
  if (retentionDays === null) return [];
  if (!hasRollups(dataset)) return ['retentionDays must be null: nothing deletes old days yet'];
  const isWhole = Number.isInteger(retentionDays) && retentionDays > 0;
  return isWhole ? [] : ['retentionDays must be null or a whole number of days above 0'];
}

/** The ways in which its data arrive. */
export function waysOf(dataset: Dataset): Way[] {
  const given: Partial<Record<Way, unknown>> = dataset;
  return WAYS.filter((way) => given[way] !== undefined);
}

/** A dataset to which lines are sent. */
export type PushedDataset = Dataset & { readonly push: { readonly lines: SentLines } };

export function isPushed(dataset: Dataset): dataset is PushedDataset {
  return dataset.push !== undefined;
}

export function isOfPoints(dataset: Dataset): dataset is PointDataset {
  return dataset.shape === 'points';
}

export function isOfRecords(dataset: Dataset): dataset is RecordDataset {
  return dataset.shape === 'records';
}

export function isPulledPoints(dataset: Dataset): dataset is PulledPoints {
  return isOfPoints(dataset) && dataset.pull !== undefined;
}

export function isFiledPoints(dataset: Dataset): dataset is FiledPoints {
  return isOfPoints(dataset) && dataset.files !== undefined;
}

export function isPulledRecords(dataset: Dataset): dataset is PulledRecords {
  return isOfRecords(dataset) && dataset.pull !== undefined;
}

/** Records that a schedule fetches for the areas of locations. */
export function isOfLocations(dataset: Dataset): dataset is PulledRecords {
  return isPulledRecords(dataset) && dataset.location !== undefined;
}

export function isPulled(dataset: Dataset): dataset is PulledDataset {
  return dataset.pull !== undefined;
}

export function isDerived(dataset: Dataset): dataset is DerivedPoints {
  return isOfPoints(dataset) && dataset.derive !== undefined;
}

export function isRunnable(dataset: Dataset): dataset is RunnablePoints {
  return isPulledPoints(dataset) || isDerived(dataset);
}

export function isScheduled(dataset: Dataset): dataset is ScheduledDataset {
  return isPulled(dataset) || isDerived(dataset);
}

/** What a row of the ledger stands for; a year is named by its first day. */
export function periodOf(dataset: Dataset): 'day' | 'year' {
  return isOfRecords(dataset) ? dataset.period : 'day';
}

/** Whether its records have fields with personal data. */
export function hasPersonalFields(dataset: Dataset): boolean {
  return isOfRecords(dataset) && dataset.fields.some(({ personal }) => personal);
}

/** Whether it keeps rollups by hour and day: only for high volumes. */
export function hasRollups(dataset: Dataset): dataset is FiledPoints {
  return isFiledPoints(dataset);
}

/** The key for data cached per dataset: another version of its decoder may read the same bytes otherwise. */
export function nameWithVersion({ id, decoderVersion }: Pick<Dataset, 'id' | 'decoderVersion'>): string {
  return `${id}@${decoderVersion}`;
}

/** How often a dataset's schedule checks whether something is due, minutes. */
export function tickMinutes(dataset: ScheduledDataset): number {
  if (isDerived(dataset)) return 1;
  return isPulledPoints(dataset) ? dataset.pull.polling.tickMinutes : dataset.pull.tickMinutes;
}
