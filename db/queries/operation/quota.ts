/** The quota of a host: slots shared by all workers, in the database so that they outlive them. */
import type { Urgency } from '../../../domain/workflow/urgency.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';

/** Who asks for a slot: a step of a run. */
export interface Asker {
  readonly runId: string;
  readonly activityId: string;
  readonly urgency: Urgency;
}

/** The answer to a request that wants a slot of the quota. */
export interface Turn {
  /** 0: it has its slot, and is sent now. Else it asks again after so many milliseconds, at most two minutes. */
  readonly waitMs: number;
  /** How many requests go before it. */
  readonly ahead: number;
  /** About when its turn is, milliseconds from now. */
  readonly beginsInMs: number;
}

/** Takes a slot of a host's quota for a step of a run, if it is its turn; else it keeps its place in the queue. */
export async function takeSlot(sql: Sql, host: string, { runId, activityId, urgency }: Asker): Promise<Turn> {
  const { rows } = await sql.query<Turn & { waitMs: number | null }>(
    `select wait_ms as "waitMs", ahead, begins_in_ms as "beginsInMs" from ops.take_slot($1, $2, $3, $4)`,
    [host, runId, activityId, urgency],
  );
  const turn = onlyRow(rows);
  if (turn.waitMs === null) throw new Error(`host "${host}" has no request slots: it was never registered`);
  return turn;
}

/** Gives back the places of a run that has ended. */
export async function leaveQueue(sql: Sql, runId: string): Promise<void> {
  await sql.query('delete from ops.request_queue where run_id = $1', [runId]);
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
