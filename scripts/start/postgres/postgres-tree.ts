/**
 * A PostgreSQL of our own: packages unpacked into one folder. Debian's PostgreSQL finds its files relative to its
 * programs, so the folder may be moved. The stamp is written last: a folder without one is not finished.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PostgresInstallation } from './postgres-installation.ts';

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
export function binDirOf(tree: string, major: number): string {
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
