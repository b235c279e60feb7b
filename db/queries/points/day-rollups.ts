/** What day rollups show: how many points each day has, and how many it should have. */

import type { DayOfRows } from '../../../domain/time/chunks.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import type { Sql } from '../../connection/client.ts';
import { storageOf } from '../../migration/storage.ts';
import type { PointSelection } from '../answers/rows.ts';

/** How many rows each day of a range has, ascending; days without any are left out. */
export async function rowsOfDays(
  sql: Sql,
  { dataset, from, to, series }: Pick<PointSelection, 'dataset' | 'from' | 'to' | 'series'>,
): Promise<DayOfRows[]> {
  const { rows } = await sql.query<{ starts: Date; ends: Date; rows: number }>(
    `select d.starts_at as starts, d.ends_at as ends, sum(d.published)::int8 as rows
     from ${storageOf(dataset.id).daily} d
     where ($3::text[] is null or d.series = any($3))
       and d.delivery_day >= $1::timestamptz::date - 1 and d.delivery_day <= $2::timestamptz::date + 1
       and d.ends_at > $1 and d.starts_at < $2
     group by 1, 2 order by 1`,
    [from, to, series],
  );
  return rows.map(({ starts, ends, rows }) => ({ startMs: starts.getTime(), endMs: ends.getTime(), rows }));
}

/**
 * The coarsest distance of points between two days, and its series; undefined without any.
 * @param series only these; null: all of them. A day with one or two points does not show how far apart they should be.
 */
export async function coarsestStep(
  sql: Sql,
  dataset: string,
  { first, last }: { readonly first: CivilDay; readonly last: CivilDay },
  series: readonly string[] | null,
): Promise<{ readonly series: string; readonly seconds: number } | undefined> {
  const { rows } = await sql.query<{ series: string; seconds: number }>(
    `select s.series, max(d.step_seconds) as seconds
     from ${storageOf(dataset).days} d
     join ops.series s on s.id = d.series_id
     where s.dataset = $1 and ($4::text[] is null or s.series = any($4))
       and d.delivery_day between $2 and $3 and d.published > 2
     group by 1 order by 2 desc, 1 limit 1`,
    [dataset, first, last, series],
  );
  return rows[0];
}

/** The distance of points of each series on some days. A day with a few of them does not show how far apart they should be. */
export async function stepsOfDays(
  sql: Sql,
  dataset: string,
  days: readonly CivilDay[],
): Promise<{ readonly day: CivilDay; readonly series: string; readonly seconds: number }[]> {
  if (days.length === 0) return [];
  const { rows } = await sql.query<{ day: CivilDay; series: string; seconds: number }>(
    `select d.delivery_day as day, s.series, d.step_seconds as seconds
     from ${storageOf(dataset).days} d
     join ops.series s on s.id = d.series_id
     where d.delivery_day = any($1::date[]) and d.published > 3`,
    [days],
  );
  return rows;
}

export interface DayCompleteness {
  readonly day: CivilDay;
  /** Points that the series of the day have when none is missing. */
  readonly expected: number;
  /** Points that have a value. */
  readonly present: number;
  /** Some series lacks a value somewhere. */
  readonly hasGaps: boolean;
}

/**
 * The days of a range that have points, ascending.
 * @param series only these; null: all of them.
 */
export async function completenessOfDays(
  sql: Sql,
  dataset: string,
  { from, to }: { readonly from: CivilDay; readonly to: CivilDay },
  series: readonly string[] | null,
): Promise<DayCompleteness[]> {
  const { rows } = await sql.query<DayCompleteness>(
    `select d.delivery_day as day, sum(w.points)::int8 as expected, sum(d.count)::int8 as present,
       bool_or(d.count < w.points) as "hasGaps"
     from ${storageOf(dataset).days} d
     cross join lateral (select ceil((extract(epoch from d.ends_at - d.starts_at) - d.offset_seconds) / d.step_seconds)::int as points) w
     where d.series_id = any(array(
         select id from ops.series where dataset = $1 and ($4::text[] is null or series = any($4))))
       and d.delivery_day between $2 and $3
     group by 1 order by 1`,
    [dataset, from, to, series],
  );
  return rows;
}
