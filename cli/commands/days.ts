/** `tidemark days`: the ledger as a calendar. */
import type { Command } from 'commander';
import type { Run } from '../program.ts';

const actions = () => import('../actions/days.ts');

export interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly gaps?: true;
  readonly json?: true;
}

export function daysCommand(program: Command, run: Run): void {
  program
    .command('days')
    .description(
      'the ledger of a dataset as a calendar, with the reason for each day that is not fine, newest first',
    )
    .argument('<dataset>', 'id of a dataset')
    .option(
      '--from <day>',
      'first delivery day (default: the calendar begins 31 days before the last, of records kept by year ten years; days that are not fine are shown whenever they are)',
    )
    .option(
      '--to <day>',
      'last delivery day (default: tomorrow; of files and records, the last that has any)',
    )
    .option('--gaps', 'list the gaps of days, each with its reason, as the coverage of the API does')
    .option(
      '--json',
      'print JSON: the ledger rows of the calendar and of all days that are not fine, each with a link to its run; with --gaps, with its gaps',
    )
    .action((dataset: string, options: Options) =>
      run(options.json, async (context) => (await actions()).days(context, dataset, options)),
    );
}
