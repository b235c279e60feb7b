/** `tidemark notify`: receivers of notifications. */
import type { Command } from 'commander';
import { CHANNELS } from '../../domain/notify/receiver.ts';
import type { Run } from '../program.ts';
import { repeatable } from '../repeatable.ts';

interface By {
  readonly by?: string;
  readonly json?: true;
}

export interface AddOptions extends By {
  readonly name: string;
  readonly channel: string;
  readonly to?: string;
  readonly dataset?: readonly string[];
}

const actions = () => import('../actions/notify.ts');

export function notifyCommand(program: Command, run: Run): void {
  const notify = program
    .command('notify')
    .description('who is told what needs a person, once when it opens and once when it is over');
  addCommand(notify, run);
  notify
    .command('list')
    .description('every receiver, and how it does; no address, because addresses are secrets')
    .option('--json', 'print JSON')
    .action((options: By) => run(options.json, async (context) => (await actions()).list(context)));
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
    .action((options: AddOptions) =>
      run(options.json, async (context) => (await actions()).add(context, options)),
    );
}

/** Verbs about one receiver. */
export type VerbOfOne = 'test' | 'remove';

function one(notify: Command, run: Run, verb: VerbOfOne, description: string): void {
  notify
    .command(verb)
    .description(description)
    .argument('<id>', 'as "tidemark notify list" shows it')
    .option('--by <name>', 'who does it (default: your user name)')
    .option('--json', 'print JSON')
    .action((id: string, options: By) =>
      run(options.json, async (context) => (await actions()).actOnOne(context, verb, id, options.by)),
    );
}
