/** `tidemark enable` and `tidemark disable`: choose which datasets this installation runs. */
import type { Command } from 'commander';
import type { Run } from '../program.ts';

const actions = () => import('../actions/enable.ts');

export interface Options {
  readonly by?: string;
  readonly json?: true;
}

const DATASETS = "ids or patterns, such as 'jao-core.*' in quotes";

export function enableCommand(program: Command, run: Run): void {
  program
    .command('enable')
    .description('request, take and expect data of datasets; without any, list which are enabled')
    .argument('[datasets...]', DATASETS)
    .option('--by <name>', 'who enables (default: your user name)')
    .option('--json', 'print JSON')
    .action((datasets: string[], options: Options) =>
      run(options.json, async (context) => (await actions()).setAll(context, true, datasets, options)),
    );
}

export function disableCommand(program: Command, run: Run): void {
  program
    .command('disable')
    .description('request and take nothing more of datasets; their data stay and can be read')
    .argument('<datasets...>', DATASETS)
    .option('--by <name>', 'who disables (default: your user name)')
    .option('--json', 'print JSON')
    .action((datasets: string[], options: Options) =>
      run(options.json, async (context) => (await actions()).setAll(context, false, datasets, options)),
    );
}
