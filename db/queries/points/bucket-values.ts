/** The figures of buckets: from the observations, or from rollups and observations where a dataset keeps rollups. */
import statement, { empty, join, raw, type Sql as Statement } from 'sql-template-tag';
import type { Piece } from '../../../domain/time/bucket-pieces.ts';
import { dayAt, type Interval } from '../../../domain/time/civil-day.ts';
import type { Sql } from '../../connection/client.ts';
import { storageOf } from '../../migration/storage.ts';
import { type Cell, type Cells, cellsOf } from '../answers/cells.ts';
import { type Gate, gatesWithin } from '../answers/knowledge.ts';
import { conditionsOf, sourceOf } from '../answers/relation.ts';
import type { PointSelection } from '../answers/rows.ts';
import { numbers } from './observations.ts';

/** All of them ignore nulls. */
export const FUNCTIONS = ['avg', 'min', 'max', 'sum', 'first', 'last', 'count'] as const;
export type AggregateFunction = (typeof FUNCTIONS)[number];

/** Sums are added in order of time: otherwise the last digit would depend on how the rows were read. */
const OF_POINTS: Readonly<Record<AggregateFunction, Statement>> = {
  avg: statement`sum(o.value order by o.starts_at) / nullif(count(o.value), 0)`,
  min: statement`min(o.value)`,
  max: statement`max(o.value)`,
  sum: statement`sum(o.value order by o.starts_at)`,
  first: statement`first(o.value, o.starts_at) filter (where o.value is not null)`,
  last: statement`last(o.value, o.starts_at) filter (where o.value is not null)`,
  count: statement`count(o.value)`,
};

const OF_ROLLUPS: Readonly<Record<AggregateFunction, Statement>> = {
  avg: statement`sum(o.sum order by o.starts_at) / nullif(sum(o.count), 0)`,
  min: statement`min(o.min)`,
  max: statement`max(o.max)`,
  sum: statement`sum(o.sum order by o.starts_at)`,
  first: statement`first(o.first, o.starts_at) filter (where o.count > 0)`,
  last: statement`last(o.last, o.starts_at) filter (where o.count > 0)`,
  count: statement`sum(o.count)::int8`,
};

/** By series: a cell for each function, then the points that have a value. */
export type ValuesOfBucket = ReadonlyMap<string, Cells>;

/** Per bucket: the cells of each series that has observations in it. @param buckets ascending and adjacent. */
export async function valuesFromPoints(
  sql: Sql,
  selection: PointSelection,
  functions: readonly AggregateFunction[],
  buckets: readonly Interval[],
  gates: readonly Gate[],
): Promise<ValuesOfBucket[]> {
  const starts = startsOf(buckets);
  const range = { startMs: buckets[0]?.startMs ?? 0, endMs: buckets.at(-1)?.endMs ?? 0 };
  const made = statement`
    select width_bucket(o.starts_at, ${starts}::timestamptz[]) as bucket, o.series,
      ${join([...functions.map((name) => OF_POINTS[name]), OF_POINTS.count])}
    from ${sourceOf(selection.dataset, selection.knowledge, gatesWithin(gates, range))} o
    where ${conditionsOf({ ...selection, from: new Date(range.startMs), to: new Date(range.endMs) })}
    group by 1, 2`;
  const { rows } = await sql.query(cellsOf(made));
  return byBucket(buckets, rows as Found[]);
}

/**
 * The same for a dataset with rollups. States other than the latest are rolled up from their values, piece by piece like the rollups, so
 * that they agree to the last digit. @param pieces of the buckets. @param timeZone of the delivery days.
 */
export async function valuesFromRollups(
  sql: Sql,
  { dataset, series, knowledge }: PointSelection,
  functions: readonly AggregateFunction[],
  buckets: readonly Interval[],
  pieces: readonly Piece[],
  { timeZone, gates }: { readonly timeZone: string; readonly gates: readonly Gate[] },
): Promise<ValuesOfBucket[]> {
  const parts = pieces.map((piece) =>
    knowledge.kind === 'latest'
      ? partOf(dataset.id, piece, timeZone)
      : partOfValues(sourceOf(dataset, knowledge, gatesWithin(gates, piece)), piece),
  );
  const starts = startsOf(buckets);
  const made = statement`
    with wanted as materialized (
      select id, series from ops.series
      where dataset = ${dataset.id} and (${series}::text[] is null or series = any(${series}))
    )
    select width_bucket(o.starts_at, ${starts}::timestamptz[]) as bucket, w.series,
      ${join([...functions.map((name) => OF_ROLLUPS[name]), OF_ROLLUPS.count])}
    from (${join(parts, ' union all ')}) o
    join wanted w on w.id = o.series_id
    group by 1, 2`;
  const { rows } = await sql.query(cellsOf(made));
  return byBucket(buckets, rows as Found[]);
}

