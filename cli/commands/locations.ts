/** `tidemark locations`: locations whose holidays are kept. */
import type { Command } from 'commander';
import type { Run } from '../program.ts';

const actions = () => import('../actions/locations.ts');

export interface Options {
  readonly reason: string;
  readonly by?: string;
  readonly json?: true;
}

export interface ChangeOptions extends Options {
  readonly name?: string;
  readonly country?: string;
  readonly subdivision?: string;
  readonly wholeCountry?: true;
}

export type AddOptions = Omit<ChangeOptions, 'wholeCountry'> & { readonly id?: string };

export function locationsCommand(program: Command, run: Run): void {
  const locations = program.command('locations').description('places whose public holidays are kept');
  locations
    .command('list')
    .description('every location, by name')
    .option('--all', 'removed ones too')
    .option('--json', 'print JSON')
    .action((options: { all?: true; json?: true }) =>
      run(options.json, async (context) => (await actions()).list(context, options.all ?? false)),
    );
  withWhy(locations.command('add'))
    .description('add a location, or bring back a removed one by its id; its holidays are requested at once')
    .option('--name <name>', 'as people know it (default: what a removed one was called)')
    .option('--country <code>', 'ISO 3166-1, such as NL (default: where a removed one was)')
    .option('--subdivision <code>', 'ISO 3166-2, such as NL-FL (default: the whole country)')
    .option('--id <uuid>', 'its id (default: a new one)')
    .action((options: AddOptions) =>
      run(options.json, async (context) => (await actions()).add(context, options)),
    );
  withWhy(locations.command('change'))
    .description('give a location another name or code: a new version of it')
    .argument('<id>', 'as "tidemark locations list" shows it')
    .option('--name <name>', 'another name')
    .option('--country <code>', 'another country')
    .option('--subdivision <code>', 'another subdivision')
    .option('--whole-country', 'no subdivision')
    .action((id: string, options: ChangeOptions) =>
      run(options.json, async (context) => (await actions()).change(context, id, options)),
    );
  withWhy(locations.command('remove'))
    .description('make a location inactive; its history stays')
    .argument('<id>', 'as "tidemark locations list" shows it')
    .action((id: string, options: Options) =>
      run(options.json, async (context) => (await actions()).remove(context, id, options)),
    );
}

function withWhy(command: Command): Command {
  return command
    .requiredOption('--reason <text>', 'why; kept with the version')
    .option('--by <name>', 'who does it (default: your user name)')
    .option('--json', 'print JSON');
}
