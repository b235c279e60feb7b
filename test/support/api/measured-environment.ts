/** Days of files as a load leaves them: current values, rollups and ledger, written without a file. */

import { storageOf } from '../../../db/migration/storage.ts';
import { type DayScope, numbers } from '../../../db/queries/points/observations.ts';
import { refreshRollups } from '../../../db/queries/points/rollups.ts';
import type { FiledPoints } from '../../../domain/dataset/points.ts';
import { type CivilDay, dayInterval } from '../../../domain/time/civil-day.ts';
import type { FoldedEnvironment } from './folded-environment.ts';

export interface MeasuredSeries {
  readonly series: string;
  /** Seconds from the start of the day, ascending. */
  readonly at: readonly number[];
  readonly values: readonly (number | null)[];
}

const KNOWN_AT = new Date('2026-11-01T00:00:00Z');

/** Makes these the values of a day; what it had is gone. */
export async function measure(
  testEnv: FoldedEnvironment,
  dataset: FiledPoints,
  day: CivilDay,
  measured: readonly MeasuredSeries[],
): Promise<void> {
  const { id } = dataset;
  const scope: DayScope = { dataset: id, day, interval: dayInterval(day, dataset.source.timeZone) };
  const { current } = storageOf(id);
  await testEnv.rows(
    `insert into ops.series (dataset, series, first_payload_id) select $1, unnest($2::text[]), 1 on conflict do nothing`,
    [id, measured.map(({ series }) => series)],
  );
  await testEnv.rows(`delete from ${current} where delivery_day = $1`, [day]);
  const [change] = await testEnv.rows<{ id: number }>(
    `with payload as (
       insert into ops.payload (dataset, day, fetched_at, last_seen_at, sha256, url, status, headers, size_bytes, encoding, bytes, kind)
       values ($1, $2, clock_timestamp(), clock_timestamp(), '', 'test', 200, '{}', 0, 'identity', '', 'points') returning id
     )
     insert into ops.change (dataset, day, payload_id, kind, new_points, revised_points, nulled_points, known_at)
     select $1, $2, id, 'published', 1, 0, 0, $3 from payload returning id`,
    [id, day, KNOWN_AT],
  );
  for (const { series, at, values } of measured)
    await testEnv.rows(
      `insert into ${current} (series_id, starts_at, delivery_day, value, change_id)
       select s.id, $3::timestamptz + at * interval '1 s', $4, value, $5
       from ops.series s, unnest($6::int[], $7::float8[]) as p(at, value)
       where s.dataset = $1 and s.series = $2 and $3::timestamptz + at * interval '1 s' < $8`,
      [
        id,
        series,
        new Date(scope.interval.startMs),
        day,
        change?.id,
        numbers(at),
        numbers(values),
        new Date(scope.interval.endMs),
      ],
    );
  await refreshRollups(testEnv.database, scope, dataset.finestSeconds);
  await testEnv.rows(
    `insert into ops.delivery_day (dataset, day, state, expected_points, present_points, first_published_at, last_changed_at)
     select $1, $2, case when sum(d.count) < sum(w.points) then 'partial' else 'complete' end, sum(w.points), sum(d.count), $3, $3
     from ${storageOf(id).days} d
     cross join lateral (select ceil((extract(epoch from d.ends_at - d.starts_at) - d.offset_seconds) / d.step_seconds)::int as points) w
     where d.delivery_day = $2
     having count(*) > 0
     on conflict (dataset, day) do update set
       state = excluded.state, expected_points = excluded.expected_points, present_points = excluded.present_points`,
    [id, day, KNOWN_AT],
  );
}

/** A series on a grid, whole unless `has` says otherwise. */
export function onGrid(
  series: string,
  stepSeconds: number,
  valueAt: (n: number) => number | null | undefined,
): MeasuredSeries {
  const all = Array.from({ length: Math.ceil((25 * 3600) / stepSeconds) }, (_, n) => n);
  const there = all.filter((n) => valueAt(n) !== undefined);
  return {
    series,
    at: there.map((n) => n * stepSeconds),
    values: there.map((n) => valueAt(n) ?? null),
  };
}
