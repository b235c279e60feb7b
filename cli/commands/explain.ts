/** `tidemark explain`: traces a value back to its payload, run and checks, and a day back to its runs. */
import type { Command } from 'commander';
import type { Run } from '../program.ts';

const actions = () => import('../actions/explain.ts');

export interface Options {
  readonly series?: string;
  readonly at?: string;
  readonly day?: string;
  readonly json?: true;
}

export function explainCommand(program: Command, run: Run): void {
  program
    .command('explain')
    .description(
      'a value back to its payload, run and checks, with every version of it; or a day to its findings, decisions and runs',
    )
    .argument('<dataset>', 'id of a dataset')
    .option('--series <name>', 'series, as published; with --at')
    .option('--at <instant>', 'start of the interval, with offset, such as 2026-11-20T10:00:00Z')
    .option(
      '--day <day>',
      'instead: a delivery day with its findings, decisions, and every run with outcome and link',
    )
    .option('--json', 'print JSON')
    .action((dataset: string, options: Options) =>
      run(options.json, async (context) => (await actions()).explain(context, dataset, options)),
    );
}
