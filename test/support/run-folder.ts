/** Folders of a run of tests. Those of a run that was killed are removed by the next one. */
import { existsSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../../start/machine/process-table.ts';

const MEMORY = '/dev/shm';
/** More than all databases of a run need at a time. */
const ENOUGH_BYTES = 6 * 1024 ** 3;
const NAME = /^tidemark-test-(\d+)-/;

/** A new folder of this process in another one. */
export function makeRunFolder(parent: string): string {
  for (const name of readdirSync(parent).filter(isLeft)) rmSync(join(parent, name), { recursive: true });
  return mkdtempSync(join(parent, `tidemark-test-${process.pid}-`));
}

/** The folder that is in memory, where it has room for databases; on a disk, files that soon go again are slow to make. */
export function inMemory(otherwise: string): string {
  if (!existsSync(MEMORY)) return otherwise;
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize > ENOUGH_BYTES ? MEMORY : otherwise;
}

function isLeft(name: string): boolean {
  const [, pid] = NAME.exec(name) ?? [];
  return pid !== undefined && !isAlive(Number(pid));
}
