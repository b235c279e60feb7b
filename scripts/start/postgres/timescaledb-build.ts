/**
 * Builds TimescaleDB (Apache edition) into a private PostgreSQL, for systems that have no package of it: from Debian's
 * own source package, taken where the machine takes its packages and checked with the keys that it trusts.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type Apt, openApt } from '../machine/apt.ts';
import { type Report, runCommand, tryCommand } from '../machine/run-command.ts';
import type { PostgresInstallation } from './postgres-installation.ts';

/** The first Debian with a TimescaleDB; its 2.19.3 supports PostgreSQL 14 to 17. */
const SOURCE_SUITE = 'trixie';
const DEBIAN_KEYS = '/usr/share/keyrings/debian-archive-keyring.gpg';
const SECURITY_ARCHIVE = /-security\/?$/;

/**
 * Regression tests need more than a build does, and telemetry would need the headers of OpenSSL.
 * `APACHE_ONLY` because Debian's source package holds nothing else.
 */
const BUILD_OPTIONS = [
  '-DCMAKE_BUILD_TYPE=Release',
  '-DAPACHE_ONLY=1',
  '-DREGRESS_CHECKS=OFF',
  '-DWARNINGS_AS_ERRORS=OFF',
  '-DUSE_OPENSSL=OFF',
];

/** @throws Error naming the step that failed, with the last lines of its output. */
export async function buildTimescaledb(context: BuildContext, tree: string, major: number): Promise<void> {
  const { dir, logFile, report } = context;
  report(`Downloading the source of TimescaleDB (Debian ${SOURCE_SUITE}).`);
  const files = await downloadSource(context);
  const tools = await findBuildTools(context);
  const source = join(dir, 'source');
  mkdirSync(source);
  const run = (...command: string[]): Promise<string> =>
    runCommand(command, { logFile, variables: tools.variables });
  await run(
    'tar',
    '-xf',
    files.find((file) => /\.orig\.tar\./.test(file)) ?? '',
    '-C',
    source,
    '--strip-components=1',
  );
  const started = Date.now();
  report('Building TimescaleDB.');
  const build = join(dir, 'build');
  const pgConfig = `-DPG_CONFIG=${join(binDirOf(tree, major), 'pg_config')}`;
  // PostgreSQL's own flags ask for what a debugger needs, which takes a fifth of the compiler's time.
  const flags = `-DCMAKE_C_FLAGS=${['-g0', ...tools.flags].join(' ')}`;
  await run('cmake', '-S', source, '-B', build, pgConfig, flags, ...BUILD_OPTIONS, ...tools.cmakeOptions);
  await run('cmake', '--build', build, '--parallel', String(availableParallelism()));
  await run('cmake', '--install', build);
  report(`Built TimescaleDB in ${Math.round((Date.now() - started) / 1000)} s.`);
}

async function downloadSource({ apt, dir, logFile }: BuildContext): Promise<string[]> {
  const repository = (await apt.repositoriesOf('Debian')).find((uri) => !SECURITY_ARCHIVE.test(uri));
  if (!repository)
    throw new Error('no package of TimescaleDB is offered, and no Debian archive to take its source from');
  const keys = existsSync(DEBIAN_KEYS) ? `[signed-by=${DEBIAN_KEYS}] ` : '';
  const sources = join(dir, 'source.list');
  writeFileSync(sources, `deb-src ${keys}${repository} ${SOURCE_SUITE} main\n`);
  const archive = openApt(join(dir, 'apt-source'), logFile, sources);
  await archive.update();
  return await archive.downloadSource('timescaledb', join(dir, 'source-package'));
}

/*
 * A C compiler, make, cmake and xz: the machine's when it has them all, else packages of them unpacked beside the
 * build and thrown away with it. A compiler and headers of different origin are never mixed.
 */

interface BuildTools {
  readonly variables: Readonly<Record<string, string>>;
  readonly cmakeOptions: readonly string[];
  /** What the C compiler gets on top of PostgreSQL's own flags. */
  readonly flags: readonly string[];
}

const TOOLS = ['gcc', 'libc6-dev', 'make', 'cmake', 'xz-utils'];
/** What the tools' packages depend on but a build does not use. */
const NOT_NEEDED =
  /^(perl.*|libperl.*|.*-perl|dpkg|tar|usrmerge|init-system-helpers|lib(asan|lsan|tsan|ubsan)\d+|procps)$/;
