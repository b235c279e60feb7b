/** The lock file, and telling processes apart. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { takeLock, waitForLock } from '../../../scripts/start/machine/lock.ts';
import {
  findProcesses,
  isAlive,
  startMark,
  waitForEnd,
} from '../../../scripts/start/machine/process-table.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-lock-'));
  path = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function take(): { release(): void } {
  const lock = takeLock(path);
  if ('heldBy' in lock) throw new Error(`held by ${lock.heldBy}`);
  return lock;
}

describe('a lock', () => {
  test('is had once, and again after its release', () => {
    const lock = take();
    expect(takeLock(path)).toEqual({ heldBy: process.pid });
    lock.release();
    take().release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('of a process that is gone is taken over', async () => {
    const gone = spawn('true');
    await once(gone, 'exit');
    writeFileSync(path, JSON.stringify({ pid: gone.pid, mark: '1', token: 'old' }));
    take().release();
  });

  test('of an earlier process with the same id is taken over', () => {
    writeFileSync(path, JSON.stringify({ pid: process.pid, mark: 'another start', token: 'old' }));
    take().release();
  });

  test('that is no lock at all is taken over', () => {
    writeFileSync(path, '');
    take().release();
  });

  test('is handed on to who waits, who is told once for whom', async () => {
    const lock = take();
    const holders: number[] = [];
    const waiting = waitForLock(path, (holder) => {
      holders.push(holder);
      lock.release();
    });
    (await waiting).release();
    expect(holders).toEqual([process.pid]);
  });
});

describe('the process table', () => {
  test('knows a running process by its command line and start, and its end', async () => {
    const child = spawn('sleep', ['4242.5'], { stdio: 'ignore' });
    const pid = child.pid ?? 0;
    expect(findProcesses(({ args }) => args.includes('4242.5')).map((found) => found.pid)).toEqual([pid]);
    expect(startMark(pid)).toBe(startMark(pid));
    child.kill();
    expect(await waitForEnd([pid], 60_000)).toBe(true);
    expect(findProcesses(({ args }) => args.includes('4242.5'))).toEqual([]);
  });

  test('counts a zombie as ended', async () => {
    // The shell's child ends at once, and the sleep that the shell becomes never asks for it.
    const parent = spawn('sh', ['-c', 'true & echo $!; exec sleep 1000'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    expect(await waitForEnd([Number(line)], 60_000)).toBe(true);
    expect(isAlive(parent.pid ?? 0)).toBe(true);
    parent.kill();
    await once(parent, 'exit');
  });
});
