/** `tidemark status`: all datasets at a glance. */
import type { Command } from 'commander';
import type { Run } from '../program.ts';

const actions = () => import('../actions/status.ts');

export interface Options {
  readonly search?: string;
  readonly json?: true;
}

export function statusCommand(program: Command, run: Run): void {
  program
    .command('status')
    .description('all datasets at a glance: days by state, findings, last change, schedule')
    .option('--search <words>', 'only datasets that have all of these words in what their files say of them')
    .option('--json', 'print JSON')
    .action((options: Options) =>
      run(options.json, async (context) => (await actions()).status(context, options)),
    );
}
