/** `tidemark pause` and `tidemark resume`: pause and resume polling for new days of a dataset. */
import type { Command } from 'commander';
import type { Run } from '../program.ts';

const actions = () => import('../actions/pause.ts');

export interface Options {
  readonly source?: string;
  readonly reason?: string;
  readonly by?: string;
  readonly json?: true;
}

export function pauseCommand(program: Command, run: Run): void {
  program
    .command('pause')
    .description('stop polling a dataset until it is resumed; runs in progress go on')
    .argument('[dataset]', 'id of a dataset')
    .option('--source <id>', 'all datasets of a source instead, such as jao-core')
    .requiredOption('--reason <text>', 'why; kept with the schedule')
    .option('--by <name>', 'who pauses (default: your user name)')
    .option('--json', 'print JSON')
    .action((dataset: string | undefined, options: Options) =>
      run(options.json, async (context) => (await actions()).setAll(context, 'paused', dataset, options)),
    );
}

export function resumeCommand(program: Command, run: Run): void {
  program
    .command('resume')
    .description('poll a paused dataset again; what has become due is requested at once, with one poll')
    .argument('[dataset]', 'id of a dataset')
    .option('--source <id>', 'all datasets of a source instead, such as jao-core')
    .option('--reason <text>', 'why; kept with the schedule')
    .option('--by <name>', 'who resumes (default: your user name)')
    .option('--json', 'print JSON')
    .action((dataset: string | undefined, options: Options) =>
      run(options.json, async (context) => (await actions()).setAll(context, 'resumed', dataset, options)),
    );
}
