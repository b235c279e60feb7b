/**
 * A data directory of PostgreSQL: made once, checked at every start. Its password lies beside it, readable for us alone.
 */
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Report, runCommand } from '../machine/run-command.ts';
import type { Account } from '../state-folder.ts';
import type { PostgresInstallation } from './postgres-installation.ts';

/** The superuser of the private server. */
export const ADMIN = 'tidemark_admin';

export interface DataOptions {
  readonly installation: PostgresInstallation;
  readonly dataDir: string;
  readonly account?: Account | undefined;
  readonly report: Report;
}

/** The major version that made the data in a directory, or undefined when there is none yet. */
export function majorOfData(dataDir: string): number | undefined {
  const file = join(dataDir, 'PG_VERSION');
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : undefined;
}

/**
 * Makes the data directory when there is none; returns the password of the superuser.
 * @throws Error with the hint when the data belongs to another major version or its password is lost.
 */
export async function ensureData(options: DataOptions): Promise<string> {
  const { installation, dataDir } = options;
  const major = majorOfData(dataDir);
  if (major === undefined) return await makeData(options);
  checkOwner(options);
  if (major !== installation.major) throw new Error(otherMajor(dataDir, major, installation));
  return readPassword(dataDir);
}

/** PostgreSQL refuses files of another account, as after a start as root and one without. */
function checkOwner({ dataDir, account }: DataOptions): void {
  const { uid } = statSync(dataDir);
  const expected = account?.uid ?? process.getuid?.();
  if (uid === expected) return;
  throw new Error(
    `The data in ${dataDir} belongs to the account with id ${uid}, but PostgreSQL would run as ${expected}. ` +
      'Start Tidemark as the user who started it first, or set TIDEMARK_STATE_DIR to a folder of its own.',
  );
}

function otherMajor(dataDir: string, major: number, { version, binDir }: PostgresInstallation): string {
  return (
    `The data in ${dataDir} was made by PostgreSQL ${major}, but the PostgreSQL here is ${version} (${binDir}), ` +
    `and a major version does not read the files of another. Either install PostgreSQL ${major} with TimescaleDB, ` +
    `or move the data with the pg_dump of ${major}, or delete ${dataDir} and load everything anew.`
  );
}

function passwordFile(dataDir: string): string {
  return `${dataDir}.password`;
}

function readPassword(dataDir: string): string {
  const file = passwordFile(dataDir);
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  throw new Error(
    `The password of the database in ${dataDir} is missing: put ${file} back, or delete both and load anew.`,
  );
}

/** Made under another name and renamed at the end: a half-made directory is never taken for a whole one. */
async function makeData({ installation, dataDir, account, report }: DataOptions): Promise<string> {
  report(`Creating a database cluster in ${dataDir}.`);
  const password = randomBytes(24).toString('hex');
  const draft = `${dataDir}.draft`;
  const draftPassword = `${draft}.password`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(draftPassword, password, { mode: 0o600 });
  for (const path of [draft, draftPassword]) giveTo(account, path);
  const initdb = [join(installation.binDir, 'initdb'), '--pgdata', draft, '--pwfile', draftPassword];
  const choices = ['--username', ADMIN, '--auth', 'scram-sha-256', '--encoding', 'UTF8', '--locale', 'C'];
  try {
    await runCommand([...initdb, ...choices, '--data-checksums'], {
      variables: installation.env,
      account,
      cwd: '/',
    });
  } finally {
    rmSync(draftPassword, { force: true });
  }
  writeFileSync(passwordFile(dataDir), `${password}\n`, { mode: 0o600 });
  renameSync(draft, dataDir);
  return password;
}

/** As root: the server must be able to read it. */
export function giveTo(account: Account | undefined, path: string): void {
  if (account) chownSync(path, account.uid, account.gid);
}
