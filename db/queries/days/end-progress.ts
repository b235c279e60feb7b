/** Ends the progress of days whose deadline has passed while nothing new came. */
import type { Sql } from '../../connection/client.ts';

/**
 * Days in progress that were due before an instant are partial from now on. A day that is being written is left to its writer, and to the
 * next call. @returns how many there were.
 */
export async function endProgress(sql: Sql, now: Date): Promise<number> {
  const { rowCount } = await sql.query(
    `with due as materialized (
       select dataset, day from ops.delivery_day where due_at <= $1
     ), free as materialized (
       select dataset, day from due
       -- The same key as in lockDay.
       where pg_try_advisory_xact_lock(hashtextextended('tidemark.day ' || dataset || ' ' || day, 0))
     )
     update ops.delivery_day l set state = 'partial', due_at = null, due_points = null
     from free where l.dataset = free.dataset and l.day = free.day and l.due_at <= $1`,
    [now],
  );
  return rowCount ?? 0;
}
