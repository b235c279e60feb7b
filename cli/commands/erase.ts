/** `tidemark erase`: erase a person from a dataset. `tidemark erasures`: the proofs. */

import type { Command } from 'commander';
import type { Run } from '../program.ts';
import { repeatable } from '../repeatable.ts';

const actions = () => import('../actions/erase.ts');

export interface Options {
  readonly person: string;
  readonly mention?: readonly string[];
  readonly reason: string;
  readonly by?: string;
  readonly dryRun?: true;
  readonly wait?: true;
  readonly json?: true;
}

export function eraseCommand(program: Command, run: Run): void {
  program
    .command('erase')
    .description('erase a person: their lines go from payloads, versions and findings, for good')
    .argument('<dataset>', 'id of a dataset with personal data')
    .requiredOption(
      '--person <id>',
      'who, as the dataset names persons (checkout.events and checkout.users: user_id)',
    )
    .option(
      '--mention <text>',
      'another text that identifies them, such as an email: lines that contain it go as well; may be repeated',
      repeatable,
    )
    .requiredOption('--reason <text>', 'why; stands in the proof, so it must not say who')
    .option('--by <name>', 'who erases (default: your user name)')
    .option('--dry-run', 'count what would go, and change nothing; waits')
    .option('--wait', 'wait for the end and show progress')
    .option('--json', 'print JSON')
    .action((dataset: string, options: Options) =>
      run(options.json, async (context) => (await actions()).erase(context, dataset, options)),
    );
}

export function erasuresCommand(program: Command, run: Run): void {
  program
    .command('erasures')
    .description('what was erased, newest first: how much, what was looked for, and what is left')
    .option('--json', 'print JSON')
    .action((options: { json?: true }) =>
      run(options.json, async (context) => (await actions()).list(context)),
    );
}
