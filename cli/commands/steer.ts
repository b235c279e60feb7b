/** `tidemark steer`: shows a running backfill, and pauses, resumes, changes or cancels it. */
import type { Command } from 'commander';
import type { Run } from '../program.ts';
import { repeatable } from '../repeatable.ts';

const actions = () => import('../actions/steer.ts');

export interface Options {
  readonly pause?: true;
  readonly resume?: true;
  readonly cancel?: true;
  readonly skip?: readonly string[];
  readonly concurrency?: string;
  readonly order?: string;
  readonly stopAfter?: string;
  readonly reason?: string;
  readonly by?: string;
  readonly json?: true;
}

export function steerCommand(program: Command, run: Run): void {
  program
    .command('steer')
    .description(
      'look at a backfill, pause it, resume it, change how it goes on; days in progress end as they would',
    )
    .argument(
      '<backfill>',
      'id of a backfill, such as backfill:jao-core.max-exchanges:2026-10-21..2026-11-20',
    )
    .option('--pause', 'start no more days (with --reason)')
    .option('--resume', 'go on; the count of failed days begins anew')
    .option('--cancel', 'end it, days in progress too (with --reason)')
    .option(
      '--skip <days>',
      'leave out a day or range that has not begun (with --reason); may be repeated',
      repeatable,
    )
    .option('--concurrency <n>', 'days in progress at once, 1 to 200')
    .option('--order <order>', 'newest or oldest first')
    .option('--stop-after <n>', 'pause after so many failed days; 0 for never')
    .option('--reason <text>', 'why')
    .option('--by <name>', 'who (default: your user name)')
    .option('--json', 'print JSON')
    .action((backfill: string, options: Options) =>
      run(options.json, async (context) => (await actions()).steer(context, backfill, options)),
    );
}
