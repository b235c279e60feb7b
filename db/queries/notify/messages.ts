/** Messages to subscriptions. One statement each for creating, sending and ending them. */
import { onlyRow, type Sql } from '../../connection/client.ts';

export interface Message {
  readonly id: number;
  readonly subscription: string;
  /** The key by which a receiver recognises it. */
  readonly key: string;
  /** Messages of a lane are sent one after the other. */
  readonly lane: string;
  readonly events: readonly number[];
  readonly dueAt: Date;
  readonly state: 'pending' | 'sent' | 'dead';
  readonly attempts: number;
  readonly triedAt: Date | null;
  readonly endedAt: Date | null;
  readonly error: string | null;
}

const COLUMNS = `m.id, m.subscription_id as subscription, m.key, m.lane, array_to_json(m.events) as events, m.due_at as "dueAt", m.state, m.attempts,
  m.tried_at as "triedAt", m.ended_at as "endedAt", m.error`;

/** Creates a message for an event; an existing one is left alone. */
export async function addMessage(
  sql: Sql,
  {
    subscription,
    key,
    lane,
    event,
    dueMs,
  }: { subscription: string; key: string; lane: string; event: number; dueMs: number },
): Promise<void> {
  await sql.query(
    `insert into ops.message (subscription_id, key, lane, events, due_at) values ($1, $2, $3, array[$4::bigint], $5)
     on conflict (subscription_id, key) do nothing`,
    [subscription, key, lane, event, new Date(dueMs)],
  );
}

/** Adds an event to a digest. @returns false when that was sent, or is being sent, meanwhile: then it belongs to the next one. */
export async function addToDigest(
  sql: Sql,
  { subscription, key, event, dueMs }: { subscription: string; key: string; event: number; dueMs: number },
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `insert into ops.message as m (subscription_id, key, lane, events, due_at)
     values ($1, $2, 'digest', array[$3::bigint], $4)
     on conflict (subscription_id, key) do update set events = m.events || excluded.events
       where m.state = 'pending' and m.attempts = 0`,
    [subscription, key, event, new Date(dueMs)],
  );
  return rowCount === 1;
}

/** A lane of a subscription with something to send now. */
export interface Lane {
  readonly subscription: string;
  readonly lane: string;
}

/**
 * Lanes with messages that are due, of subscriptions that are not paused.
 * @param fresh only lanes whose next message was not tried yet: others are at work, or wait for their next attempt.
 */
export async function dueLanes(sql: Sql, limit: number, fresh = false): Promise<Lane[]> {
  const { rows } = await sql.query<Lane>(
    `select m.subscription_id as subscription, m.lane
     from ops.message m
     join ops.subscription s on s.id = m.subscription_id and s.paused_at is null and s.removed_at is null
     where m.state = 'pending' and m.due_at <= clock_timestamp()
     group by 1, 2 having not $2 or (array_agg(m.attempts order by m.id))[1] = 0
     order by min(m.id) limit $1`,
    [limit, fresh],
  );
  return rows;
}

/** The oldest messages of a lane that are due, in order; none of a paused subscription. */
export async function dueMessages(sql: Sql, { subscription, lane }: Lane, limit: number): Promise<Message[]> {
  const { rows } = await sql.query<Message>(
    `select ${COLUMNS}
     from ops.message m
     join ops.subscription s on s.id = m.subscription_id and s.paused_at is null and s.removed_at is null
     where m.subscription_id = $1 and m.lane = $2 and m.state = 'pending' and m.due_at <= clock_timestamp()
     order by m.id limit $3`,
    [subscription, lane, limit],
  );
  return rows;
}

/** Marks a message as being sent: nothing is added to it from now on. @returns undefined unless it is waiting to be sent. */
export async function beginAttempt(sql: Sql, id: number): Promise<Message | undefined> {
  const { rows } = await sql.query<Message>(
    `update ops.message m set attempts = attempts + 1, tried_at = clock_timestamp()
     where m.id = $1 and m.state = 'pending'
       and exists (select from ops.subscription s where s.id = m.subscription_id and s.paused_at is null and s.removed_at is null)
     returning ${COLUMNS}`,
    [id],
  );
  return rows[0];
}

