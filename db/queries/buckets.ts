/** Observations per bucket and series. A bucket without values is a row too, of every series that has one in the range. */
import statement, { join, type Sql as Statement } from 'sql-template-tag';
import type { Interval } from '../../domain/civil-day.ts';
import type { Sql } from '../client.ts';
import { type Cell, type Cells, cellsOf } from './row-types.ts';
import { ofSeries, type Page, type RowSelection, relationOf } from './rows.ts';

/** Nulls are in none of them. */
export const FUNCTIONS = ['avg', 'min', 'max', 'sum', 'first', 'last', 'count'] as const;
export type AggregateFunction = (typeof FUNCTIONS)[number];

const EXPRESSIONS: Readonly<Record<AggregateFunction, Statement>> = {
  avg: statement`avg(o.value)`,
  min: statement`min(o.value)`,
  max: statement`max(o.value)`,
  sum: statement`sum(o.value)`,
  first: statement`first(o.value, o.starts_at) filter (where o.value is not null)`,
  last: statement`last(o.value, o.starts_at) filter (where o.value is not null)`,
  count: statement`count(o.value)`,
};

export interface Buckets {
  readonly functions: readonly AggregateFunction[];
  /** From an instant to the end of the range, ascending. */
  from(startMs: number): Iterable<Interval>;
  /** How many points a series has in a bucket when none is missing. */
  counter(): (bucket: Interval) => number;
}

/** Rows that one statement brings at most, as long as a bucket has fewer. */
const ROWS_AT_ONCE = 20_000;

/** Start and end of the bucket, series, one cell per function, points that have a value, points expected; by start and series. */
export async function* readBuckets(
  sql: Sql,
  selection: RowSelection,
  buckets: Buckets,
  { after, limit }: Page,
): AsyncGenerator<Cells[]> {
  const series = await seriesInRange(sql, selection);
  const fromMs = Math.max(selection.from.getTime(), after ? Date.parse(after.at) : 0);
  if (series.length === 0 || fromMs >= selection.to.getTime()) return;
  let skip = after ? series.indexOf(after.series) + 1 : 0;
  let left = limit ?? Number.POSITIVE_INFINITY;
  const expected = buckets.counter();
  for (const some of groupsOf(buckets.from(fromMs), Math.min(ROWS_AT_ONCE, left + skip) / series.length)) {
    const values = await valuesOf(sql, selection, buckets.functions, some);
    const rows = some.flatMap((bucket, index) =>
      rowsOf(bucket, series, values[index], buckets, expected(bucket)),
    );
    const wanted = rows.slice(skip, skip + left);
    skip = 0;
    left -= wanted.length;
    if (wanted.length > 0) yield wanted;
    if (left <= 0) return;
  }
}

function* groupsOf(buckets: Iterable<Interval>, size: number): Generator<Interval[]> {
  let group: Interval[] = [];
  for (const bucket of buckets) {
    group.push(bucket);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

function rowsOf(
  { startMs, endMs }: Interval,
  series: readonly string[],
  values: ReadonlyMap<string, Cells> | undefined,
  { functions }: Buckets,
  expected: number,
): Cells[] {
  const [start, end] = [new Date(startMs).toISOString(), new Date(endMs).toISOString()];
  const nothing: Cell[] = [...functions.map((name) => (name === 'count' ? 0 : null)), 0];
  return series.map((name) => [start, end, name, ...(values?.get(name) ?? nothing), expected]);
}

/** Names of the series that have an observation in the range, by name. */
async function seriesInRange(
  sql: Sql,
  { dataset, from, to, series, knowledge }: RowSelection,
): Promise<string[]> {
  const { rows } = await sql.query<{ series: string }>(
    statement`select s.series
     from catalog.series s
     cross join lateral (
       select from ${relationOf(dataset, knowledge)} o
       where o.series = s.series and o.starts_at >= ${from} and o.starts_at < ${to} limit 1
     ) found
     where s.dataset = ${dataset} and (${series}::text[] is null or s.series = any(${series}))
     order by s.series`,
  );
  return rows.map((row) => row.series);
}

/** Per bucket: the cells of each series that has observations in it. */
async function valuesOf(
  sql: Sql,
  { dataset, series, knowledge }: RowSelection,
  functions: readonly AggregateFunction[],
  buckets: readonly Interval[],
): Promise<ReadonlyMap<string, Cells>[]> {
  const starts = buckets.map(({ startMs }) => new Date(startMs).toISOString());
  const end = new Date(buckets.at(-1)?.endMs ?? 0);
  const made = statement`
    select width_bucket(o.starts_at, ${numbers(starts)}::timestamptz[]) as bucket, o.series,
      ${join([...functions.map((name) => EXPRESSIONS[name]), EXPRESSIONS.count])}
    from ${relationOf(dataset, knowledge)} o
    where o.starts_at >= ${starts[0]} and o.starts_at < ${end} ${ofSeries(series)}
    group by 1, 2`;
  const { rows } = await sql.query(cellsOf(made));
  const found = buckets.map(() => new Map<string, Cells>());
  for (const [bucket, name, ...cells] of rows as [number, string, ...Cell[]][])
    found[bucket - 1]?.set(name, cells);
  return found;
}

/** As PostgreSQL writes an array: the driver takes a hundred times as long over thousands of dates. */
function numbers(instants: readonly string[]): string {
  return `{${instants.join()}}`;
}
