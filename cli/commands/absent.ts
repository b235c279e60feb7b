/** `tidemark absent`: declare that a day will never be published, or take that back. */
import type { Command } from 'commander';
import type { Run } from '../program.ts';
import { repeatable } from '../repeatable.ts';

const actions = () => import('../actions/absent.ts');

export interface Options {
  readonly day: readonly string[];
  readonly reason: string;
  readonly by?: string;
  readonly undo?: true;
  readonly json?: true;
}

export function absentCommand(program: Command, run: Run): void {
  program
    .command('absent')
    .description('declare that days will never be published: they are not requested any more')
    .argument('<dataset>', 'id of a dataset')
    .requiredOption('--day <day>', 'a delivery day, YYYY-MM-DD; may be repeated', repeatable)
    .requiredOption('--reason <text>', 'why; kept with the decision')
    .option('--by <name>', 'who decides (default: your user name)')
    .option('--undo', 'the day is expected again')
    .option('--json', 'print JSON')
    .action((dataset: string, options: Options) =>
      run(options.json, async (context) => (await actions()).absent(context, dataset, options)),
    );
}
