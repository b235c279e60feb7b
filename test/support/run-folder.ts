/** Folders of a run of tests. Those of a run that was killed are removed by the next one. */
import { existsSync, mkdtempSync, readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../../scripts/start/machine/process-table.ts';

const MEMORY = '/dev/shm';
/** More than all databases of a run need at a time. */
const ENOUGH_BYTES = 6 * 1024 ** 3;
const NAME = /^tidemark-test-(\d+)-/;

/** A new folder of this process in another one. */
export function makeRunFolder(parent: string): string {
  const left = readdirSync(parent).filter((name) => isLeft(parent, name));
  for (const name of left) rmSync(join(parent, name), { recursive: true, force: true });
  return mkdtempSync(join(parent, `tidemark-test-${process.pid}-`));
}

/** The folder that is in memory, where it has room for databases; on a disk, files that soon go again are slow to make. */
export function inMemory(otherwise: string): string {
  if (!existsSync(MEMORY)) return otherwise;
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize > ENOUGH_BYTES ? MEMORY : otherwise;
}

/** Ours alone: another account's cannot be removed. */
function isLeft(parent: string, name: string): boolean {
  const [, pid] = NAME.exec(name) ?? [];
  if (pid === undefined || isAlive(Number(pid))) return false;
  return statSync(join(parent, name), { throwIfNoEntry: false })?.uid === process.getuid?.();
}
