/** Receivers of notifications, and how they do. Only `addressOf` reads the secret parts of one. */
import type { Receiver } from '../../../domain/notify/receiver.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';
import type { Claim } from './told.ts';

const COLUMNS = `id, name, channel, place, datasets, created_at as "createdAt", created_by as "createdBy"`;

export interface Address {
  readonly address: string;
  /** Signing key; null without signatures. */
  readonly secret: string | null;
}

/** Call it in a transaction. */
export async function insertReceiver(
  sql: Sql,
  { id, name, channel, place, datasets, createdBy }: Omit<Receiver, 'createdAt'>,
  { address, secret }: Address,
): Promise<Receiver> {
  const { rows } = await sql.query<Receiver>(
    `insert into ops.receiver (id, name, channel, place, datasets, created_by)
     values ($1, $2, $3, $4, $5, $6) returning ${COLUMNS}`,
    [id, name, channel, place, datasets, createdBy],
  );
  await sql.query('insert into ops.receiver_secret (receiver_id, address, secret) values ($1, $2, $3)', [
    ...[id, address, secret],
  ]);
  return onlyRow(rows);
}

/**
 * Where a message goes that this attempt has claimed. Only for sending; never for an answer, a log or a history.
 * @returns undefined when the receiver was removed, and when a later attempt has begun or has sent it.
 */
export async function addressOf(
  sql: Sql,
  id: string,
  { attempt, message }: Claim,
): Promise<(Address & Pick<Receiver, 'channel'>) | undefined> {
  const { rows } = await sql.query<Address & Pick<Receiver, 'channel'>>(
    `select r.channel, s.address, s.secret
     from ops.told t join ops.receiver r on r.id = t.receiver_id join ops.receiver_secret s using (receiver_id)
     where t.id = $1 and t.attempts = $2 and t.over_told_at is null and ($3 or t.told_at is null)`,
    [id, attempt, message.phase === 'over'],
  );
  return rows[0];
}

/** In order of creation. */
export async function listReceivers(sql: Sql): Promise<Receiver[]> {
  const { rows } = await sql.query<Receiver>(`select ${COLUMNS} from ops.receiver order by created_at, id`);
  return rows;
}

/** Ends a receiver at once: its address, and what it was told, are deleted. */
export async function removeReceiver(sql: Sql, id: string): Promise<void> {
  await sql.query('delete from ops.receiver where id = $1', [id]);
}

/** Records that incidents were compared with what receivers were told. */
export async function noteChecked(sql: Sql): Promise<void> {
  await sql.query('update ops.receiver set checked_at = clock_timestamp()');
}

/** How a receiver does. Lengths of time are taken by the database's clock. */
export interface Delivery {
  readonly receiver: string;
  readonly toldAt: Date | null;
  /** Messages that it should have. */
  readonly waiting: number;
  readonly waitingSince: Date | null;
  readonly waitingSeconds: number | null;
  /** Since incidents were last compared with what it was told, or since it was made. */
  readonly uncheckedSeconds: number;
  /** Why the last attempt failed. */
  readonly error: string | null;
}

export async function deliveries(sql: Sql): Promise<Delivery[]> {
  const { rows } = await sql.query<Delivery>(
    `select r.id as receiver, greatest(max(t.told_at), max(t.over_told_at)) as "toldAt",
       count(t.id) filter (where t.due) as waiting, min(t.since) filter (where t.due) as "waitingSince",
       extract(epoch from clock_timestamp() - min(t.since) filter (where t.due))::float8 as "waitingSeconds",
       extract(epoch from clock_timestamp() - coalesce(r.checked_at, r.created_at))::float8 as "uncheckedSeconds",
       (array_agg(t.error order by t.tried_at desc) filter (where t.due and t.error is not null))[1] as error
     from ops.receiver r
     left join lateral (
       select *, coalesce(over_at, opened_at) as since,
         case when over_at is null then told_at is null else over_told_at is null end as due
       from ops.told where receiver_id = r.id
     ) t on true
     group by r.id order by r.id`,
  );
  return rows;
}
