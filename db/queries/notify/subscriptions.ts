/** Subscriptions. Only `addressOf` reads the secret parts of one. */
import type { Subscription, SubscriptionSettings } from '../../../domain/notify/subscription.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';

const COLUMNS = `id, name, channel, place, kinds, datasets, severity, least_difference as "leastDifference",
  least_relative as "leastRelative", hours, digest, from_event as "fromEvent", created_at as "createdAt",
  created_by as "createdBy", paused_at as "pausedAt", paused_by as "pausedBy", paused_why as "pausedWhy"`;

export interface NewSubscription extends SubscriptionSettings {
  readonly id: string;
  readonly name: string;
  readonly place: string;
  readonly createdBy: string;
}

/** Stores a subscription; it gets events from now on. Call it while holding the lock of events, together with `keepSecret`. */
export async function insertSubscription(sql: Sql, wanted: NewSubscription): Promise<Subscription> {
  const { rows } = await sql.query<Subscription>(
    `insert into ops.subscription (id, name, channel, place, kinds, datasets, severity, least_difference, least_relative,
       hours, digest, created_by, from_event)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, (select coalesce(max(id), 0) from ops.event))
     returning ${COLUMNS}`,
    [
      ...[
        wanted.id,
        wanted.name,
        wanted.channel,
        wanted.place,
        wanted.kinds,
        wanted.datasets,
        wanted.severity,
      ],
      ...[
        wanted.leastDifference,
        wanted.leastRelative,
        wanted.hours && JSON.stringify(wanted.hours),
        wanted.digest,
      ],
      wanted.createdBy,
    ],
  );
  return onlyRow(rows);
}

export interface Address {
  readonly address: string;
  /** Signing key; null without signatures. */
  readonly secret: string | null;
}

export async function keepSecret(sql: Sql, id: string, { address, secret }: Address): Promise<void> {
  await sql.query(
    'insert into ops.subscription_secret (subscription_id, address, secret) values ($1, $2, $3)',
    [id, address, secret],
  );
}

/** Only for sending; never for an answer, a log or a history. @returns undefined when the subscription was removed. */
export async function addressOf(sql: Sql, id: string): Promise<Address | undefined> {
  const { rows } = await sql.query<Address>(
    'select address, secret from ops.subscription_secret where subscription_id = $1',
    [id],
  );
  return rows[0];
}

/** Those that are not removed, in order of creation. */
export async function listSubscriptions(sql: Sql): Promise<Subscription[]> {
  const { rows } = await sql.query<Subscription>(
    `select ${COLUMNS} from ops.subscription where removed_at is null order by created_at, id`,
  );
  return rows;
}

/** @param why null resumes it. @returns undefined when there is none. */
export async function pauseSubscription(
  sql: Sql,
  id: string,
  pause: { readonly by: string; readonly why: string } | null,
): Promise<Subscription | undefined> {
  const { rows } = await sql.query<Subscription>(
    `update ops.subscription
     set paused_at = case when $2::text is null then null else coalesce(paused_at, clock_timestamp()) end,
       paused_by = $2, paused_why = $3
     where id = $1 and removed_at is null
     returning ${COLUMNS}`,
    [id, pause?.by ?? null, pause?.why ?? null],
  );
  return rows[0];
}

/** Ends a subscription: its address is deleted, and unsent messages are dropped. Call it in a transaction. */
export async function removeSubscription(
  sql: Sql,
  id: string,
  by: string,
): Promise<Subscription | undefined> {
  await sql.query('delete from ops.subscription_secret where subscription_id = $1', [id]);
  await sql.query(`delete from ops.message where subscription_id = $1 and state = 'pending'`, [id]);
  const { rows } = await sql.query<Subscription>(
    `update ops.subscription set removed_at = clock_timestamp(), removed_by = $2
     where id = $1 and removed_at is null
     returning ${COLUMNS}`,
    [id, by],
  );
  return rows[0];
}
