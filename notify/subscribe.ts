/** Creates and tests subscriptions, for the command and the API. */
import { randomUUID } from 'node:crypto';
import { type Database, transaction } from '../db/connection/client.ts';
import { lockEvents } from '../db/queries/notify/events.ts';
import { insertSubscription, keepSecret } from '../db/queries/notify/subscriptions.ts';
import { placeOf } from '../domain/notify/read-subscription.ts';
import type { Subscription, SubscriptionSettings } from '../domain/notify/subscription.ts';
import { collectEvent } from './collect.ts';
import { newSecret } from './signature.ts';

export interface Subscribed {
  readonly subscription: Subscription;
  /** Key of the signatures, shown this once; null where none are made. */
  readonly secret: string | null;
}

/** Creates a subscription for events from now on. */
export async function subscribe(
  database: Database,
  settings: SubscriptionSettings,
  { name, address, by }: { readonly name: string; readonly address: string; readonly by: string },
): Promise<Subscribed> {
  const id = `sub-${randomUUID().slice(0, 8)}`;
  const secret = settings.channel === 'webhook' ? newSecret() : null;
  const wanted = { ...settings, id, name, place: placeOf(settings.channel, address), createdBy: by };
  return await transaction(database, async (sql) => {
    // Under the lock, so that no event slips in between its cursor and the commit.
    await lockEvents(sql);
    const subscription = await insertSubscription(sql, wanted);
    await keepSecret(sql, id, { address, secret });
    return { subscription, secret };
  });
}

/** Sends a test message to one subscription, on the usual path. @returns its key. */
export async function trySubscription(
  database: Database,
  { id, name }: Subscription,
  by: string,
): Promise<string> {
  const key = `test:${id}:${randomUUID()}`;
  await collectEvent(database, {
    ...{ key, kind: 'test', phase: 'happened', severity: 'info', dataset: null, day: null },
    happenedAt: new Date(),
    ...{ largestDifference: null, largestRelative: null },
    summary: `${by} tries the subscription "${name}": all is well`,
    details: { subscription: id },
  });
  return key;
}
