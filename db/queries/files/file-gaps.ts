/** The gaps in days of files: by each series' own step, including the edges of the day, without counting a day's seconds one by one. */
import { type Run, runsWithHeld } from '../../../domain/days/gaps.ts';
import type { Sql } from '../../connection/client.ts';
import { storageOf } from '../../migration/storage.ts';
import type { DayScope } from '../points/observations.ts';

/** `absent`: not in the file · `null`: published without a value · `quarantined`: a rule keeps it out. */
export type FileGapKind = 'absent' | 'null' | 'quarantined';

export interface FileGap extends Run<FileGapKind> {
  readonly stepMs: number;
}

/**
 * The gaps of the series that have points on a day, by series and time.
 * @param series only these; null: all of them.
 */
export async function gapsOfFiles(
  sql: Sql,
  scope: DayScope,
  series: readonly string[] | null,
): Promise<FileGap[]> {
  const missing = await missingRuns(sql, scope, series);
  const held = missing.length === 0 ? new Map<string, number[]>() : await heldPoints(sql, scope);
  return missing.flatMap((run) =>
    runsWithHeld(run, held.get(run.series) ?? [], run.stepMs).map((part) => ({ ...run, ...part })),
  );
}

/** Neighbours further apart than the step, and nulls in a row. */
async function missingRuns(
  sql: Sql,
  { dataset, day, interval }: DayScope,
  series: readonly string[] | null,
): Promise<(Run<'absent' | 'null'> & { stepMs: number })[]> {
  const { current, days } = storageOf(dataset);
  const { rows } = await sql.query<Run<'absent' | 'null'> & { stepMs: number }>(
    `with gappy as materialized (
       select d.series_id, s.series, make_interval(secs => d.step_seconds) as step,
         $3::timestamptz + make_interval(secs => d.offset_seconds) as first
       from ops.series s join ${days} d on d.series_id = s.id and d.delivery_day = $2
       where s.dataset = $1 and ($5::text[] is null or s.series = any($5))
         and d.count < ceil((extract(epoch from d.ends_at - d.starts_at) - d.offset_seconds) / d.step_seconds)
     ),
     points as materialized (
       select c.series_id, c.starts_at, c.value is null as is_null, lag(c.starts_at) over own as before,
         coalesce(lag(c.value is null) over own, false) as null_before
       from ${current} c
       where c.series_id = any(array(select series_id from gappy)) and c.starts_at >= $3 and c.starts_at < $4
       window own as (partition by c.series_id order by c.starts_at)
     ),
     absent as (
       select p.series_id, coalesce(p.before + g.step, g.first) as starts, p.starts_at as ends
       from points p join gappy g using (series_id)
       where p.starts_at >= coalesce(p.before + g.step, g.first) + g.step
       union all
       select p.series_id, max(p.starts_at) + g.step, $4
       from points p join gappy g using (series_id)
       group by p.series_id, g.step
       having max(p.starts_at) + g.step < $4
     ),
     nulls as (
       select series_id, min(starts_at) as starts, max(starts_at) + step as ends
       from (
         select p.*, g.step, count(*) filter (where not (p.null_before and p.starts_at = p.before + g.step))
           over (partition by p.series_id order by p.starts_at) as island
         from points p join gappy g using (series_id)
         where p.is_null
       ) i
       group by series_id, step, island
     )
     select g.series, f.kind, (extract(epoch from f.starts) * 1000)::float8 as "fromMs",
       (extract(epoch from f.ends) * 1000)::float8 as "toMs", (extract(epoch from g.step) * 1000)::float8 as "stepMs"
     from (select 'absent' as kind, * from absent union all select 'null', * from nulls) f
     join gappy g using (series_id)
     order by g.series, f.starts`,
    [dataset, day, new Date(interval.startMs), new Date(interval.endMs), series],
  );
  return rows;
}

/** Starts of points that a rule quarantines, by series, ascending. A day that has very many names only some of them. */
async function heldPoints(sql: Sql, { dataset, day }: DayScope): Promise<Map<string, number[]>> {
  const { rows } = await sql.query<{ series: string; held: number[] }>(
    `select series, array_agg(distinct (extract(epoch from starts_at) * 1000)::float8) as held
     from ops.finding
     where dataset = $1 and day = $2 and severity = 'block' and resolution in ('open', 'waived')
       and series is not null and starts_at is not null
     group by series`,
    [dataset, day],
  );
  return new Map(rows.map(({ series, held }) => [series, held.toSorted((a, b) => a - b)]));
}
