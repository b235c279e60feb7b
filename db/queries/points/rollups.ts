/**
 * Rollups of datasets that keep them: figures by hour and day of the current values, written in the same transaction as those. Both ways of
 * writing them give the same rows, bit for bit.
 */

import type { Figures, SeriesRollup } from '../../../domain/lines/rollup.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import type { Sql } from '../../connection/client.ts';
import { storageOf } from '../../migration/storage.ts';
import { type DayScope, numbers } from './observations.ts';

/**
 * Recomputes the rollups of a day from its current values.
 * @param finestSeconds the step of a series that has a single point.
 * @param touched series that may have changed; null: all.
 */
export async function refreshRollups(
  sql: Sql,
  scope: DayScope,
  finestSeconds: number,
  touched: readonly number[] | null = null,
): Promise<void> {
  await refreshHours(sql, scope, touched);
  await refreshDay(sql, scope, finestSeconds, touched);
}

async function refreshHours(
  sql: Sql,
  { dataset, day, interval }: DayScope,
  touched: readonly number[] | null,
): Promise<void> {
  const { current, hours } = storageOf(dataset);
  await sql.query(
    `with fresh as materialized (
       select c.series_id, greatest(date_trunc('hour', c.starts_at, 'UTC'), $2) as starts_at, count(c.value) as count,
         sum(c.value order by c.starts_at) as sum, min(c.value) as min, max(c.value) as max,
         first(c.value, c.starts_at) filter (where c.value is not null) as first,
         last(c.value, c.starts_at) filter (where c.value is not null) as last
       from ${current} c where c.starts_at >= $2 and c.starts_at < $3 and ($5::int[] is null or c.series_id = any($5))
       group by 1, 2
     ),
     gone as (
       delete from ${hours} h
       where h.series_id = any(coalesce($5, array(select id from ops.series where dataset = $1)))
         and h.starts_at >= $2 and h.starts_at < $3
         and not exists (select from fresh f where f.series_id = h.series_id and f.starts_at = h.starts_at)
     )
     insert into ${hours} as h (series_id, starts_at, delivery_day, count, sum, min, max, first, last)
     select series_id, starts_at, $4, count, sum, min, max, first, last from fresh
     on conflict (series_id, starts_at) do update set
       count = excluded.count, sum = excluded.sum, min = excluded.min, max = excluded.max, first = excluded.first,
       last = excluded.last
     where h is distinct from excluded`,
    [dataset, new Date(interval.startMs), new Date(interval.endMs), day, touched],
  );
}

/** From the values, not from the hours: a sum of sums would be rounded differently. */
async function refreshDay(
  sql: Sql,
  { dataset, day, interval }: DayScope,
  finestSeconds: number,
  touched: readonly number[] | null,
): Promise<void> {
  const { current, days } = storageOf(dataset);
  await sql.query(
    `with points as (
       select c.series_id, c.starts_at, c.value, extract(epoch from c.starts_at - lag(c.starts_at) over own)::int as distance
       from ${current} c where c.starts_at >= $2 and c.starts_at < $3 and ($6::int[] is null or c.series_id = any($6))
       window own as (partition by c.series_id order by c.starts_at)
     ),
     fresh as materialized (
       select p.series_id, coalesce(mode() within group (order by p.distance), $5) as step,
         extract(epoch from min(p.starts_at) - $2)::int as after_start, count(*) as published,
         count(p.value) as count, sum(p.value order by p.starts_at) as sum, min(p.value) as min, max(p.value) as max,
         first(p.value, p.starts_at) filter (where p.value is not null) as first,
         last(p.value, p.starts_at) filter (where p.value is not null) as last
       from points p
       group by p.series_id
     ),
     gone as (
       delete from ${days} d
       where d.series_id = any(coalesce($6, array(select id from ops.series where dataset = $1))) and d.delivery_day = $4
         and not exists (select from fresh f where f.series_id = d.series_id)
     )
     insert into ${days} as d (
       series_id, delivery_day, starts_at, ends_at, step_seconds, offset_seconds, published, count, sum, min, max, first, last)
     select series_id, $4, $2, $3, step, after_start % step, published, count, sum, min, max, first, last from fresh
     on conflict (series_id, delivery_day) do update set
       starts_at = excluded.starts_at, ends_at = excluded.ends_at, step_seconds = excluded.step_seconds,
       offset_seconds = excluded.offset_seconds,
       published = excluded.published, count = excluded.count, sum = excluded.sum, min = excluded.min,
       max = excluded.max, first = excluded.first, last = excluded.last
     where d is distinct from excluded`,
    [dataset, new Date(interval.startMs), new Date(interval.endMs), day, finestSeconds, touched],
  );
}

