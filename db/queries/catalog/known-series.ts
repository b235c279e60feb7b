/** Whether series named in a query exist, and which ones may have been meant. */
import { seriesCure } from '../../../domain/dataset/near-names.ts';
import type { Database, Sql } from '../../connection/client.ts';
import { findSeries, seriesNames } from './series.ts';

/** A name that is not a series of the dataset. */
export interface UnknownSeries {
  readonly name: string;
  /** What to write instead, without where to find the names. */
  readonly hint: string;
}

/** A series is never removed once it exists, so each process looks it up only once. */
const KNOWN = new WeakMap<Database, Set<string>>();
const MOST_KNOWN = 100_000;

/** Like `unknownSeries`, querying the database only for names that this process has not seen yet. */
export async function newlyUnknownSeries(
  database: Database,
  dataset: string,
  names: readonly string[],
): Promise<UnknownSeries | null> {
  const known = KNOWN.get(database) ?? new Set<string>();
  KNOWN.set(database, known);
  const unseen = names.filter((name) => !known.has(keyOf(dataset, name)));
  if (unseen.length === 0) return null;
  const unknown = await unknownSeries(database, dataset, unseen);
  if (unknown) return unknown;
  if (known.size > MOST_KNOWN) known.clear();
  for (const name of unseen) known.add(keyOf(dataset, name));
  return null;
}

function keyOf(dataset: string, series: string): string {
  return JSON.stringify([dataset, series]);
}

/** The first of some names that is not a series of a dataset; null when all exist. */
export async function unknownSeries(
  sql: Sql,
  dataset: string,
  names: readonly string[],
): Promise<UnknownSeries | null> {
  const found = new Set((await findSeries(sql, dataset, names)).map(({ series }) => series));
  const name = names.find((each) => !found.has(each));
  return name === undefined
    ? null
    : { name, hint: seriesCure(dataset, name, await seriesNames(sql, dataset)) };
}
