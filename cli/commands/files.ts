/** `tidemark files`: files of a dataset that a schedule has found, and the results of loading them. */
import type { Command } from 'commander';
import { FILE_STATES } from '../../domain/files/found-files.ts';
import type { Run } from '../program.ts';

const actions = () => import('../actions/files.ts');

export interface Options {
  readonly state?: string;
  readonly json?: true;
}

export function filesCommand(program: Command, run: Run): void {
  program
    .command('files')
    .description('files of a dataset that a schedule has found: waiting, loaded or refused, and why')
    .argument('<dataset>', 'id of a dataset')
    .option('--state <state>', `only such: ${Object.keys(FILE_STATES).join(', ')}`)
    .option('--json', 'print JSON, with a link to the load of each')
    .action((dataset: string, options: Options) =>
      run(options.json, async (context) => (await actions()).files(context, dataset, options)),
    );
}
