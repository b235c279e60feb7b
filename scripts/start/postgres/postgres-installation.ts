/**
 * Which PostgreSQL with TimescaleDB local mode runs: one that an earlier start prepared, else one that the machine has,
 * else one that is prepared now. The prepared one comes first so that existing data keeps the version that made it.
 */
import { existsSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { waitForLock } from '../machine/lock.ts';
import { type Report, tryCommand } from '../machine/run-command.ts';
import { type Account, makeFolder } from '../state-folder.ts';
import { prepareFromApt } from './postgres-from-apt.ts';
import { readStamp } from './timescaledb-build.ts';

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

interface InstallationOptions {
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

interface InspectOptions extends Pick<PostgresInstallation, 'binDir' | 'env' | 'origin'> {
  readonly account?: Account | undefined;
}

/** The oldest major version that a TimescaleDB of today supports. */
const OLDEST_MAJOR = 14;

/** The installation; undefined if it does not run for the account, is too old, or has no TimescaleDB. */
async function inspectPostgres(options: InspectOptions): Promise<PostgresInstallation | undefined> {
  const { binDir, env, origin, account } = options;
  const ask = (program: string, argument: string): Promise<string | undefined> =>
    tryCommand([join(binDir, program), argument], { variables: env, account, cwd: '/' });
  const version = /\(PostgreSQL\) (\d+(?:\.\d+)?)/.exec((await ask('postgres', '--version')) ?? '')?.[1];
  const major = Number.parseInt(version ?? '', 10);
  if (!version || !(major >= OLDEST_MAJOR) || !(await ask('initdb', '--version'))) return undefined;
  const shareDir = (await ask('pg_config', '--sharedir'))?.trim();
  const timescaledbVersion = [shareDir, `/usr/share/postgresql/${major}`, join(binDir, '../share')]
    .map(extensionVersion)
    .find((found) => found !== undefined);
  return timescaledbVersion ? { binDir, env, version, major, timescaledbVersion, origin } : undefined;
}

function extensionVersion(shareDir: string | undefined): string | undefined {
  const control = join(shareDir ?? '', 'extension', 'timescaledb.control');
  if (!shareDir || !existsSync(control)) return undefined;
  return /^default_version *= *'([^']+)'/m.exec(readFileSync(control, 'utf8'))?.[1];
}

/** `*` stands for one folder name. */
const PATTERNS = [
  '/usr/lib/postgresql/*/bin', // Debian, Ubuntu, and the vendor's packages for them
  '/usr/pgsql-*/bin', // Red Hat and kin
  '/usr/local/pgsql*/bin', // built from source
  '/usr/local/bin',
  '/usr/bin', // Arch, Fedora
  '/opt/homebrew/opt/postgresql*/bin', // macOS
  '/usr/local/opt/postgresql*/bin',
  '/home/linuxbrew/.linuxbrew/opt/postgresql*/bin',
];

/** Folders with a `postgres` in them: what pg_config on the PATH names first, then newer before older. */
async function postgresFolders(): Promise<string[]> {
  const named = (await tryCommand(['pg_config', '--bindir']))?.trim();
  const known = PATTERNS.flatMap(expand).sort((a, b) => majorIn(b) - majorIn(a));
  const folders = [...(named ? [named] : []), ...known].filter((folder) =>
    existsSync(join(folder, 'postgres')),
  );
  return [...new Set(folders.map((folder) => realpathSync(folder)))];
}

function expand(pattern: string): string[] {
  const [before = '', after] = pattern.split('*');
  if (after === undefined) return [pattern];
  const parent = before.slice(0, before.lastIndexOf('/'));
  if (!existsSync(parent)) return [];
  const names = readdirSync(parent).filter((name) => join(parent, name).startsWith(before));
  return names.map((name) => join(parent, name) + after);
}

function majorIn(folder: string): number {
  return Number(/\d+/.exec(folder)?.[0] ?? 0);
}
