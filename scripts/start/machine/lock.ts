/**
 * A lock file that names its holder, so that the lock of a killed process is recognised and taken over. Meant for two
 * starts of Tidemark in one folder, not for high contention.
 */
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { startMark } from './process-table.ts';

export interface Lock {
  release(): void;
}

interface Holder {
  readonly pid: number;
  readonly mark: string;
  readonly token: string;
}

const POLL_MS = 100;

/** Takes the lock, or returns the id of the running process that has it. */
export function takeLock(path: string): Lock | { readonly heldBy: number } {
  const own: Holder = { pid: process.pid, mark: startMark(process.pid) ?? '', token: randomUUID() };
  const draft = `${path}.${own.token}`;
  writeFileSync(draft, JSON.stringify(own));
  try {
    while (!link(draft, path)) {
      const holder = readHolder(path);
      if (holder && startMark(holder.pid) === holder.mark) return { heldBy: holder.pid };
      discard(path, holder);
    }
    return { release: () => release(path, own) };
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Takes the lock as soon as it is free; `onWait` is called once with the holder's id when that takes time. */
export async function waitForLock(path: string, onWait: (holder: number) => void): Promise<Lock> {
  for (let isReported = false; ; isReported = true) {
    const outcome = takeLock(path);
    if ('release' in outcome) return outcome;
    if (!isReported) onWait(outcome.heldBy);
    await delay(POLL_MS);
  }
}

/** A hard link appears with its content or not at all, unlike a file that is created and then written. */
function link(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

/** Removes a dead holder's file. If another start was quicker, the moved file is its live lock and is put back. */
function discard(path: string, dead: Holder | undefined): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  const moved = readHolder(aside);
  if (moved && moved.token !== dead?.token) link(aside, path);
  rmSync(aside, { force: true });
}

function release(path: string, own: Holder): void {
  if (readHolder(path)?.token === own.token) rmSync(path, { force: true });
}
