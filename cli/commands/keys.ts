/** `tidemark keys`: who may use the HTTP API. */

import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { transaction } from '../../db/connection/client.ts';
import {
  type ApiKey,
  hashSecret,
  insertKey,
  listKeys,
  type NewKey,
  newSecret,
  revokeKey,
} from '../../db/queries/operation/api-keys.ts';

import { KEY_ROLES, type KeyRole, keyStatus } from '../../domain/api-key.ts';
import { addDays, isCivilDay } from '../../domain/time/civil-day.ts';
import { isInstant } from '../../domain/workflow/fields.ts';
import { operator, repeatable } from '../arguments.ts';
import type { CliContext, Run } from '../context.ts';
import { instant, table } from '../table.ts';
import { UsageError } from '../usage-error.ts';

interface CreateOptions {
  readonly name: string;
  readonly role: string;
  readonly dataset?: readonly string[];
  readonly expires?: string;
  readonly personal?: boolean;
  readonly by?: string;
  readonly json?: true;
}

interface RevokeOptions {
  readonly by?: string;
  readonly json?: true;
}

export function keysCommand(keys: Command, run: Run): void {
  createCommand(keys, run);
  keys
    .command('list')
    .description('every key, newest first; no secret, because none is kept')
    .option('--json', 'print JSON')
    .action((options: { json?: true }) => run(options.json, (context) => list(context)));
  keys
    .command('revoke')
    .description('end a key, at once and permanently')
    .argument('<id>', 'as "tidemark keys list" shows it')
    .option('--by <name>', 'who revokes (default: your user name)')
    .option('--json', 'print JSON')
    .action((id: string, options: RevokeOptions) =>
      run(options.json, (context) => revoke(context, id, options)),
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
    .action((options: CreateOptions) => run(options.json, (context) => create(context, options)));
}

const LONGEST_NAME = 100;

async function create(context: CliContext, options: CreateOptions): Promise<number> {
  const wanted = read(context, options, new Date());
  const secret = newSecret();
  const key = await transaction(context.database('tidemark_api'), (sql) =>
    insertKey(sql, wanted, hashSecret(secret)),
  );
  const { api, notify } = context.config;
  // Behind a proxy or in a container, what it listens on is not what people call.
  const url = notify.links?.page ?? `http://${api.host}:${api.port}`;
  context.print({ ...key, secret, url }, () =>
    [
      `${key.id}: role ${key.role}, for ${scopeOf(key)}, ${endOf(key)}`,
      `  ${secret}`,
      'The secret is shown this once; "npx tidemark keys revoke" ends the key. Try it:',
      `  curl -H 'Authorization: Bearer ${secret}' ${url}/v1/me`,
    ].join('\n'),
  );
  return 0;
}

/** @throws UsageError, Failure UNKNOWN_DATASET */
function read(
  { catalog }: CliContext,
  { name, role, dataset, expires, personal = false, by }: CreateOptions,
  now: Date,
): NewKey {
  return {
    id: `key-${randomUUID().slice(0, 8)}`,
    name: readName(name),
    role: readRole(role),
    datasets: dataset ? [...new Set(dataset.map((id) => catalog.find(id).id))] : null,
    personal,
    expiresAt: expires === undefined ? null : readExpiry(expires, now),
    createdBy: operator(by),
  };
}

function readName(text: string): string {
  const name = text.trim();
  if (name !== '' && name.length <= LONGEST_NAME && !/\p{Cc}/u.test(name)) return name;
  throw new UsageError(`--name is "${name}": write 1 to ${LONGEST_NAME} characters on one line`);
}

function readRole(text: string): KeyRole {
  const role = KEY_ROLES.find((each) => each === text);
  if (role) return role;
  throw new UsageError(`--role is "${text}": write one of ${KEY_ROLES.join(', ')}`);
}

function readExpiry(text: string, now: Date): Date {
  const at = endOfDay(text) ?? (isInstant(text) ? new Date(text) : undefined);
  if (!at)
    throw new UsageError(
      `--expires is "${text}": write an existing day (YYYY-MM-DD) or an instant with its offset (2027-01-01T00:00:00Z)`,
    );
  if (at > now) return at;
  throw new UsageError(`--expires is "${text}", which is over; choose a later one`);
}

function endOfDay(text: string): Date | undefined {
  return isCivilDay(text) ? new Date(addDays(text, 1)) : undefined;
}

async function list(context: CliContext): Promise<number> {
  const now = new Date();
  const keys = (await listKeys(context.database('tidemark_api'))).map((key) => ({
    ...key,
    status: keyStatus(key, now),
  }));
  context.print(keys, () =>
    keys.length === 0
      ? 'there is no key; "npx tidemark keys create" makes one'
      : table(
          ['id', 'name', 'role', 'datasets', 'is', 'made', 'expires', 'last used'],
          keys.map((key) => [
            ...[key.id, key.name, key.role, key.datasets?.join(', ') ?? 'every open one', key.status],
            ...[instant(key.createdAt), instant(key.expiresAt), instant(key.lastUsedAt)],
          ]),
        ),
  );
  return 0;
}

async function revoke(context: CliContext, id: string, { by }: RevokeOptions): Promise<number> {
  const key = await transaction(context.database('tidemark_api'), (sql) => revokeKey(sql, id, operator(by)));
  if (!key) throw new UsageError(`no key "${id}"; "npx tidemark keys list" shows their ids`);
  const who = `by ${key.revokedBy} on ${instant(key.revokedAt)}`;
  context.print(key, () =>
    key.changed ? `${id} (${key.name}) is revoked` : `${id} (${key.name}) was revoked already, ${who}`,
  );
  return 0;
}

function scopeOf({ datasets, personal }: ApiKey): string {
  const what = datasets === null ? 'every open dataset' : datasets.join(', ');
  return personal ? `${what}, with personal fields` : what;
}

function endOf({ expiresAt }: ApiKey): string {
  return expiresAt === null ? 'without an end' : `until ${instant(expiresAt)}`;
}
