/**
 * Builds TimescaleDB (Apache edition) into a private PostgreSQL, for systems that have no package of it: from Debian's
 * own source package, taken where the machine takes its packages and checked with the keys that it trusts.
 */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { openApt } from '../machine/apt.ts';
import { findBuildTools } from '../machine/build-tools.ts';
import { runCommand } from '../machine/run-command.ts';
import type { BuildContext } from './build-context.ts';
import { binDirOf } from './postgres-tree.ts';

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
