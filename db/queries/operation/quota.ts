/** The quota of a host: slots shared by all workers, in the database so that they outlive them. */
import { onlyRow, type Sql } from '../../connection/client.ts';

/** A slot of the quota: one request, at one instant. */
export interface Slot {
  /** How long until then, milliseconds. */
  readonly waitMs: number;
  /** On the database's clock. */
  readonly startsAt: Date;
}

/** How late a request may use its slot. The slot is assigned again after a window and half a second (queries/catalog.ts). */
const LATEST_MS = 400;

/**
 * Takes one slot of a host's quota, even if the caller then sends no request.
 * @param live live polling may use the reserved slots too.
 */
export async function takeSlot(sql: Sql, host: string, live: boolean): Promise<Slot> {
  const { rows } = await sql.query<{ waitMs: number | null; startsAt: Date }>(
    `with taken as materialized (select ops.take_slot($1, $2) as wait_ms)
     select wait_ms as "waitMs", clock_timestamp() + wait_ms * interval '1 ms' as "startsAt" from taken`,
    [host, live],
  );
  const { waitMs, startsAt } = onlyRow(rows);
  if (waitMs === null) throw new Error(`host "${host}" has no request slots: it was never registered`);
  return { waitMs, startsAt };
}

/**
 * Whether a slot may be used now: the host is not blocked, and the slot's time has not passed while the whole process stood still. A later
 * request would exceed the quota together with those that use the slot next.
 */
export async function mayRequest(
  sql: Sql,
  host: string,
  { startsAt }: Pick<Slot, 'startsAt'>,
): Promise<boolean> {
  const { rows } = await sql.query<{ may: boolean }>(
    `select clock_timestamp() < $2::timestamptz + $3 * interval '1 ms'
       and coalesce(blocked_until <= clock_timestamp(), true) as may
     from ops.quota where host = $1`,
    [host, startsAt, LATEST_MS],
  );
  return onlyRow(rows).may;
}

/** A host whose quota was moved back with the database's clock. */
export interface SetBack {
  readonly host: string;
  /** When it was detected. */
  readonly at: Date;
  /** By how much at least, seconds. */
  readonly seconds: number;
}

/** Clock changes of the database detected within the last day. */
export async function clocksSetBack(sql: Sql): Promise<SetBack[]> {
  const { rows } = await sql.query<SetBack>(
    `select host, clock_set_back_at as at, extract(epoch from clock_set_back_by)::float8 as seconds
     from ops.quota
     where clock_set_back_at > clock_timestamp() - interval '1 day'
     order by clock_set_back_at desc`,
  );
  return rows;
}

/** Blocks all requests to the host for some time: it reported too many requests. */
export async function holdHost(sql: Sql, host: string, forMs: number): Promise<void> {
  await sql.query(
    `update ops.quota
     set blocked_until = greatest(blocked_until, clock_timestamp() + $2 * interval '1 ms'), held_at = clock_timestamp()
     where host = $1`,
    [host, forMs],
  );
}