/** The rollups of a piece; a single point counts as one. */
function partOf(dataset: string, { base, startMs, endMs }: Piece, timeZone: string): Statement {
  const { current, hours, days } = storageOf(dataset);
  const [start, end] = [new Date(startMs), new Date(endMs)];
  const own = statement`series_id = any(array(select id from wanted))`;
  if (base === 'points')
    return statement`
      select series_id, starts_at, (value is not null)::int as count, value as sum, value as min, value as max,
        value as first, value as last
      from ${raw(current)} where ${own} and starts_at >= ${start} and starts_at < ${end}`;
  const columns = statement`series_id, starts_at, count, sum, min, max, first, last`;
  if (base === 'hours')
    return statement`
      select ${columns} from ${raw(hours)} where ${own} and starts_at >= ${start} and starts_at < ${end}`;
  const [first, behind] = [dayAt(startMs, timeZone), dayAt(endMs, timeZone)];
  return statement`
    select ${columns} from ${raw(days)} where ${own} and delivery_day >= ${first} and delivery_day < ${behind}`;
}

/** The rollups of a piece, computed from values. */
function partOfValues(relation: Statement, { base, startMs, endMs }: Piece): Statement {
  const from = statement`${relation} v join wanted n on n.series = v.series
      where v.starts_at >= ${new Date(startMs)} and v.starts_at < ${new Date(endMs)}`;
  if (base === 'points')
    return statement`
      select n.id as series_id, v.starts_at, (v.value is not null)::int as count, v.value as sum, v.value as min,
        v.value as max, v.value as first, v.value as last
      from ${from}`;
  const hour = base === 'hours' ? statement`, date_trunc('hour', v.starts_at, 'UTC')` : empty;
  return statement`
    select n.id as series_id, min(v.starts_at) as starts_at, count(v.value) as count,
      sum(v.value order by v.starts_at) as sum, min(v.value) as min, max(v.value) as max,
      first(v.value, v.starts_at) filter (where v.value is not null) as first,
      last(v.value, v.starts_at) filter (where v.value is not null) as last
    from ${from} group by n.id, v.delivery_day ${hour}`;
}

/**
 * Per bucket: how many points each series has in it when none is missing, by the step of each of its days. The days are joined to their
 * buckets: selecting the days per bucket would read them once per bucket.
 */
export async function expectedByRollups(
  sql: Sql,
  { dataset, series }: PointSelection,
  buckets: readonly Interval[],
  timeZone: string,
): Promise<ReadonlyMap<string, number>[]> {
  const starts = startsOf(buckets);
  const ends = instants(buckets.map(({ endMs }) => endMs));
  const [first, last] = [buckets[0]?.startMs ?? 0, buckets.at(-1)?.endMs ?? 0];
  const made = statement`
    select g.bucket, w.series, sum(
      ceil((extract(epoch from least(b.ends_at, d.ends_at) - d.starts_at) - d.offset_seconds) / d.step_seconds)
      - ceil((extract(epoch from greatest(b.starts_at, d.starts_at) - d.starts_at) - d.offset_seconds) / d.step_seconds))::int8 as expected
    from ${raw(storageOf(dataset.id).days)} d
    join ops.series w on w.id = d.series_id
    cross join lateral generate_series(
      greatest(1, width_bucket(d.starts_at, ${starts}::timestamptz[])),
      width_bucket(d.ends_at - interval '1 microsecond', ${starts}::timestamptz[])) as g(bucket)
    cross join lateral (select (${starts}::timestamptz[])[g.bucket], (${ends}::timestamptz[])[g.bucket]) as b(starts_at, ends_at)
    where w.dataset = ${dataset.id} and (${series}::text[] is null or w.series = any(${series}))
      and d.delivery_day >= ${dayAt(first, timeZone)}::date and d.delivery_day <= ${dayAt(last, timeZone)}::date
      and d.ends_at > ${new Date(first)} and d.starts_at < ${new Date(last)}
    group by 1, 2`;
  const { rows } = await sql.query(cellsOf(made));
  const found = buckets.map(() => new Map<string, number>());
  for (const [bucket, name, expected] of rows as [number, string, number][])
    found[bucket - 1]?.set(name, expected);
  return found;
}

type Found = [bucket: number, series: string, ...Cell[]];

function byBucket(buckets: readonly Interval[], rows: readonly Found[]): ValuesOfBucket[] {
  const found = buckets.map(() => new Map<string, Cells>());
  for (const [bucket, name, ...cells] of rows) found[bucket - 1]?.set(name, cells);
  return found;
}

function startsOf(buckets: readonly Interval[]): string {
  return instants(buckets.map(({ startMs }) => startMs));
}

function instants(ms: readonly number[]): string {
  return numbers(ms.map((each) => new Date(each).toISOString()));
}
