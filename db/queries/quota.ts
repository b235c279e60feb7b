/** The source's quota: slots shared by all workers, in the database so that they outlive them. */
import { onlyRow, type Sql } from '../client.ts';

/**
 * Takes one slot of a source's quota.
 * @param live live polling may use the reserved slots too.
 * @returns how long to wait before asking, milliseconds. The slot is taken whether or not the caller asks.
 */
export async function takeSlot(sql: Sql, source: string, live: boolean): Promise<number> {
  const { rows } = await sql.query<{ wait_ms: number }>('select ops.take_slot($1, $2) as wait_ms', [
    source,
    live,
  ]);
  const waitMs = rows[0]?.wait_ms;
  if (waitMs == null) throw new Error(`source "${source}" has no request slots: it was never registered`);
  return waitMs;
}

/** Whether nobody may ask the source just now. */
export async function isHeld(sql: Sql, source: string): Promise<boolean> {
  const { rows } = await sql.query<{ held: boolean }>(
    'select coalesce(blocked_until > clock_timestamp(), false) as held from ops.source where source = $1',
    [source],
  );
  return onlyRow(rows).held;
}

/** Lets nobody ask the source for some time: it said that we ask too often. */
export async function holdSource(sql: Sql, source: string, forMs: number): Promise<void> {
  await sql.query(
    `update ops.source
     set blocked_until = greatest(blocked_until, clock_timestamp() + $2 * interval '1 ms')
     where source = $1`,
    [source, forMs],
  );
}
