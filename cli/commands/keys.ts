/** `tidemark keys`: who may use the HTTP API. */
import type { Command } from 'commander';
import { KEY_ROLES } from '../../domain/api-key.ts';
import type { Run } from '../program.ts';
import { repeatable } from '../repeatable.ts';

const actions = () => import('../actions/keys.ts');

export interface CreateOptions {
  readonly name: string;
  readonly role: string;
  readonly dataset?: readonly string[];
  readonly expires?: string;
  readonly personal?: boolean;
  readonly by?: string;
  readonly json?: true;
}

export interface RevokeOptions {
  readonly by?: string;
  readonly json?: true;
}

export function keysCommand(program: Command, run: Run): void {
  const keys = program.command('keys').description('keys of the HTTP API: make one, list them, revoke one');
  createCommand(keys, run);
  keys
    .command('list')
    .description('every key, newest first; no secret, because none is kept')
    .option('--json', 'print JSON')
    .action((options: { json?: true }) =>
      run(options.json, async (context) => (await actions()).list(context)),
    );
  keys
    .command('revoke')
    .description('end a key, at once and permanently')
    .argument('<id>', 'as "tidemark keys list" shows it')
    .option('--by <name>', 'who revokes (default: your user name)')
    .option('--json', 'print JSON')
    .action((id: string, options: RevokeOptions) =>
      run(options.json, async (context) => (await actions()).revoke(context, id, options)),
    );
}

function createCommand(keys: Command, run: Run): void {
  keys
    .command('create')
    .description('make a key and print its secret, this once')
    .requiredOption('--name <name>', 'whose key it is; stands beside what is done with it')
    .requiredOption('--role <role>', `${KEY_ROLES.join(', ')}; each may do what those before it may`)
    .option(
      '--dataset <id>',
      'only this dataset, a restricted one too; may be repeated (default: every open one)',
      repeatable,
    )
    .option(
      '--expires <when>',
      'last day (UTC) on which it counts, or the instant from which on it does not (default: never)',
    )
    .option('--personal', 'may read personal data in records (default: it may not)')
    .option('--by <name>', 'who makes it (default: your user name)')
    .option('--json', 'print JSON')
    .action((options: CreateOptions) =>
      run(options.json, async (context) => (await actions()).create(context, options)),
    );
}
