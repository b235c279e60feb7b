/** Where databases of tests come and go without a disk. There, thousands of files that are soon deleted cost the most. */
import { existsSync, mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../../start/machine/process-table.ts';

const MEMORY = '/dev/shm';
/** More than all databases of a run need at a time. */
const ENOUGH_BYTES = 6 * 1024 ** 3;
const NAME = /^tidemark-test-(\d+)-/;

/**
 * A new folder of this process: in memory, or in this folder where there is no memory for it. What a run left there that was killed is
 * removed.
 */
export function makeFolder(otherwise: string): string {
  const left = existsSync(MEMORY) ? readdirSync(MEMORY).filter(isLeft) : [];
  for (const name of left) rmSync(join(MEMORY, name), { recursive: true, force: true });
  return mkdtempSync(join(hasRoom() ? MEMORY : otherwise, `tidemark-test-${process.pid}-`));
}

function isLeft(name: string): boolean {
  const [, pid] = NAME.exec(name) ?? [];
  return pid !== undefined && !isAlive(Number(pid));
}

function hasRoom(): boolean {
  if (!existsSync(MEMORY)) return false;
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize > ENOUGH_BYTES;
}
