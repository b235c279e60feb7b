/** Series: every key that was ever published. */

import { seriesCure } from '../../../domain/dataset/near-names.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import type { Database, Sql } from '../../connection/client.ts';
import { storageOf } from '../../migration/storage.ts';

export interface SeriesRow {
  readonly id: number;
  readonly series: string;
  /** The first payload with it. */
  readonly firstPayloadId: number;
}

/** The catalogue rows of some series; missing ones are left out. */
export async function findSeries(sql: Sql, dataset: string, series: readonly string[]): Promise<SeriesRow[]> {
  const { rows } = await sql.query<SeriesRow>(
    `select id, series, first_payload_id as "firstPayloadId"
     from catalog.series where dataset = $1 and series = any($2)`,
    [dataset, series],
  );
  return rows;
}

/** The names of all series of a dataset, in order. */
export async function seriesNames(sql: Sql, dataset: string): Promise<string[]> {
  const { rows } = await sql.query<{ series: string }>(
    'select series from catalog.series where dataset = $1 order by series',
    [dataset],
  );
  return rows.map(({ series }) => series);
}

/** Whether a dataset has more than one series. */
export async function hasSeveralSeries(sql: Sql, dataset: string): Promise<boolean> {
  const { rows } = await sql.query('select from catalog.series where dataset = $1 limit 2', [dataset]);
  return rows.length > 1;
}

/**
 * Catalogues new series. Concurrent days may bring the same new series: ordering by name prevents deadlocks, and the later one finds the
 * row in place.
 */
export async function addSeries(
  sql: Sql,
  dataset: string,
  payloadId: number,
  series: readonly { readonly series: string; readonly attributes: Readonly<Record<string, string>> }[],
): Promise<void> {
  await sql.query(
    `insert into ops.series (dataset, series, attributes, first_payload_id)
     select $1, series, attributes, $2 from unnest($3::text[], $4::jsonb[]) as new(series, attributes)
     order by series
     on conflict (dataset, series) do nothing`,
    [dataset, payloadId, series.map((s) => s.series), series.map((s) => JSON.stringify(s.attributes))],
  );
}

interface CataloguedSeries {
  readonly series: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly firstPayloadId: number;
  /** When that payload was fetched. */
  readonly firstSeenAt: Date | null;
  /** Delivery days of its first and last point; null when every point of it was quarantined. */
  readonly firstDay: CivilDay | null;
  readonly lastDay: CivilDay | null;
}

/**
 * Catalogued series by name. The days are looked up at both ends of each series' index, so that a page costs the same however long the
 * history is.
 * @param words each must occur in the name or in the value of an attribute, ignoring case; one of one or two letters only at the beginning
 * of a part, because DE occurs in every "border".
 */
export async function searchSeries(
  sql: Sql,
  dataset: string,
  {
    words,
    after,
    limit,
  }: { readonly words: readonly string[]; readonly after: string | null; readonly limit: number },
): Promise<CataloguedSeries[]> {
  const { current } = storageOf(dataset);
  const { rows } = await sql.query<CataloguedSeries>(
    `select s.series, s.attributes, s.first_payload_id as "firstPayloadId", p.fetched_at as "firstSeenAt",
       (select c.delivery_day from ${current} c where c.series_id = s.id order by c.starts_at limit 1) as "firstDay",
       (select c.delivery_day from ${current} c where c.series_id = s.id order by c.starts_at desc limit 1) as "lastDay"
     from (
       select id, series, attributes, first_payload_id
       from ops.series s
       where dataset = $1 and ($3::text is null or series > $3)
         and not exists (
           select from unnest($2::text[]) word
           where not exists (
             select from (select s.series union all select value from jsonb_each_text(s.attributes)) t(text)
             where case when length(word) > 2 then position(lower(word) in lower(text)) > 0
               else position('_' || lower(word) in '_' || regexp_replace(lower(text), '[^[:alnum:]]', '_', 'g')) > 0 end
           )
         )
       order by series limit $4
     ) s
     left join ops.payload p on p.id = s.first_payload_id
     order by s.series`,
    [dataset, words, after, limit],
  );
  return rows;
}

// Whether series named in a query exist, and which ones may have been meant.

/** A name that is not a series of the dataset. */
interface UnknownSeries {
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
