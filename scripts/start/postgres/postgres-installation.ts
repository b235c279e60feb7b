/**
 * Which PostgreSQL with TimescaleDB local mode runs: one that an earlier start prepared, else one that the machine has,
 * else one that is prepared now. The prepared one comes first so that existing data keeps the version that made it.
 */
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { waitForLock } from '../machine/lock.ts';
import { type Report, tryCommand } from '../machine/run-command.ts';
import { type Account, makeFolder } from '../state-folder.ts';
import { prepareFromApt } from './postgres-from-apt.ts';
import { inspectPostgres } from './postgres-inspect.ts';
import { postgresFolders } from './postgres-on-machine.ts';
import { readStamp } from './postgres-tree.ts';

/** A PostgreSQL that was seen to run, with TimescaleDB beside it. */
export interface PostgresInstallation {
  /** Has postgres, initdb and psql. */
  readonly binDir: string;
  /** Variables that its programs need. */
  readonly env: Readonly<Record<string, string>>;
  /** "15.20" */
  readonly version: string;
  /** The major version, which data on disk is bound to: 15. */
  readonly major: number;
  /** "2.19.3" */
  readonly timescaledbVersion: string;
  /** Found on the machine, or prepared by us: from packages alone or with TimescaleDB built from source. */
  readonly origin: 'machine' | 'built' | 'package';
}

export interface InstallationOptions {
  readonly serverDir: string;
  /** As whom it will run; it must be able to. */
  readonly account?: Account | undefined;
  /** The major version of data that exists already: another is not taken from the machine. */
  readonly major?: number | undefined;
  readonly report: Report;
}

/** What a person can do when nothing here works. */
const CHOICES = [
  'Choices:',
  '  - set DATABASE_URL to a PostgreSQL with TimescaleDB of your own;',
  '  - start a Docker engine: docker-compose.yml has TimescaleDB;',
  '  - install the TimescaleDB package of your system or of its vendor for PostgreSQL 14 or newer',
  '    (macOS: brew tap timescale/tap && brew install timescaledb; Fedora, Arch and others: see',
  "    TimescaleDB's page on self-hosted installation); it is then found by itself;",
  '  - on Debian 12 or newer a way to its package archive is all that is needed, not even root.',
].join('\n');

/** Searches without changing anything: prepared earlier, else on the machine, else undefined. */
export async function findPostgres(options: InstallationOptions): Promise<PostgresInstallation | undefined> {
  return (await findPrepared(options)) ?? (await findOnMachine(options));
}

/**
 * Finds one, or prepares one below `serverDir`. Two starts at once prepare it once.
 * @throws Error with the reason and the choices.
 */
export async function ensurePostgres(options: InstallationOptions): Promise<PostgresInstallation> {
  return (await findPostgres(options)) ?? (await preparePostgres(options));
}

async function findPrepared({
  serverDir,
  account,
}: InstallationOptions): Promise<PostgresInstallation | undefined> {
  const tree = treeOf(serverDir);
  const stamp = readStamp(tree);
  return stamp && (await inspectPostgres({ ...stamp, account }));
}

async function findOnMachine({
  account,
  major,
}: InstallationOptions): Promise<PostgresInstallation | undefined> {
  for (const binDir of await postgresFolders()) {
    const found = await inspectPostgres({ binDir, env: {}, origin: 'machine', account });
    if (found && (major === undefined || found.major === major)) return found;
  }
  return undefined;
}

async function preparePostgres(options: InstallationOptions): Promise<PostgresInstallation> {
  const { serverDir, report } = options;
  if ((await tryCommand(['apt-get', '--version'])) === undefined) {
    throw new Error(
      `This machine has no PostgreSQL with TimescaleDB, and no apt to get one from.\n${CHOICES}`,
    );
  }
  const toolchain = makeFolder(join(serverDir, 'toolchain'));
  const lock = await waitForLock(join(toolchain, 'lock'), (pid) =>
    report(`Waiting for process ${pid}, which prepares PostgreSQL in ${toolchain}.`),
  );
  try {
    return (await findPrepared(options)) ?? (await prepareAnew(options));
  } finally {
    lock.release();
  }
}

async function prepareAnew(options: InstallationOptions): Promise<PostgresInstallation> {
  const tree = treeOf(options.serverDir);
  // An existing tree did not run: a system upgrade may have removed its libraries.
  rmSync(tree, { recursive: true, force: true });
  try {
    const draft = await prepareFromApt({
      draft: `${tree}.draft`,
      major: options.major,
      report: options.report,
    });
    renameSync(draft, tree);
    const found = await findPrepared(options);
    if (found) return found;
    throw new Error(`what was prepared in ${tree} does not run here (noexec, or closed to its account?)`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`PostgreSQL with TimescaleDB could not be prepared: ${reason}\n${CHOICES}`, {
      cause: error,
    });
  }
}

function treeOf(serverDir: string): string {
  return join(serverDir, 'toolchain', 'postgres');
}
