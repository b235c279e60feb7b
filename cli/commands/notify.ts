/** `tidemark notify`: receivers of notifications. */
import type { Command } from 'commander';
import { transaction } from '../../db/connection/client.ts';
import { deliveries, listReceivers, removeReceiver } from '../../db/queries/notify/receivers.ts';
import {
  CHANNELS,
  type Channel,
  describeScope,
  type ReceiverFault,
  receiverFaults,
} from '../../domain/notify/receiver.ts';
import { addReceiver, tryReceiver } from '../../notify/receivers.ts';
import { operator, repeatable } from '../arguments.ts';
import type { CliContext, Run } from '../context.ts';
import { instant, table } from '../table.ts';
import { UsageError } from '../usage-error.ts';

interface By {
  readonly by?: string;
  readonly json?: true;
}

interface AddOptions extends By {
  readonly name: string;
  readonly channel: string;
  readonly to?: string;
  readonly dataset?: readonly string[];
}

export function notifyCommand(notify: Command, run: Run): void {
  addCommand(notify, run);
  notify
    .command('list')
    .description('every receiver, and how it does; no address, because addresses are secrets')
    .option('--json', 'print JSON')
    .action((options: By) => run(options.json, (context) => list(context)));
  one(notify, run, 'test', 'send a message to one receiver, on the way that all others take');
  one(notify, run, 'remove', 'end a receiver, at once and permanently');
}

function addCommand(notify: Command, run: Run): void {
  notify
    .command('add')
    .description('add a receiver; the secret of its signatures is printed this once')
    .requiredOption('--name <name>', 'whose it is')
    .requiredOption('--channel <channel>', CHANNELS.join(', '))
    .option(
      '--to <address>',
      'a URL, or a mailbox (default: the first line of standard input, which no list of processes shows)',
    )
    .option(
      '--dataset <id>',
      'only this dataset, a restricted one too; may be repeated (default: every open one, and the system)',
      repeatable,
    )
    .option('--by <name>', 'who adds it (default: your user name)')
    .option('--json', 'print JSON')
    .action((options: AddOptions) => run(options.json, (context) => add(context, options)));
}

/** Verbs about one receiver. */
type VerbOfOne = 'test' | 'remove';

function one(notify: Command, run: Run, verb: VerbOfOne, description: string): void {
  notify
    .command(verb)
    .description(description)
    .argument('<id>', 'as "tidemark notify list" shows it')
    .option('--by <name>', 'who does it (default: your user name)')
    .option('--json', 'print JSON')
    .action((id: string, options: By) =>
      run(options.json, (context) => actOnOne(context, verb, id, options.by)),
    );
}

const OPTIONS = { name: '--name', channel: '--channel', address: 'the address' } as const;

async function add(context: CliContext, { name, channel, to, dataset, by }: AddOptions): Promise<number> {
  const datasets = dataset?.map((id) => context.catalog.find(id).id) ?? null;
  const address = to ?? (await firstLine(context));
  const wrong = receiverFaults({ name, channel, address });
  if (wrong.length > 0) throw refusal(wrong);
  const wanted = { name: name.trim(), channel: channel as Channel, address, datasets };
  const made = await addReceiver(context.database(), context.config.notify, {
    ...wanted,
    createdBy: operator(by),
  });
  if ('faults' in made) throw refusal(made.faults);
  const { receiver, secret } = made;
  context.print({ ...receiver, secret }, () =>
    [
      `${receiver.id}: ${receiver.place} is told what needs a person: ${describeScope(receiver)}`,
      ...(secret ? [`  ${secret}`, 'The secret of its signatures is shown this once.'] : []),
      `Try it: npx tidemark notify test ${receiver.id}`,
    ].join('\n'),
  );
  return 0;
}

function refusal(faults: readonly ReceiverFault[]): UsageError {
  const messages = faults.map(({ field, value, hint }) =>
    value === undefined ? `${OPTIONS[field]} is wrong: ${hint}` : `${OPTIONS[field]} is "${value}": ${hint}`,
  );
  return new UsageError(messages.join('; '));
}

async function firstLine({ io }: CliContext): Promise<string> {
  let text = '';
  for await (const part of io.stdin) text += part;
  return text.split('\n')[0]?.trim() ?? '';
}

/** @throws UsageError where there is no such receiver. */
async function actOnOne(
  context: CliContext,
  verb: VerbOfOne,
  id: string,
  by: string | undefined,
): Promise<number> {
  const found = (await listReceivers(context.database())).find((each) => each.id === id);
  if (!found) throw new UsageError(`no receiver "${id}"; "npx tidemark notify list" shows their ids`);
  if (verb === 'test') await tryReceiver(context.database(), found, operator(by));
  else await transaction(context.database(), (sql) => removeReceiver(sql, id));
  const summary =
    verb === 'test'
      ? `${id} is sent a message within a minute; "npx tidemark notify list" shows whether it took it`
      : `${id} is removed; its address is forgotten`;
  context.print({ receiver: id, summary }, () => summary);
  return 0;
}

async function list(context: CliContext): Promise<number> {
  const how = new Map((await deliveries(context.database())).map((each) => [each.receiver, each]));
  const shown = (await listReceivers(context.database())).map((each) => ({ ...each, ...how.get(each.id) }));
  context.print(shown, () =>
    shown.length === 0
      ? 'nobody is notified; "npx tidemark notify add" adds a receiver'
      : table(
          ['id', 'name', 'by', 'to', 'is told of', 'last told', 'waiting', 'why'],
          shown.map((each) => [
            ...[each.id, each.name, each.channel, each.place, describeScope(each)],
            ...[instant(each.toldAt ?? null), each.waiting ?? 0, each.error ?? ''],
          ]),
        ),
  );
  return shown.some(({ error }) => error) ? 1 : 0;
}
