/** `tidemark backfill`: load a range of delivery days, or show what that would do. */
import type { Command } from 'commander';
import { CHOICES } from '../../domain/backfill/backfill.ts';
import type { Run } from '../program.ts';
import { repeatable } from '../repeatable.ts';

const actions = () => import('../actions/backfill.ts');

export interface Options {
  readonly from: string;
  readonly to: string;
  readonly all?: true;
  readonly only?: readonly string[];
  readonly notCheckedSince?: string;
  readonly changedSince?: string;
  readonly decoderOlderThan?: string | true;
  readonly concurrency?: string;
  readonly order?: string;
  readonly stopAfter?: string;
  readonly paused?: true;
  readonly plan?: true;
  readonly wait?: true;
  readonly json?: true;
}

export function backfillCommand(program: Command, run: Run): void {
  program
    .command('backfill')
    .description('load a range of delivery days; days that are complete already are left alone')
    .argument('<dataset>', 'id of a dataset, such as jao-core.max-exchanges')
    .requiredOption('--from <day>', 'first delivery day, YYYY-MM-DD')
    .requiredOption('--to <day>', 'last delivery day, YYYY-MM-DD')
    .option('--plan', 'show what would be done about each day, why and at what cost; start nothing')
    .option('--all', 'request complete days again too')
    .option('--only <kind>', `only days that are ${CHOICES.join(', ')}; may be repeated`, repeatable)
    .option('--not-checked-since <instant>', 'days that were not requested since')
    .option('--changed-since <instant>', 'days whose values changed since')
    .option(
      '--decoder-older-than [version]',
      'days that an older decoder has read, again from their bytes (default: the current one)',
    )
    .option('--concurrency <n>', 'days in progress at once, 1 to 200 (default: 16)')
    .option('--order <order>', 'newest or oldest first (default: newest)')
    .option('--stop-after <n>', 'pause after so many failed days (default: never)')
    .option('--paused', 'make the plan and wait until "tidemark steer <id> --resume" approves it')
    .option('--wait', 'wait for the end and show progress')
    .option('--json', 'print JSON')
    .action((dataset: string, options: Options) =>
      run(options.json, async (context) => (await actions()).backfill(context, dataset, options)),
    );
}