/** The C library and what is compiled and linked against; everything else are programs and their libraries. */
const IN_SYSROOT = /^(libc6|libc6-dev|linux-libc-dev|libcrypt\d*|libcrypt-dev|libgcc-s1)$/;

/** Finds or fetches the tools. */
async function findBuildTools(context: BuildContext): Promise<BuildTools> {
  return (await machineTools(context)) ?? (await unpackedTools(context));
}

/** Tests the compiler by compiling and linking a program: gcc reports a version even without its headers. */
async function machineTools({ dir }: BuildContext): Promise<BuildTools | undefined> {
  const program = [
    'sh',
    '-c',
    'echo "#include <stdio.h>\nint main(void){return puts(\\"\\");}" | cc -x c - -o "$0"',
  ];
  const attempts = [
    [...program, join(dir, 'probe')],
    ['make', '--version'],
    ['cmake', '--version'],
    ['xz', '--version'],
  ];
  for (const attempt of attempts) {
    if ((await tryCommand(attempt)) === undefined) return undefined;
  }
  return { variables: {}, cmakeOptions: [], flags: [] };
}

async function unpackedTools({ apt, dir, report }: BuildContext): Promise<BuildTools> {
  const packages = (await apt.closureOf(TOOLS)).filter((name) => !NOT_NEEDED.test(name));
  report(`Downloading a compiler and cmake for the build (${packages.length} packages, removed afterwards).`);
  const sysroot = join(dir, 'sysroot');
  const tools = join(dir, 'tools');
  const isTarget = (name: string): boolean => IN_SYSROOT.test(name);
  const target = await apt.download(packages.filter(isTarget), join(dir, 'sysroot-packages'));
  const programs = await apt.download(
    packages.filter((name) => !isTarget(name)),
    join(dir, 'tool-packages'),
  );
  await unpack(target, sysroot);
  await unpack(programs, tools);
  // The archive's C library is split into /lib and /usr/lib; the loader scripts of the linker name both.
  const variables = { PATH: `${tools}/usr/bin:/usr/local/bin:/usr/bin:/bin`, ...librariesOf(tools) };
  await runCommand(['gcc', '--version'], { variables });
  return { variables, cmakeOptions: ['-DCMAKE_C_COMPILER=gcc'], flags: [`--sysroot=${sysroot}`] };
}

/** What one preparation works with. */
export interface BuildContext {
  readonly apt: Apt;
  /** Scratch space, without blanks in its path: make and pg_config do not survive them. */
  readonly dir: string;
  readonly logFile: string;
  readonly report: Report;
}

/** Unpacks Debian packages over each other. */
export async function unpack(files: readonly string[], folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const file of files) await runCommand(['dpkg-deb', '--extract', file, folder]);
}

/*
 * A PostgreSQL of our own: packages unpacked into one folder. Debian's PostgreSQL finds its files relative to its
 * programs, so the folder may be moved. The stamp is written last: a folder without one is not finished.
 */

type Origin = PostgresInstallation['origin'];

const STAMP = 'tidemark.json';

/** Records that the tree is complete. */
export function writeStamp(
  tree: string,
  stamp: { major: number; origin: Origin; packages: readonly string[] },
): void {
  writeFileSync(join(tree, STAMP), `${JSON.stringify(stamp, null, 2)}\n`);
}

/** Where the programs of a complete tree are and what they need, or undefined when it is not complete. */
export function readStamp(tree: string): Pick<PostgresInstallation, 'binDir' | 'env' | 'origin'> | undefined {
  try {
    const { major, origin } = JSON.parse(readFileSync(join(tree, STAMP), 'utf8')) as {
      major: number;
      origin: Origin;
    };
    return { binDir: binDirOf(tree, major), env: librariesOf(tree), origin };
  } catch {
    return undefined;
  }
}

/** The folder of the programs in a tree of Debian packages. */
function binDirOf(tree: string, major: number): string {
  return join(tree, 'usr/lib/postgresql', String(major), 'bin');
}

/** The variable that makes programs of a tree find the shared libraries in it. */
export function librariesOf(tree: string): Record<string, string> {
  const folders = ['usr/lib', 'lib'].flatMap((base) => {
    if (!existsSync(join(tree, base))) return [];
    const triplets = readdirSync(join(tree, base)).filter((name) => /-linux-gnu/.test(name));
    return triplets.map((triplet) => join(tree, base, triplet));
  });
  return folders.length === 0 ? {} : { LD_LIBRARY_PATH: folders.join(':') };
}
