/** `tidemark doctor`: checks that everything is reachable, migrated and scheduled, and says what to do where it is not. */
import type { Command } from 'commander';
import type { Run } from '../program.ts';

const actions = () => import('../actions/doctor.ts');

export function doctorCommand(program: Command, run: Run): void {
  program
    .command('doctor')
    .description('is everything reachable, migrated, scheduled; what to do where it is not')
    .option('--json', 'print JSON')
    .action((options: { json?: true }) =>
      run(options.json, async (context) => (await actions()).doctor(context)),
    );
}
