/** Observations per bucket and series. A bucket without values is a row too, for every series with a value in the range. */
import statement from 'sql-template-tag';
import { addPieces, type Piece, pieceMaker } from '../../../domain/time/bucket-pieces.ts';
import type { Interval } from '../../../domain/time/civil-day.ts';
import type { Sql } from '../../connection/client.ts';
import type { Cell, Cells } from '../answers/cells.ts';
import { type Gate, gatesInRange, type Page } from '../answers/knowledge.ts';
import { sourceOf } from '../answers/relation.ts';
import type { PointSelection } from '../answers/rows.ts';
import {
  type AggregateFunction,
  expectedByRollups,
  type ValuesOfBucket,
  valuesFromPoints,
  valuesFromRollups,
} from './bucket-values.ts';

export interface Buckets {
  readonly functions: readonly AggregateFunction[];
  /** From an instant to the end of the range, ascending. */
  from(startMs: number): Iterable<Interval>;
  /** Whether to count the expected points; otherwise there are none. */
  readonly countsExpected: boolean;
  /** How many points a series has in a complete bucket; with rollups it follows from each series' own step. */
  counter?(): (bucket: Interval) => number;
  /** Time zone of the delivery days. */
  readonly timeZone: string;
}

/** The maximum number of rows per statement, unless a single bucket has more. */
const ROWS_AT_ONCE = 20_000;
/** The maximum number of chunks of rollups, or of points between them, per statement. */
const PIECES_AT_ONCE = 60;

/** Start and end of the bucket, series, one cell per function, points that have a value, points expected; by start and series. */
export async function* readBuckets(
  sql: Sql,
  selection: PointSelection,
  buckets: Buckets,
  { after, limit }: Page,
): AsyncGenerator<Cells[]> {
  const gates = await gatesInRange(sql, selection);
  const series = await seriesInRange(sql, selection, gates);
  const fromMs = Math.max(selection.from.getTime(), after ? Date.parse(String(after[0])) : 0);
  if (series.length === 0 || fromMs >= selection.to.getTime()) return;
  let skip = after ? series.indexOf(String(after[1])) + 1 : 0;
  let left = limit ?? Number.POSITIVE_INFINITY;
  const read = (selection.hasRollups ? byRollups : byPoints)(sql, selection, buckets, gates);
  const most = Math.min(ROWS_AT_ONCE, left + skip) / series.length;
  for (const group of groupsOf(buckets.from(fromMs), most, read.piecesOf)) {
    const { values, expected } = await read.group(group);
    const rows = group.buckets.flatMap((bucket, index) =>
      rowsOf(bucket, series, values[index], buckets, (name) => expected(index, name)),
    );
    const wanted = rows.slice(skip, skip + left);
    skip = 0;
    left -= wanted.length;
    if (wanted.length > 0) yield wanted;
    if (left <= 0) return;
  }
}

/** Adjacent buckets, and what they are computed from. */
interface Group {
  readonly buckets: readonly Interval[];
  readonly pieces: readonly Piece[];
}

/** A way to read buckets. */
interface Reading {
  group(group: Group): Promise<{
    readonly values: readonly ValuesOfBucket[];
    expected(bucket: number, series: string): number;
  }>;
  piecesOf(bucket: Interval): readonly Piece[];
}

function byPoints(
  sql: Sql,
  selection: PointSelection,
  { functions, countsExpected, counter }: Buckets,
  gates: readonly Gate[],
): Reading {
  const count = (countsExpected ? counter?.() : undefined) ?? (() => 0);
  return {
    async group({ buckets }) {
      const values = await valuesFromPoints(sql, selection, functions, buckets, gates);
      const counts = buckets.map(count);
      return { values, expected: (bucket) => counts[bucket] ?? 0 };
    },
    piecesOf: () => [],
  };
}

function byRollups(
  sql: Sql,
  selection: PointSelection,
  { functions, countsExpected, timeZone }: Buckets,
  gates: readonly Gate[],
): Reading {
  return {
    async group({ buckets, pieces }) {
      const by = { timeZone, gates };
      const values = await valuesFromRollups(sql, selection, functions, buckets, pieces, by);
      const counts = countsExpected ? await expectedByRollups(sql, selection, buckets, timeZone) : [];
      return { values, expected: (bucket, series) => counts[bucket]?.get(series) ?? 0 };
    },
    piecesOf: pieceMaker(timeZone),
  };
}

function* groupsOf(
  buckets: Iterable<Interval>,
  size: number,
  piecesOf: Reading['piecesOf'],
): Generator<Group> {
  let group = { buckets: [] as Interval[], pieces: [] as Piece[] };
  for (const bucket of buckets) {
    group.buckets.push(bucket);
    addPieces(group.pieces, piecesOf(bucket));
    if (group.buckets.length < size && group.pieces.length < PIECES_AT_ONCE) continue;
    yield group;
    group = { buckets: [], pieces: [] };
  }
  if (group.buckets.length > 0) yield group;
}

function rowsOf(
  { startMs, endMs }: Interval,
  series: readonly string[],
  values: ValuesOfBucket | undefined,
  { functions }: Buckets,
  expected: (series: string) => number,
): Cells[] {
  const [start, end] = [new Date(startMs).toISOString(), new Date(endMs).toISOString()];
  const nothing: Cell[] = [...functions.map((name) => (name === 'count' ? 0 : null)), 0];
  return series.map((name) => [start, end, name, ...(values?.get(name) ?? nothing), expected(name)]);
}

/** Names of the series that have an observation in the range, by name. */
async function seriesInRange(
  sql: Sql,
  { dataset, from, to, series, knowledge }: PointSelection,
  gates: readonly Gate[],
): Promise<string[]> {
  const { rows } = await sql.query<{ series: string }>(
    statement`select s.series
     from ops.series s
     cross join lateral (
       select from ${sourceOf(dataset, knowledge, gates)} o
       where o.series = s.series and o.starts_at >= ${from} and o.starts_at < ${to} limit 1
     ) found
     where s.dataset = ${dataset.id} and (${series}::text[] is null or s.series = any(${series}))
     order by s.series`,
  );
  return rows.map((row) => row.series);
}
