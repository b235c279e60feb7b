/** Reads the query of `tidemark query` from its options, which match those of `GET /v1/data`. */
import { findLocation, type Location, locationAt, locationsNamed } from '../db/queries/catalog/locations.ts';
import { type Dataset, isOfRecords } from '../domain/dataset/dataset.ts';
import { daysTouched, isGate, knowledgeOf, type Question } from '../read/question.ts';
import { readBound, readInstant, refuseUnknownSeries } from './arguments.ts';
import type { CliContext } from './context.ts';
import { UsageError } from './usage-error.ts';

export interface QueryOptions {
  readonly from?: string;
  readonly to?: string;
  readonly series?: readonly string[];
  readonly key?: string;
  /** Id or name of a location. */
  readonly location?: string;
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
    area: location === undefined ? null : await readLocation(context, dataset, location, asOf),
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

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** @throws UsageError */
async function readLocation(
  context: CliContext,
  dataset: Dataset,
  wanted: string,
  at: Date | null,
): Promise<Location> {
  if (!isOfRecords(dataset) || !dataset.location)
    throw new UsageError(`records of ${dataset.id} are about no area; leave out --location`);
  const database = context.database('tidemark_reader');
  const found = UUID.test(wanted)
    ? [await findLocation(database, wanted)].flatMap((each) => each ?? [])
    : await locationsNamed(database, wanted);
  const [only, other] = found;
  if (!only) throw new UsageError(`there is no location "${wanted}"; "tidemark locations list" shows them`);
  if (other) throw new UsageError(`"${wanted}" are several locations; write the id of one of them`);
  if (!at) return only;
  const then = await locationAt(database, only.id, at);
  if (then) return then;
  throw new UsageError(`the location "${wanted}" was not known at ${at.toISOString()}`);
}
