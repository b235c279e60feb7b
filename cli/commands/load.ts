/** `tidemark load`: load files into a dataset. */
import type { Command } from 'commander';
import { TIME_FORMS } from '../../domain/files/file-form.ts';
import type { FormOptions } from '../file-form.ts';
import type { Run } from '../program.ts';

const actions = () => import('../actions/load.ts');

export interface Options extends FormOptions {
  readonly resolution?: string;
  readonly maxRefused?: string;
  readonly concurrency?: string;
  readonly verify?: true;
  readonly preview?: true;
  readonly wait?: true;
  readonly json?: true;
}

export function loadCommand(program: Command, run: Run): void {
  program
    .command('load')
    .description('load files of lines into a dataset; a file that was loaded before is not loaded again')
    .argument('<dataset>', 'id of a dataset of files, or of records that come line by line')
    .argument(
      '<file...>',
      'paths (plain, .gz, .zip, archive.zip#member, a folder), http(s) addresses, or - for standard input',
    )
    .option(
      '--delimiter <character>',
      'between columns: , ; | or tab (default: found out, like all of the form)',
    )
    .option('--decimal <character>', 'decimal character: . or ,')
    .option('--thousands <character>', 'what parts thousands, where a point or a comma does: . or ,')
    .option(
      '--encoding <name>',
      'how characters are written, such as windows-1252 (default: UTF-8 or UTF-16)',
    )
    .option('--header', 'the first line names the columns')
    .option('--no-header', 'there is no such line')
    .option('--time-form <form>', TIME_FORMS.join(', '))
    .option('--zone <zone>', 'time zone of times that carry none, such as Europe/Zurich')
    .option('--time-column <number>', 'column of the time, counted from 1')
    .option('--series-column <number>', 'column that names the series, counted from 1')
    .option(
      '--resolution <length>',
      'stated distance of points, such as 1s, 30s or 15min; another one stops the load',
    )
    .option('--max-refused <lines>', 'stop when more lines are refused (default: 10000)')
    .option('--concurrency <ranges>', 'ranges in progress at once (default: 3)')
    .option('--verify', 'read the file again though path, size and time of change are known')
    .option('--preview', 'show what would be understood and refused, and load nothing; needs no servers')
    .option('--wait', 'wait for the end and show progress')
    .option('--json', 'print JSON')
    .action((dataset: string, files: string[], options: Options) =>
      run(options.json, async (context) => (await actions()).load(context, dataset, files, options)),
    );
}