/** A load's points of a series and day that had none. */
export interface NewRollup extends SeriesRollup {
  readonly seriesId: number;
  readonly deliveryDay: CivilDay;
}

/** Writes the rollups of days that have none. */
export async function insertRollups(sql: Sql, dataset: string, rollups: readonly NewRollup[]): Promise<void> {
  await insertHours(sql, dataset, rollups);
  await insertDays(sql, dataset, rollups);
}

async function insertHours(sql: Sql, dataset: string, rollups: readonly NewRollup[]): Promise<void> {
  const { hours } = storageOf(dataset);
  const rows = rollups.flatMap(({ seriesId, deliveryDay, hours }) =>
    hours.map((hour) => ({ ...hour, seriesId, deliveryDay })),
  );
  await sql.query(
    `insert into ${hours} (series_id, delivery_day, starts_at, count, sum, min, max, first, last)
     select series_id, delivery_day, to_timestamp(at), count, sum, min, max, first, last
     from unnest(
       $1::int[], $2::date[], $3::float8[], $4::int[], $5::float8[], $6::float8[], $7::float8[], $8::float8[], $9::float8[]
     ) as r(series_id, delivery_day, at, count, sum, min, max, first, last)`,
    [...keys(rows), ...figures(rows)],
  );
}

async function insertDays(sql: Sql, dataset: string, rollups: readonly NewRollup[]): Promise<void> {
  const { days } = storageOf(dataset);
  const rows = rollups.map(({ seriesId, deliveryDay, day }) => ({ ...day, seriesId, deliveryDay }));
  await sql.query(
    `insert into ${days} (
       series_id, delivery_day, starts_at, count, sum, min, max, first, last, ends_at, step_seconds, offset_seconds, published)
     select series_id, delivery_day, to_timestamp(at), count, sum, min, max, first, last, to_timestamp(until), step, "offset", published
     from unnest(
       $1::int[], $2::date[], $3::float8[], $4::int[], $5::float8[], $6::float8[], $7::float8[], $8::float8[], $9::float8[],
       $10::float8[], $11::int[], $12::int[], $13::int[]
     ) as r(series_id, delivery_day, at, count, sum, min, max, first, last, until, step, "offset", published)`,
    [
      ...keys(rows),
      ...figures(rows),
      numbers(rows.map(({ endsAtMs }) => endsAtMs / 1000)),
      numbers(rows.map(({ stepSeconds }) => stepSeconds)),
      numbers(rows.map(({ offsetSeconds }) => offsetSeconds)),
      numbers(rows.map(({ published }) => published)),
    ],
  );
}

interface RollupKey {
  readonly seriesId: number;
  readonly deliveryDay: CivilDay;
  readonly startsAtMs: number;
}

function keys(rows: readonly RollupKey[]): string[] {
  return [
    numbers(rows.map(({ seriesId }) => seriesId)),
    numbers(rows.map(({ deliveryDay }) => deliveryDay)),
    numbers(rows.map(({ startsAtMs }) => startsAtMs / 1000)),
  ];
}

function figures(rows: readonly Figures[]): string[] {
  return (['count', 'sum', 'min', 'max', 'first', 'last'] as const).map((name) =>
    numbers(rows.map((row) => row[name])),
  );
}
