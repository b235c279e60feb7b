/** `tidemark changes`: changes in the order in which they became visible to readers. */
import type { Command } from 'commander';
import type { Run } from '../program.ts';

const actions = () => import('../actions/changes.ts');

export interface Options {
  readonly since: string;
  readonly limit: string;
  readonly json?: true;
}

export function changesCommand(program: Command, run: Run): void {
  program
    .command('changes')
    .description(
      'the change feed: one row per payload that moved a day; resume with the last cursor you read',
    )
    .argument('[dataset]', 'id of a dataset (default: all)')
    .option('--since <cursor>', 'only changes after this cursor', '0')
    .option('--limit <n>', 'at most so many', '100')
    .option('--json', 'print JSON')
    .action((dataset: string | undefined, options: Options) =>
      run(options.json, async (context) => (await actions()).changes(context, dataset, options)),
    );
}
