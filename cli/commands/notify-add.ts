/** `tidemark notify add`: a new subscription. */
import type { Command } from 'commander';
import { describeSubscription } from '../../domain/notify/describe.ts';
import { EVENT_KINDS, KINDS, SEVERITIES } from '../../domain/notify/event.ts';
import { readSubscription, type SubscriptionFault } from '../../domain/notify/read-subscription.ts';
import { CHANNELS } from '../../domain/notify/subscription.ts';
import { subscribe } from '../../notify/subscribe.ts';
import { repeatable } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { operator } from '../operator.ts';
import type { Run } from '../program.ts';
import { UsageError } from '../usage-error.ts';

interface Options {
  readonly name: string;
  readonly channel: string;
  readonly to?: string;
  readonly kind?: readonly string[];
  readonly dataset?: readonly string[];
  readonly severity?: string;
  readonly leastDifference?: string;
  readonly leastPercent?: string;
  readonly hours?: string;
  readonly timeZone?: string;
  readonly workdays?: true;
  readonly digest?: string;
  readonly by?: string;
  readonly json?: true;
}

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

export function addCommand(notify: Command, run: Run): void {
  notify
    .command('add')
    .description('subscribe a receiver; the secret of its signatures is printed this once')
    .requiredOption('--name <name>', 'whose it is')
    .requiredOption('--channel <channel>', CHANNELS.join(', '))
    .option(
      '--to <address>',
      'a URL, or a mailbox (default: the first line of standard input, which no list of processes shows)',
    )
    .option(
      '--kind <kind>',
      `only this kind; may be repeated (default: everything that is wrong): ${EVENT_KINDS.join(', ')}`,
      repeatable,
    )
    .option(
      '--dataset <id>',
      'only this dataset, a restricted one too; may be repeated (default: every open one, and the system)',
      repeatable,
    )
    .option(
      '--severity <severity>',
      `the lowest severity that is sent: ${SEVERITIES.join(', ')} (default: info)`,
    )
    .option('--least-difference <number>', 'revisions from this size on, in the unit of the dataset')
    .option('--least-percent <number>', 'revisions from this size on, in percent; either size is enough')
    .option('--hours <from-to>', 'only inside these hours, such as 07:00-19:00; what comes outside waits')
    .option('--time-zone <zone>', 'of the hours and the digest (default: UTC)')
    .option('--workdays', 'only from Monday to Friday')
    .option('--digest <when>', 'one message "hourly", or each day at a time such as 07:30 (default: at once)')
    .option('--by <name>', 'who makes it (default: your user name)')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      () =>
        `\nKinds:\n${EVENT_KINDS.map((kind) => `  ${kind.padEnd(16)} ${KINDS[kind].meaning}`).join('\n')}`,
    )
    .action((options: Options) => run(options.json, (context) => add(context, options)));
}

async function add(context: CliContext, options: Options): Promise<number> {
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
