/** Which points of a day are missing, by name. */
import type { Sql } from '../../connection/client.ts';
import { storageOf } from '../../migration/storage.ts';
import type { DayScope } from '../points/observations.ts';

/** `absent`: not published · `null`: published without a value · `quarantined`: a rule keeps it out, whether or not a person has waived that. */
export type GapKind = 'absent' | 'null' | 'quarantined';

export interface MissingPoint {
  readonly series: string;
  readonly startsAt: Date;
  readonly kind: GapKind;
}

/**
 * The points of a day that have no value, by series and time. Expected are the series that had points on that day or in
 * the week before it: publishers add and drop series.
 * @param starts UTC starts of the day's intervals, milliseconds.
 */
export async function missingPoints(
  sql: Sql,
  { dataset, day, interval }: DayScope,
  starts: readonly number[],
): Promise<MissingPoint[]> {
  const { current } = storageOf(dataset);
  const { rows } = await sql.query<MissingPoint>(
    `select s.series, grid.starts_at as "startsAt",
       case when c.series_id is not null then 'null' when held.starts_at is not null then 'quarantined' else 'absent' end as kind
     from (
       select distinct series_id from ${current} where starts_at >= $3::timestamptz - interval '7 days' and starts_at < $4
     ) known
     join ops.series s on s.id = known.series_id
     cross join unnest($5::timestamptz[]) as grid(starts_at)
     left join ${current} c
       on c.series_id = known.series_id and c.starts_at = grid.starts_at and c.starts_at >= $3 and c.starts_at < $4
     left join (
       select distinct series, starts_at from ops.finding
       where dataset = $1 and day = $2 and severity = 'block' and resolution in ('open', 'waived')
     ) held on held.series = s.series and held.starts_at = grid.starts_at
     where c.value is null
     order by s.series, grid.starts_at`,
    [dataset, day, new Date(interval.startMs), new Date(interval.endMs), starts.map((ms) => new Date(ms))],
  );
  return rows;
}
