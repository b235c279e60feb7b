/** `tidemark rerun`: requests days again. A day that already has a run joins it instead of starting a second. */
import type { Command } from 'commander';
import type { Run } from '../program.ts';
import { repeatable } from '../repeatable.ts';
import type { Selection } from '../rerun-days.ts';

const actions = () => import('../actions/rerun.ts');

export interface Options extends Selection {
  readonly plan?: true;
  readonly wait?: true;
  readonly json?: true;
}

export function rerunCommand(program: Command, run: Run): void {
  program
    .command('rerun')
    .description('request days again, or compute them anew: given ones, a range, or all in some state')
    .argument('<dataset>', 'id of a dataset')
    .option('--day <day>', 'a delivery day, YYYY-MM-DD; may be repeated', repeatable)
    .option('--failed', 'every day in state failed')
    .option('--state <state>', 'every day in this state, such as late; may be repeated', repeatable)
    .option('--from <day>', 'every day from this one on; or narrows --failed and --state')
    .option('--to <day>', 'every day up to this one; or narrows --failed and --state')
    .option('--plan', 'list the days with state, last run and error, and start nothing')
    .option('--wait', 'wait for the outcome')
    .option('--json', 'print JSON')
    .action((dataset: string, options: Options) =>
      run(options.json, async (context) => (await actions()).rerun(context, dataset, options)),
    );
}
