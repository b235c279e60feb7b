/** `tidemark refresh`: requests years (or days) of a dataset of records now. */
import type { Command } from 'commander';
import type { Run } from '../program.ts';

const actions = () => import('../actions/refresh.ts');

export interface Options {
  readonly fromYear?: string;
  readonly toYear?: string;
  readonly wait?: true;
  readonly json?: true;
}

export function refreshCommand(program: Command, run: Run): void {
  program
    .command('refresh')
    .description('request years of a dataset of records now, such as holidays')
    .argument('<dataset>', 'id of a dataset, such as calendar.holidays')
    .option('--from-year <year>', 'the first year (default: those that the schedule looks after)')
    .option('--to-year <year>', 'the last year (default: the first one)')
    .option('--wait', 'wait for the outcome')
    .option('--json', 'print JSON')
    .action((dataset: string, options: Options) =>
      run(options.json, async (context) => (await actions()).refresh(context, dataset, options)),
    );
}
