/** `tidemark notify add`: a new subscription. */
import type { Command } from 'commander';
import { EVENT_KINDS, KINDS, SEVERITIES } from '../../domain/notify/event.ts';
import { CHANNELS } from '../../domain/notify/subscription.ts';
import type { Run } from '../program.ts';
import { repeatable } from '../repeatable.ts';

const actions = () => import('../actions/notify-add.ts');

export interface Options {
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
    .action((options: Options) =>
      run(options.json, async (context) => (await actions()).add(context, options)),
    );
}
