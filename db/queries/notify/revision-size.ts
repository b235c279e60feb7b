/** The size of a change of points, as a share of the earlier values. */
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';
import { storageOf } from '../../migration/storage.ts';

/** @returns null where all earlier values were zero. @param changeId of a change of `day`. */
export async function largestRelative(
  sql: Sql,
  dataset: string,
  day: CivilDay,
  changeId: number,
): Promise<number | null> {
  const { current, closed } = storageOf(dataset);
  // These instants include the delivery day in every zone, and exclude all other chunks.
  const { rows } = await sql.query<{ share: number | null }>(
    `select max(abs(n.value - c.value) / nullif(abs(c.value), 0)) as share
     from ${closed} c
     join (
       select series_id, starts_at, value from ${current}
       where starts_at >= $1::date - interval '1 day' and starts_at < $1::date + interval '3 days' and change_id = $2
       union all
       select series_id, starts_at, value from ${closed}
       where starts_at >= $1::date - interval '1 day' and starts_at < $1::date + interval '3 days' and change_id = $2
     ) n using (series_id, starts_at)
     where c.starts_at >= $1::date - interval '1 day' and c.starts_at < $1::date + interval '3 days' and c.closed_by = $2`,
    [day, changeId],
  );
  return onlyRow(rows).share;
}
