/** How many points with a value start in an interval. */
import type { CivilDay, Interval } from '../../../domain/time/civil-day.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';
import { storageOf } from '../../migration/storage.ts';

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
