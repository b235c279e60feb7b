/** What receivers are told. One statement each for planning, claiming, and recording what came of an attempt. */
import type { Incident } from '../../../domain/notify/incident.ts';
import type { Message, MessageCause } from '../../../domain/notify/message.ts';
import type { OpenTold, Plan } from '../../../domain/notify/plan.ts';
import type { Sql } from '../../connection/client.ts';

/** Waits for other sessions that plan, and blocks them until the transaction ends. */
export async function lockPlanning(sql: Sql): Promise<void> {
  await sql.query(`select pg_advisory_xact_lock(hashtextextended('tidemark.notify', 0))`);
}

/** What is not over yet, by receiver. Days that go wrong within an hour are one incident: an outage, a backfill of bad days. */
export async function openTold(sql: Sql): Promise<(OpenTold & { readonly receiver: string })[]> {
  const { rows } = await sql.query<OpenTold & { readonly receiver: string }>(
    `select id, receiver_id as receiver, cause, dataset, subject, days::text[],
       opened_at > clock_timestamp() - interval '1 hour' as "isFresh"
     from ops.told where over_at is null and cause <> 'test' order by opened_at, id`,
  );
  return rows;
}

export async function insertTold(
  sql: Sql,
  receiver: string,
  { cause, dataset, subject, days }: Pick<Incident, 'dataset' | 'subject' | 'days'> & { cause: MessageCause },
  summary: string,
): Promise<void> {
  await sql.query(
    'insert into ops.told (receiver_id, cause, dataset, subject, days, summary) values ($1, $2, $3, $4, $5, $6)',
    [receiver, cause, dataset, subject, days, summary],
  );
}

/** Stores what joined and what is over. What was over before anybody was told leaves without a message. */
export async function updateTold(sql: Sql, { grown, over }: Pick<Plan, 'grown' | 'over'>): Promise<void> {
  for (const { id, days } of grown)
    await sql.query('update ops.told set days = $2 where id = $1', [id, days]);
  await sql.query('delete from ops.told where id = any($1) and attempts = 0 and told_at is null', [over]);
  await sql.query('update ops.told set over_at = clock_timestamp() where id = any($1)', [over]);
}

/** After an attempt half a minute passes, then twice as long each time, up to an hour. */
const IS_DUE = `case when t.over_at is null then t.told_at is null else t.over_told_at is null end
  and (t.attempts = 0 or t.tried_at < clock_timestamp() - least(interval '1 hour',
    interval '30 seconds' * 2 ^ least(t.attempts - 1, 10)))`;

export interface DueMessage {
  readonly id: string;
  readonly receiver: string;
}

/** Messages to be sent now, oldest first. */
export async function dueMessages(sql: Sql, limit: number): Promise<DueMessage[]> {
  const { rows } = await sql.query<DueMessage>(
    `select t.id, t.receiver_id as receiver from ops.told t where ${IS_DUE}
     order by coalesce(t.over_at, t.opened_at), t.id limit $1`,
    [limit],
  );
  return rows;
}

export interface Claim {
  /** Which attempt it is: only the newest one records what came of it. */
  readonly attempt: number;
  readonly message: Message;
}

type ClaimedRow = Omit<Message, 'id' | 'phase'> & Pick<Claim, 'attempt'>;

/** Begins an attempt. @returns undefined unless the message is due: it was told, or another attempt has begun. */
export async function claimMessage(sql: Sql, id: string): Promise<Claim | undefined> {
  const { rows } = await sql.query<ClaimedRow>(
    `update ops.told t set attempts = t.attempts + 1, tried_at = clock_timestamp()
     where t.id = $1 and ${IS_DUE}
     returning t.attempts as attempt, t.cause, t.dataset, t.subject, t.days::text[],
       t.opened_at as "openedAt", t.over_at as "overAt", t.summary`,
    [id],
  );
  const [row] = rows;
  if (!row) return undefined;
  const { attempt, ...message } = row;
  const phase = row.overAt === null ? 'opened' : 'over';
  return { attempt, message: { ...message, id: [id, phase].join(':'), phase } };
}

/** Records that it was sent, unless a later attempt has begun. @returns whether it was recorded. */
export async function noteTold(sql: Sql, id: string, { attempt, message }: Claim): Promise<boolean> {
  const { rowCount } = await sql.query(
    message.phase === 'opened'
      ? `update ops.told set told_at = clock_timestamp(), attempts = 0, error = null,
           over_at = case when cause = 'test' then clock_timestamp() else over_at end,
           over_told_at = case when cause = 'test' then clock_timestamp() end
         where id = $1 and attempts = $2 and told_at is null and over_told_at is null`
      : `update ops.told set over_told_at = clock_timestamp(), attempts = 0, error = null
         where id = $1 and attempts = $2 and over_at is not null and over_told_at is null`,
    [id, attempt],
  );
  return rowCount === 1;
}

/** Records why it was not sent, unless a later attempt has begun. */
export async function noteNotTold(
  sql: Sql,
  id: string,
  { attempt, message }: Claim,
  error: string,
): Promise<void> {
  await sql.query(
    'update ops.told set error = $3 where id = $1 and attempts = $2 and (over_at is null) = $4',
    [id, attempt, error, message.phase === 'opened'],
  );
}

/** Deletes what was over long ago, told or not. */
export async function dropOldTold(sql: Sql, keepDays: number): Promise<void> {
  await sql.query('delete from ops.told where over_at < clock_timestamp() - make_interval(days => $1)', [
    keepDays,
  ]);
}
