/**
 * Makes a private PostgreSQL with TimescaleDB from the packages of the machine's own apt sources. Works as an ordinary
 * user and changes nothing on the system: packages are downloaded, checked by apt, and unpacked into one folder.
 */
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Apt, openApt } from '../machine/apt.ts';
import { type Report, runCommand } from '../machine/run-command.ts';
import { type BuildContext, buildTimescaledb, unpack, writeStamp } from './timescaledb-build.ts';

export interface AptPreparation {
  /** Where the finished tree is to stand; replaced when it exists. Nothing is there when this fails. */
  readonly draft: string;
  /** The major version of data that exists already. */
  readonly major: number | undefined;
  readonly report: Report;
}

/** Majors that the TimescaleDB source of `timescaledb-build.ts` supports. */
const BUILDABLE_MAJORS = [17, 16, 15, 14];

/** Paths that make, pg_config and the compiler's own file names survive. */
const PLAIN_PATH = /^[\w./+-]{1,150}$/;

const SCRATCH = 'tidemark-scratch-';

/** Libraries of the closure that PostgreSQL never loads here: JIT is off, Perl only serves installation scripts. */
const NOT_NEEDED = /^lib(c6|c-.*|llvm.*|z3-.*|perl.*|.*-perl|pam-modules.*|semanage.*|sepol.*)$/;

/**
 * @returns the path of the finished tree.
 * @throws Error naming the step that failed; its full output is in `prepare.log` beside the draft.
 */
export async function prepareFromApt({ draft, major, report }: AptPreparation): Promise<string> {
  const dir = makeScratch(dirname(draft));
  const logFile = join(dirname(draft), 'prepare.log');
  rmSync(logFile, { force: true });
  rmSync(draft, { recursive: true, force: true });
  try {
    const context = { apt: openApt(join(dir, 'apt'), logFile), dir, logFile, report };
    const tree = await makeTree(context, major);
    // mv, because scratch space may be on another file system, where a rename does not reach.
    await runCommand(['mv', tree, draft]);
    return draft;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function makeTree(context: BuildContext, wanted: number | undefined): Promise<string> {
  const { apt, dir, report } = context;
  report(
    'Preparing a private PostgreSQL with TimescaleDB; nothing is installed on the system. Reading package lists.',
  );
  const unread = await updateLists(apt);
  const { major, extension } = await choosePackages(apt, wanted).catch((error: Error) => {
    throw unread ? new Error(`${error.message}. ${unread.message}`, { cause: error }) : error;
  });
  const packages = await packagesFor(apt, major, extension);
  report(
    `Downloading PostgreSQL ${major}${extension ? ' and TimescaleDB' : ''} (${packages.length} packages).`,
  );
  const tree = join(dir, 'tree');
  await unpack(await apt.download(packages, join(dir, 'packages')), tree);
  if (!extension) await buildTimescaledb(context, tree, major);
  // Unpacked under a strict umask it would be closed to the account that PostgreSQL runs as.
  await runCommand(['chmod', '-R', 'a+rX', tree]);
  writeStamp(tree, { major, origin: extension ? 'package' : 'built', packages });
  return tree;
}

/** One broken apt source must not stop us as long as the others have what is needed. */
async function updateLists(apt: Apt): Promise<Error | undefined> {
  return await apt.update().then(
    () => undefined,
    (error: Error) => error,
  );
}

/** A packaged TimescaleDB is better than a built one, a newer PostgreSQL better than an older. */
async function choosePackages(
  apt: Apt,
  wanted: number | undefined,
): Promise<{ major: number; extension: string | undefined }> {
  const names = await apt.search('^postgresql-[0-9]+(-timescaledb)?$');
  const newestFirst = names.sort((a, b) => majorOf(b) - majorOf(a));
  const fits = (name: string): boolean => wanted === undefined || majorOf(name) === wanted;
  const extension = newestFirst.find((name) => name.endsWith('-timescaledb') && fits(name));
  if (extension) return { major: majorOf(extension), extension };
  const server = newestFirst.find((name) => BUILDABLE_MAJORS.includes(majorOf(name)) && fits(name));
  if (server) return { major: majorOf(server), extension: undefined };
  const need =
    wanted === undefined
      ? `PostgreSQL ${BUILDABLE_MAJORS.join(', ')}`
      : `PostgreSQL ${wanted}, which made the data here`;
  throw new Error(
    `the apt sources of this machine offer ${names.join(', ') || 'no PostgreSQL'}; needed is ${need}`,
  );
}

async function packagesFor(apt: Apt, major: number, extension: string | undefined): Promise<string[]> {
  const programs = [`postgresql-${major}`, `postgresql-client-${major}`];
  const libraries = (await apt.closureOf(programs)).filter(
    (name) => /^lib/.test(name) && !NOT_NEEDED.test(name),
  );
  // pg_config.h is in libpq-dev, the other headers of the server in postgresql-server-dev.
  const more = extension ? [extension] : [`postgresql-server-dev-${major}`, 'libpq-dev'];
  return [...programs, ...more, ...libraries];
}

/** Next to the target, on the same file system, unless builds cannot cope with its path. */
function makeScratch(near: string): string {
  // Leftovers of a killed start; its compiler may still run for a moment.
  for (const name of readdirSync(near).filter((entry) => entry.startsWith(SCRATCH))) {
    rmSync(join(near, name), { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
  const dir = mkdtempSync(join(PLAIN_PATH.test(near) ? near : tmpdir(), SCRATCH));
  // apt downloads under an account of its own, which has to reach the folder.
  chmodSync(dir, 0o755);
  return dir;
}

function majorOf(name: string): number {
  return Number(/\d+/.exec(name)?.[0] ?? 0);
}
