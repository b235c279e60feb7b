// Where systems install the programs of PostgreSQL. Only lists the folders; `inspectPostgres` checks whether they are usable.
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { tryCommand } from '../machine/run-command.ts';

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
export async function postgresFolders(): Promise<string[]> {
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
