/** `tidemark notify`: subscriptions, and messages that could not be delivered. */
import type { Command } from 'commander';
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
import type { CliContext } from '../context.ts';
import { operator, readReason } from '../operator.ts';
import type { Run } from '../program.ts';
import { instant, table } from '../table.ts';
import { UsageError } from '../usage-error.ts';
import { addCommand } from './notify-add.ts';

interface By {
  readonly by?: string;
  readonly json?: true;
}

export function notifyCommand(program: Command, run: Run): void {
  const notify = program
    .command('notify')
    .description('who is notified of what: subscribe, test, pause; messages that could not be sent');
  addCommand(notify, run);
  notify
    .command('list')
    .description('every subscription, and how it does; no address, because addresses are secrets')
    .option('--json', 'print JSON')
    .action((options: By) => run(options.json, list));
  one(notify, run, 'test', 'send a message to one subscription, on the way that all others take', tryOne);
  pauseCommand(notify, run);
  one(notify, run, 'resume', 'continue after a pause: messages that waited are sent now', resume);
  one(notify, run, 'remove', 'end a subscription, at once and permanently', remove);
  deadCommand(notify, run);
  replayCommand(notify, run);
}

type Act = (context: CliContext, found: Subscription, by: string) => Promise<string>;

function one(notify: Command, run: Run, verb: string, description: string, act: Act): void {
  notify
    .command(verb)
    .description(description)
    .argument('<id>', 'as "tidemark notify list" shows it')
    .option('--by <name>', 'who does it (default: your user name)')
    .option('--json', 'print JSON')
    .action((id: string, options: By) =>
      run(options.json, async (context) => {
        const summary = await act(context, await find(context, id), operator(options.by));
        context.print({ subscription: id, summary }, () => summary);
        return 0;
      }),
    );
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

function pauseCommand(notify: Command, run: Run): void {
  notify
    .command('pause')
    .description('send a subscription nothing until it is resumed; messages wait meanwhile')
    .argument('<id>', 'as "tidemark notify list" shows it')
    .requiredOption('--reason <text>', 'why; stands beside it')
    .option('--by <name>', 'who does it (default: your user name)')
    .option('--json', 'print JSON')
    .action((id: string, { by, reason, json }: By & { readonly reason: string }) =>
      run(json, async (context) => {
        const found = await find(context, id);
        const paused = await pauseSubscription(context.database(), found.id, {
          by: operator(by),
          why: readReason(reason),
        });
        context.print(paused, () => `${id} is paused; messages wait meanwhile`);
        return 0;
      }),
    );
}

function deadCommand(notify: Command, run: Run): void {
  notify
    .command('dead')
    .description(
      'messages that were given up, newest first; --resend sends them once more under the same keys',
    )
    .option('--subscription <id>', 'only those of one subscription')
    .option('--resend', 'send them again')
    .option('--limit <n>', 'how many to show (default: 50)')
    .option('--json', 'print JSON')
    .action((options: DeadOptions) => run(options.json, (context) => dead(context, options)));
}

interface DeadOptions {
  readonly subscription?: string;
  readonly resend?: true;
  readonly limit?: string;
  readonly json?: true;
}

async function dead(
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

function replayCommand(notify: Command, run: Run): void {
  notify
    .command('replay')
    .description('send a subscription the events after a cursor again, under the same keys')
    .argument('<id>', 'as "tidemark notify list" shows it')
    .requiredOption(
      '--since <cursor>',
      'the cursor of the last event that its receiver has; 0 for all that is kept',
    )
    .option('--json', 'print JSON')
    .action((id: string, { since, json }: { readonly since: string; readonly json?: true }) =>
      run(json, async (context) => {
        const found = await find(context, id);
        const messages = await replayMessages(context.database(), found.id, readCursor(since));
        context.print({ subscription: id, messages }, () => `${id}: ${messages} messages are sent again`);
        return 0;
      }),
    );
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

async function list(context: CliContext): Promise<number> {
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
