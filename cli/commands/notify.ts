/** `tidemark notify`: subscriptions, and messages that could not be delivered. */
import type { Command } from 'commander';
import type { Run } from '../program.ts';
import { addCommand } from './notify-add.ts';

interface By {
  readonly by?: string;
  readonly json?: true;
}

export interface PauseOptions extends By {
  readonly reason: string;
}

const actions = () => import('../actions/notify.ts');

export function notifyCommand(program: Command, run: Run): void {
  const notify = program
    .command('notify')
    .description('who is notified of what: subscribe, test, pause; messages that could not be sent');
  addCommand(notify, run);
  notify
    .command('list')
    .description('every subscription, and how it does; no address, because addresses are secrets')
    .option('--json', 'print JSON')
    .action((options: By) => run(options.json, async (context) => (await actions()).list(context)));
  one(notify, run, 'test', 'send a message to one subscription, on the way that all others take');
  pauseCommand(notify, run);
  one(notify, run, 'resume', 'continue after a pause: messages that waited are sent now');
  one(notify, run, 'remove', 'end a subscription, at once and permanently');
  deadCommand(notify, run);
  replayCommand(notify, run);
}

/** Verbs about one subscription that need no more than its id. */
export type VerbOfOne = 'test' | 'resume' | 'remove';

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

function pauseCommand(notify: Command, run: Run): void {
  notify
    .command('pause')
    .description('send a subscription nothing until it is resumed; messages wait meanwhile')
    .argument('<id>', 'as "tidemark notify list" shows it')
    .requiredOption('--reason <text>', 'why; stands beside it')
    .option('--by <name>', 'who does it (default: your user name)')
    .option('--json', 'print JSON')
    .action((id: string, options: PauseOptions) =>
      run(options.json, async (context) => (await actions()).pause(context, id, options)),
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
    .action((options: DeadOptions) =>
      run(options.json, async (context) => (await actions()).dead(context, options)),
    );
}

export interface DeadOptions {
  readonly subscription?: string;
  readonly resend?: true;
  readonly limit?: string;
  readonly json?: true;
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
      run(json, async (context) => (await actions()).replay(context, id, since)),
    );
}
