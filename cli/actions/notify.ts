/** What `tidemark notify` does, but for `add`. */
import { transaction } from '../../db/connection/client.ts';
import { deliveries, listMessages, replayMessages, resendDead } from '../../db/queries/notify/messages.ts';
import {
  listSubscriptions,
  pauseSubscription,
  removeSubscription,
} from '../../db/queries/notify/subscriptions.ts';
import { describeSubscription } from '../../domain/notify/describe.ts';
import type { Subscription } from '../../domain/notify/subscription.ts';
import { trySubscription } from '../../notify/subscribe.ts';
import { readCount } from '../arguments.ts';
import type { DeadOptions, PauseOptions, VerbOfOne } from '../commands/notify.ts';
import type { CliContext } from '../context.ts';
import { operator, readReason } from '../operator.ts';
import { instant, table } from '../table.ts';
import { UsageError } from '../usage-error.ts';

type Act = (context: CliContext, found: Subscription, by: string) => Promise<string>;

const ACTS: Readonly<Record<VerbOfOne, Act>> = { test: tryOne, resume, remove };

/** @throws UsageError where there is no such subscription. */
export async function actOnOne(
  context: CliContext,
  verb: VerbOfOne,
  id: string,
  by: string | undefined,
): Promise<number> {
  const summary = await ACTS[verb](context, await find(context, id), operator(by));
  context.print({ subscription: id, summary }, () => summary);
  return 0;
}

async function tryOne(context: CliContext, found: Subscription, by: string): Promise<string> {
  const key = await trySubscription(context.database(), found, by);
  return `${found.id}: a message with the key ${key} is on its way; "npx tidemark notify list" shows whether it was sent`;
}

async function resume(context: CliContext, { id }: Subscription): Promise<string> {
  await pauseSubscription(context.database(), id, null);
  return `${id} receives messages again; those that waited come first`;
}

async function remove(context: CliContext, { id }: Subscription, by: string): Promise<string> {
  await transaction(context.database(), (sql) => removeSubscription(sql, id, by));
  return `${id} is removed; its address is forgotten`;
}

export async function pause(context: CliContext, id: string, { by, reason }: PauseOptions): Promise<number> {
  const found = await find(context, id);
  const paused = await pauseSubscription(context.database(), found.id, {
    by: operator(by),
    why: readReason(reason),
  });
  context.print(paused, () => `${id} is paused; messages wait meanwhile`);
  return 0;
}

export async function dead(
  context: CliContext,
  { subscription, resend, limit = '50' }: DeadOptions,
): Promise<number> {
  const of = subscription === undefined ? null : (await find(context, subscription)).id;
  if (resend) {
    const sent = await resendDead(context.database(), null, of);
    context.print({ sent }, () => `${sent} messages are on their way again`);
    return 0;
  }
  const question = { state: 'dead', subscription: of, limit: readCount('--limit', limit) } as const;
  const found = await listMessages(context.database(), question);
  context.print(found, () =>
    found.length === 0
      ? 'there is no dead letter'
      : table(
          ['id', 'subscription', 'key', 'attempts', 'given up', 'why'],
          found.map((each) => [
            each.id,
            each.subscription,
            each.key,
            each.attempts,
            instant(each.endedAt),
            each.error ?? '',
          ]),
        ),
  );
  return found.length === 0 ? 0 : 1;
}

export async function replay(context: CliContext, id: string, since: string): Promise<number> {
  const found = await find(context, id);
  const messages = await replayMessages(context.database(), found.id, readCursor(since));
  context.print({ subscription: id, messages }, () => `${id}: ${messages} messages are sent again`);
  return 0;
}

function readCursor(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new UsageError(`--since is "${text}": write a cursor, a whole number of 0 or more`);
}

async function find(context: CliContext, id: string): Promise<Subscription> {
  const found = (await listSubscriptions(context.database())).find((each) => each.id === id);
  if (found) return found;
  throw new UsageError(`no subscription "${id}"; "npx tidemark notify list" shows their ids`);
}

export async function list(context: CliContext): Promise<number> {
  const [subscriptions, how] = await Promise.all([
    listSubscriptions(context.database()),
    deliveries(context.database()),
  ]);
  const shown = subscriptions.map((each) => ({
    ...each,
    ...how.find(({ subscription }) => subscription === each.id),
  }));
  context.print(shown, () =>
    shown.length === 0
      ? 'nobody is notified; "npx tidemark notify add" makes a subscription'
      : table(
          ['id', 'name', 'by', 'to', 'receives', 'last sent', 'waiting', 'dead'],
          shown.map((each) => [
            ...[each.id, each.name, each.channel, each.place],
            each.pausedAt
              ? `nothing: paused by ${each.pausedBy}: ${each.pausedWhy}`
              : describeSubscription(each),
            ...[instant(each.sentAt ?? null), each.pending ?? 0, each.dead ?? 0],
          ]),
        ),
  );
  return shown.some((each) => (each.dead ?? 0) > 0) ? 1 : 0;
}
