/** The stored points of each series on some days. */

import statement from 'sql-template-tag';
import type { Loaded, SeriesOfDay } from '../../../domain/days/coverage.ts';
import type { CivilDay, Interval } from '../../../domain/time/civil-day.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';
import { storageOf } from '../../migration/storage.ts';
import { conditionsOf, type RowSelection, sourceOf } from '../answers/relation.ts';

interface DaysToRead {
  readonly days: readonly CivilDay[];
  /** UTC starts of the intervals of each, milliseconds. */
  readonly grids: readonly (readonly number[])[];
  /** From the first to the last of them, half-open: keeps the query to their chunks. */
  readonly from: Date;
  readonly to: Date;
}

/**
 * The series of each day with points on it, quarantined points on it, or points in the week before it.
 * @param series only these; null: all of them.
 */
export async function seriesOfDays(
  sql: Sql,
  dataset: string,
  { days, grids, from, to }: DaysToRead,
  series: readonly string[] | null,
): Promise<(SeriesOfDay & { readonly day: CivilDay })[]> {
  const { current } = storageOf(dataset);
  const { rows } = await sql.query<Found>(
    `with wanted as (
       select id, series from ops.series where dataset = $1 and ($6::text[] is null or series = any($6))
     ), points as (
       select delivery_day as day, series_id, array_agg(ms) filter (where value is not null) as filled,
         array_agg(ms) filter (where value is null) as nulls
       from (
         select delivery_day, series_id, value, date_part('epoch', starts_at) * 1000 as ms
         from ${current}
         where starts_at >= $4 and starts_at < $5 and delivery_day = any($2)
           and ($6::text[] is null or series_id in (select id from wanted))
       ) p
       group by delivery_day, series_id
     ), held as (
       select day, series, array_agg(distinct date_part('epoch', starts_at) * 1000) as held
       from ops.finding
       where dataset = $1 and day = any($2) and severity = 'block' and resolution in ('open', 'waived')
         and series is not null and starts_at is not null
       group by day, series
     )
     select d.position - 1 as position, w.series,
       case when cardinality(p.filled) < d.intervals then p.filled when p.filled is null then '{}' end as filled,
       coalesce(p.nulls, '{}') as nulls, coalesce(h.held, '{}') as held
     from unnest($2::date[], $3::timestamptz[], $7::int[]) with ordinality as d(day, starts, intervals, position)
     cross join wanted w
     left join points p on p.day = d.day and p.series_id = w.id
     left join held h on h.day = d.day and h.series = w.series
     where p.day is not null or h.day is not null or exists (
       select from ${current} c
       where c.series_id = w.id and c.starts_at >= d.starts - interval '7 days' and c.starts_at < d.starts
         and c.starts_at >= $4::timestamptz - interval '7 days' and c.starts_at < $5
     )`,
    [
      ...[dataset, days, grids.map(([start = 0]) => new Date(start)), from, to, series],
      grids.map(({ length }) => length),
    ],
  );
  return rows.map(({ position, filled, ...row }) => ({
    ...row,
    day: days[position] as CivilDay,
    filled: filled ?? grids[position] ?? [],
  }));
}

interface Found extends Omit<SeriesOfDay, 'filled'> {
  readonly position: number;
  /** Null where every interval has a value: saves sending it. */
  readonly filled: readonly number[] | null;
}

/** A row of `catalog.coverage`: what is there of the units of a range, as readers find it in SQL. */
interface CatalogCoverage {
  readonly days: number;
  readonly loaded: Loaded;
  /** How many days are in each state; `none`: without a ledger row. */
  readonly states: Record<string, number>;
  readonly expected_points: number;
  readonly present_points: number;
  readonly quarantined_points: number;
}

/** @param first, last null: no bound @param at null: as of now */
export async function readCatalogCoverage(
  sql: Sql,
  dataset: string,
  { first, last }: { readonly first: CivilDay | null; readonly last: CivilDay | null },
  at: Date | null,
): Promise<CatalogCoverage | undefined> {
  const { rows } = await sql.query<CatalogCoverage>(
    `select days, loaded, states, expected_points, present_points, quarantined_points from catalog.coverage($1, $2, $3, $4)`,
    [dataset, first, last, at],
  );
  return rows[0];
}

// How many points a rule quarantines, of some days, series and instants.

interface QuarantinedOf {
  readonly first: CivilDay | null;
  readonly last: CivilDay | null;
  /** Instants, half-open. Null: no bound. */
  readonly from: Date | null;
  readonly to: Date | null;
  /** Series, or keys of records; null: all. */
  readonly names: readonly string[] | null;
}

export async function quarantinedPoints(
  sql: Sql,
  dataset: string,
  { first, last, from, to, names }: QuarantinedOf,
): Promise<number> {
  const { rows } = await sql.query<{ points: number }>(
    `select coalesce(sum(points), 0)::int8 as points from ops.finding
     where dataset = $1 and severity = 'block' and resolution = 'open'
       and ($2::date is null or day >= $2) and ($3::date is null or day <= $3)
       and ($4::timestamptz is null or starts_at is null or starts_at >= $4)
       and ($5::timestamptz is null or starts_at is null or starts_at < $5)
       and ($6::text[] is null or series = any($6))`,
    [dataset, first, last, from, to, names],
  );
  return onlyRow(rows).points;
}

// How many points with a value start in an interval.

/**
 * @param days only on these.
 * @param series only of these; null: of all.
 */
export async function countPoints(
  sql: Sql,
  dataset: string,
  { startMs, endMs }: Interval,
  days: readonly CivilDay[],
  series: readonly string[] | null,
): Promise<number> {
  if (days.length === 0) return 0;
  const { rows } = await sql.query<{ points: number }>(
    `select count(c.value)::int8 as points from ${storageOf(dataset).current} c
     where c.starts_at >= $2 and c.starts_at < $3 and c.delivery_day = any($4)
       and ($5::text[] is null or c.series_id = any(array(select id from ops.series where dataset = $1 and series = any($5))))`,
    [dataset, new Date(startMs), new Date(endMs), days, series],
  );
  return onlyRow(rows).points;
}

/** How many rows a selection of records has. */
export async function countRecords(sql: Sql, selection: RowSelection): Promise<number> {
  const { dataset, knowledge } = selection;
  const { rows } = await sql.query<{ records: number }>(
    statement`select count(*)::int8 as records from ${sourceOf(dataset, knowledge, [])} o where ${conditionsOf(selection)}`,
  );
  return onlyRow(rows).records;
}
