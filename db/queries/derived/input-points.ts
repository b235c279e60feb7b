/** Points of an input as columns, and the payloads behind them. A day of seconds is two values of a row, not 86,400 rows. */
import type { CivilDay, Interval } from '../../../domain/time/civil-day.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';
import { storageOf } from '../../migration/storage.ts';

/** The latest knowledge in a snapshot. */
export interface KnownUpTo {
  readonly cursor: number;
  readonly settledAt: Date;
}

export async function knownUpTo(sql: Sql): Promise<KnownUpTo> {
  const { rows } = await sql.query<KnownUpTo>('select cursor, settled_at as "settledAt" from ops.clock');
  return onlyRow(rows);
}

export interface SeriesColumns {
  readonly series: string;
  /** Milliseconds UTC, ascending. */
  readonly startsAtMs: Float64Array;
  /** NaN stands for a null. */
  readonly values: Float64Array;
}

/** Current values of a dataset that start within an interval, by series. */
export async function inputColumns(
  sql: Sql,
  dataset: string,
  { startMs, endMs }: Interval,
): Promise<SeriesColumns[]> {
  const { rows } = await sql.query<{ series: string; starts: Buffer; values: Buffer }>(
    `with points as (
       select series_id, starts_at, value from ${storageOf(dataset).current}
       where starts_at >= $2 and starts_at < $3
       order by series_id, starts_at
     ), columns as (
       select series_id,
         string_agg(float8send(date_part('epoch', starts_at) * 1000), ''::bytea) as starts,
         string_agg(float8send(coalesce(value, 'NaN')), ''::bytea) as values
       from points
       group by series_id
     )
     select s.series, c.starts, c.values
     from columns c
     join ops.series s on s.dataset = $1 and s.id = c.series_id
     order by s.series collate "C"`,
    [dataset, new Date(startMs), new Date(endMs)],
  );
  return rows.map(({ series, starts, values }) => ({
    ...{ series, startsAtMs: inOrder(series, columnOf(starts)), values: columnOf(values) },
  }));
}

/** Sorting within the aggregates would double the cost; they usually keep the order of their rows, so check that first. */
function inOrder(series: string, startsAtMs: Float64Array): Float64Array {
  if (startsAtMs.every((ms, i) => i === 0 || ms > (startsAtMs[i - 1] as number))) return startsAtMs;
  throw new Error(`values of ${series} did not come in order of time`);
}

/** Eight bytes per number, most significant first, as PostgreSQL sends them. */
function columnOf(bytes: Buffer): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float64Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(i * 8));
}

export interface DayChanges {
  readonly day: CivilDay;
  /** Ids of changes and of their payloads, ascending, each once. */
  readonly changes: readonly number[];
  readonly payloads: readonly number[];
}

/** The changes behind the current values of a dataset that start within an interval, by delivery day. */
export async function inputChanges(
  sql: Sql,
  dataset: string,
  { startMs, endMs }: Interval,
): Promise<DayChanges[]> {
  const { rows } = await sql.query<DayChanges>(
    `with brought as (
       select distinct delivery_day, change_id from ${storageOf(dataset).current} where starts_at >= $1 and starts_at < $2
     )
     select b.delivery_day as day, jsonb_agg(b.change_id order by b.change_id) as changes,
       coalesce(jsonb_agg(distinct k.payload_id) filter (where k.payload_id is not null), '[]') as payloads
     from brought b
     left join ops.change k on k.id = b.change_id
     group by b.delivery_day
     order by b.delivery_day`,
    [new Date(startMs), new Date(endMs)],
  );
  return rows;
}
