/** Reads the query of `tidemark query` from its options, which match those of `GET /v1/data`. */
import type { Location } from '../db/queries/catalog/locations.ts';
import { LocationRefused, locationsOf } from '../db/read/locations.ts';
import { daysTouched, isGate, knowledgeOf, type Question } from '../db/read/question.ts';
import { type Dataset, isOfRecords } from '../domain/dataset/dataset.ts';
import { readBound, readInstant, refuseUnknownSeries } from './arguments.ts';
import type { CliContext } from './context.ts';
import { UsageError } from './usage-error.ts';

export interface QueryOptions {
  readonly from?: string;
  readonly to?: string;
  readonly series?: readonly string[];
  readonly key?: string;
  /** Ids or names of locations. */
  readonly location?: readonly string[];
  readonly asOf?: string;
  readonly gate?: string;
  /** Every version of one record, or of the points of one series. */
  readonly versions?: true;
}

/** Values that readers may not see, such as personal data, come as null. @throws UsageError */
export async function readQuestion(
  context: CliContext,
  dataset: Dataset,
  options: QueryOptions,
): Promise<Question> {
  refuseMisplaced(dataset, options);
  refuseManyVersions(dataset, options);
  const asOf = options.asOf === undefined ? null : readInstant('--as-of', options.asOf);
  if (options.gate !== undefined && !isGate(options.gate))
    throw new UsageError(`--gate is "${options.gate}": write one relative to the delivery day, D-1T12:00`);
  const database = context.database('tidemark_reader');
  await refuseUnknownSeries(database, dataset.id, options.series);
  const { location } = options;
  return {
    ...{ dataset, ...rangeOf(dataset, options), asOf, gate: options.gate, personal: true },
    ...{ series: options.series ?? null, key: options.key ?? null },
    knowledge: options.versions
      ? { kind: 'versions' }
      : knowledgeOf(options.gate, asOf, dataset.source.timeZone),
    areas: location === undefined ? null : await readLocations(context, dataset, location, asOf),
  };
}

function refuseMisplaced(dataset: Dataset, { series, key, location }: QueryOptions): void {
  if (isOfRecords(dataset)) {
    if (series) throw new UsageError(`${dataset.id} has no series; leave out --series`);
    return;
  }
  if (location !== undefined) throw new UsageError(`${dataset.id} has no locations; leave out --location`);
  if (key !== undefined) throw new UsageError(`${dataset.id} has series; write --series instead of --key`);
}

/** --versions needs a single series or record, and no --as-of or --gate. @throws UsageError */
function refuseManyVersions(dataset: Dataset, { versions, series, key, asOf, gate }: QueryOptions): void {
  if (!versions) return;
  if (asOf !== undefined || gate !== undefined)
    throw new UsageError(
      `--versions shows what was known at any time; leave out ${asOf === undefined ? '--gate' : '--as-of'}`,
    );
  const isOne = isOfRecords(dataset) ? key !== undefined : series?.length === 1;
  if (!isOne)
    throw new UsageError(
      `--versions needs ${isOfRecords(dataset) ? '--key' : 'one --series'}: versions are those of one`,
    );
}

function rangeOf(dataset: Dataset, options: QueryOptions) {
  const from = options.from === undefined ? null : readBound('--from', options.from, dataset);
  const to = options.to === undefined ? null : readBound('--to', options.to, dataset);
  if (from && to && from >= to)
    throw new UsageError(
      `--from (${options.from}) is not before --to (${options.to}); swap them, or write a later --to`,
    );
  if (isOfRecords(dataset)) return { from, to, days: null };
  if (!from || !to)
    throw new UsageError(
      `${from ? '--to' : '--from'} is missing: points are read from one instant to another`,
    );
  return { from, to, days: daysTouched(dataset, from, to) };
}

/** @throws UsageError */
async function readLocations(
  context: CliContext,
  dataset: Dataset,
  wanted: readonly string[],
  at: Date | null,
): Promise<Location[]> {
  if (!isOfRecords(dataset) || !dataset.location)
    throw new UsageError(`records of ${dataset.id} are about no area; leave out --location`);
  try {
    return await locationsOf(context.database('tidemark_reader'), wanted, at);
  } catch (error) {
    throw error instanceof LocationRefused ? usageError(error, at) : error;
  }
}

function usageError({ wanted, why }: LocationRefused, at: Date | null): UsageError {
  if (why === 'none')
    return new UsageError(`there is no location "${wanted}"; "tidemark locations list" shows them`);
  return new UsageError(
    why === 'several'
      ? `"${wanted}" are several locations; write the id of one of them`
      : `the location "${wanted}" was not known at ${at?.toISOString()}`,
  );
}
