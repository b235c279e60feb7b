/** What `tidemark notify` does. */
import { transaction } from '../../db/connection/client.ts';
import { deliveries, listReceivers, removeReceiver } from '../../db/queries/notify/receivers.ts';
import {
  type Channel,
  describeScope,
  type ReceiverFault,
  receiverFaults,
} from '../../domain/notify/receiver.ts';
import { addReceiver, tryReceiver } from '../../notify/receivers.ts';
import type { AddOptions, VerbOfOne } from '../commands/notify.ts';
import type { CliContext } from '../context.ts';
import { operator } from '../operator.ts';
import { instant, table } from '../table.ts';
import { UsageError } from '../usage-error.ts';

const OPTIONS = { name: '--name', channel: '--channel', address: 'the address' } as const;

export async function add(
  context: CliContext,
  { name, channel, to, dataset, by }: AddOptions,
): Promise<number> {
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
export async function actOnOne(
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

export async function list(context: CliContext): Promise<number> {
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