export async function noteSent(sql: Sql, id: number): Promise<void> {
  await sql.query(
    `update ops.message set state = 'sent', ended_at = clock_timestamp(), error = null where id = $1 and state = 'pending'`,
    [id],
  );
}

/** @param isLast whether it is given up: then it is a dead letter. */
export async function noteFailure(sql: Sql, id: number, error: string, isLast: boolean): Promise<void> {
  await sql.query(
    `update ops.message
     set error = $2, state = case when $3 then 'dead' else state end, ended_at = case when $3 then clock_timestamp() end
     where id = $1 and state = 'pending'`,
    [id, error, isLast],
  );
}

export interface MessageQuestion {
  readonly state: Message['state'] | null;
  readonly subscription: string | null;
  readonly limit: number;
}

/** Messages, newest first. */
export async function listMessages(
  sql: Sql,
  { state, subscription, limit }: MessageQuestion,
): Promise<Message[]> {
  const { rows } = await sql.query<Message>(
    `select ${COLUMNS} from ops.message m
     where ($1::text is null or m.state = $1) and ($2::text is null or m.subscription_id = $2)
     order by m.id desc limit $3`,
    [state, subscription, limit],
  );
  return rows;
}

/** Sends dead letters again, under the same keys. @param ids null: all of them. @returns how many. */
export async function resendDead(
  sql: Sql,
  ids: readonly number[] | null,
  subscription: string | null,
): Promise<number> {
  const { rowCount } = await sql.query(
    `update ops.message set state = 'pending', attempts = 0, due_at = clock_timestamp(), ended_at = null
     where state = 'dead' and ($1::bigint[] is null or id = any($1)) and ($2::text is null or subscription_id = $2)
       and exists (select from ops.subscription_secret k where k.subscription_id = ops.message.subscription_id)`,
    [ids, subscription],
  );
  return rowCount ?? 0;
}

/** Sends again what a subscription received since a cursor, under the same keys. @returns how many messages. */
export async function replayMessages(sql: Sql, subscription: string, since: number): Promise<number> {
  const { rowCount } = await sql.query(
    `update ops.message set state = 'pending', attempts = 0, due_at = clock_timestamp(), ended_at = null
     where subscription_id = $1 and state <> 'pending' and events[array_upper(events, 1)] > $2`,
    [subscription, since],
  );
  return rowCount ?? 0;
}

/** The delivery state of a subscription. */
export interface Delivery {
  readonly subscription: string;
  readonly pending: number;
  readonly dead: number;
  /** Since when the oldest due message has been waiting; null if there is none. */
  readonly waitingSince: Date | null;
  readonly sentAt: Date | null;
  readonly error: string | null;
}

/** The delivery state of each subscription that is not removed. */
export async function deliveries(sql: Sql): Promise<Delivery[]> {
  const { rows } = await sql.query<Delivery>(
    `select s.id as subscription, count(*) filter (where m.state = 'pending') as pending,
       count(*) filter (where m.state = 'dead') as dead,
       min(m.due_at) filter (where m.state = 'pending' and m.due_at <= clock_timestamp() and s.paused_at is null) as "waitingSince",
       max(m.ended_at) filter (where m.state = 'sent') as "sentAt",
       (array_agg(m.error order by m.tried_at desc) filter (where m.error is not null))[1] as error
     from ops.subscription s left join ops.message m on m.subscription_id = s.id
     where s.removed_at is null
     group by s.id order by s.id`,
  );
  return rows;
}

/** Deletes messages that were sent long ago. */
export async function dropOldMessages(sql: Sql, keepDays: number): Promise<void> {
  await sql.query(
    `delete from ops.message where state = 'sent' and ended_at < clock_timestamp() - make_interval(days => $1)`,
    [keepDays],
  );
}

/** How many moves wait to become events, and since when. */
export async function waitingMoves(sql: Sql): Promise<{ moves: number; since: Date | null }> {
  const { rows } = await sql.query<{ moves: number; since: Date | null }>(
    'select count(*) as moves, min(moved_at) as since from ops.move',
  );
  return onlyRow(rows);
}
