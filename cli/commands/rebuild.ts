/** `tidemark rebuild`: rebuilds days from their stored payloads. */
import type { Command } from 'commander';
import type { Run } from '../program.ts';

const actions = () => import('../actions/rebuild.ts');

export interface Options {
  readonly day?: string;
  readonly from?: string;
  readonly to?: string;
  readonly decoderOlderThan?: string | true;
  readonly dryRun?: true;
  readonly wait?: true;
  readonly json?: true;
}

export function rebuildCommand(program: Command, run: Run): void {
  program
    .command('rebuild')
    .description('fold days again from their stored payloads and decisions; the source is not requested')
    .argument('<dataset>', 'id of a dataset')
    .option('--day <day>', 'one delivery day, YYYY-MM-DD')
    .option('--from <day>', 'first delivery day')
    .option('--to <day>', 'last delivery day')
    .option(
      '--decoder-older-than [version]',
      'only days that an older decoder has read (default: older than the current one)',
    )
    .option('--dry-run', 'show what would come out otherwise, and change nothing; waits')
    .option('--wait', 'wait for the end and show progress')
    .option('--json', 'print JSON')
    .action((dataset: string, options: Options) =>
      run(options.json, async (context) => (await actions()).rebuild(context, dataset, options)),
    );
}
