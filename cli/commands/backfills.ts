/** `tidemark backfills`: plans and outcomes, of all backfills or day by day of one. */
import type { Command } from 'commander';
import type { Run } from '../program.ts';

const actions = () => import('../actions/backfills.ts');

export function backfillsCommand(program: Command, run: Run): void {
  program
    .command('backfills')
    .description('what backfills planned and what came of it; of one, day by day')
    .argument('[backfill]', 'id of a backfill: its last run, day by day')
    .option('--json', 'print JSON')
    .action((backfill: string | undefined, options: { json?: true }) =>
      run(options.json, async (context) => (await actions()).backfills(context, backfill)),
    );
}
