/** A real pgBackRest: a repository in a folder, an archive command for PostgreSQL, backups and restores. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../../scripts/start/machine/run-command.ts';
import { giveTo } from '../../../scripts/start/postgres/postgres-data.ts';
import { librariesOf } from '../../../scripts/start/postgres/timescaledb-build.ts';
import type { Account } from '../../../scripts/start/state-folder.ts';
import { debianTree } from '../debian-tree.ts';

export interface BackRest {
  /** For `archive_command`. */
  readonly archiveCommand: string;
  /** Runs a command of it: `backup --type=full`. @returns what it printed. */
  run(...args: readonly string[]): Promise<string>;
}

/** @param folder short: a socket lies in it. */
export async function openBackRest(
  folder: string,
  {
    dataDir,
    port,
    admin,
    account,
  }: { dataDir: string; port: number; admin: string; account?: Account | undefined },
): Promise<BackRest> {
  const tree = await debianTree('pgbackrest', { withLibraries: true });
  for (const name of ['repo', 'spool', 'lock', 'log']) mkdirSync(join(folder, name));
  const file = join(folder, 'pgbackrest.conf');
  writeFileSync(
    file,
    `[global]
repo1-path=${folder}/repo
repo1-retention-full=2
spool-path=${folder}/spool
lock-path=${folder}/lock
log-path=${folder}/log
start-fast=y
[tidemark]
pg1-path=${dataDir}
pg1-port=${port}
pg1-socket-path=${folder}
pg1-user=${admin}
`,
  );
  for (const path of [folder, ...['repo', 'spool', 'lock', 'log'].map((name) => join(folder, name)), file])
    giveTo(account, path);
  const variables = librariesOf(tree);
  const program = [join(tree, 'usr/bin/pgbackrest'), `--config=${file}`, '--stanza=tidemark'];
  const inShell = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return {
    archiveCommand: ['env', ...inShell, ...program, 'archive-push', '%p'].join(' '),
    run: (...args) => runCommand([...program, ...args], { variables, account, cwd: folder }),
  };
}
