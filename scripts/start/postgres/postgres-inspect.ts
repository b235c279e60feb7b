// Finds out which PostgreSQL is in a folder, by running its programs rather than trusting files.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tryCommand } from '../machine/run-command.ts';
import type { Account } from '../state-folder.ts';
import type { PostgresInstallation } from './postgres-installation.ts';

export interface InspectOptions extends Pick<PostgresInstallation, 'binDir' | 'env' | 'origin'> {
  readonly account?: Account | undefined;
}

/** The oldest major version that a TimescaleDB of today supports. */
const OLDEST_MAJOR = 14;

/** The installation; undefined if it does not run for the account, is too old, or has no TimescaleDB. */
export async function inspectPostgres(options: InspectOptions): Promise<PostgresInstallation | undefined> {
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
