/** What `tidemark notify add` does. */
import { describeSubscription } from '../../domain/notify/describe.ts';
import { readSubscription, type SubscriptionFault } from '../../domain/notify/read-subscription.ts';
import { subscribe } from '../../notify/subscribe.ts';
import type { Options } from '../commands/notify-add.ts';
import type { CliContext } from '../context.ts';
import { operator } from '../operator.ts';
import { UsageError } from '../usage-error.ts';

const OPTIONS: Readonly<Record<SubscriptionFault['field'], string>> = {
  channel: '--channel',
  address: 'the address',
  kinds: '--kind',
  datasets: '--dataset',
  severity: '--severity',
  leastDifference: '--least-difference',
  leastPercent: '--least-percent',
  hours: '--hours',
  timeZone: '--time-zone',
  workdays: '--workdays',
  digest: '--digest',
};

export async function add(context: CliContext, options: Options): Promise<number> {
  const { name, kind, leastDifference, leastPercent, by, dataset } = options;
  const datasets = dataset?.map((id) => context.catalog.find(id).id);
  const address = options.to ?? (await firstLine(context));
  const read = readSubscription({
    ...options,
    ...{ address, kinds: kind, datasets },
    leastDifference: numberOf(leastDifference),
    leastPercent: numberOf(leastPercent),
  });
  if (!('settings' in read)) throw new UsageError(read.faults.map(describeFault).join('; '));
  if (name.trim() === '' || name.length > 100)
    throw new UsageError(`--name is "${name}": write 1 to 100 characters`);
  const made = await subscribe(context.database(), read.settings, {
    name: name.trim(),
    address: read.address,
    by: operator(by),
  });
  const { subscription, secret } = made;
  context.print({ ...subscription, secret }, () =>
    [
      `${subscription.id}: ${subscription.place} receives ${describeSubscription(subscription)}`,
      ...(secret ? [`  ${secret}`, 'The secret of its signatures is shown this once.'] : []),
      `Try it: npx tidemark notify test ${subscription.id}`,
    ].join('\n'),
  );
  return 0;
}

function describeFault({ field, value, hint }: SubscriptionFault): string {
  return value === undefined
    ? `${OPTIONS[field]} is wrong: ${hint}`
    : `${OPTIONS[field]} is "${value}": ${hint}`;
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return text.trim() === '' ? Number.NaN : Number(text);
}

async function firstLine({ io }: CliContext): Promise<string> {
  let text = '';
  for await (const part of io.stdin) text += part;
  return text.split('\n')[0]?.trim() ?? '';
}
