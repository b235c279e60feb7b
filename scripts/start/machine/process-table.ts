/**
 * The processes of this machine, to distinguish a server left behind by an earlier start from an unrelated one. Reads /proc
 * on Linux and uses ps elsewhere. A zombie counts as dead: in a container it may never be reaped.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

export interface RunningProcess {
  readonly pid: number;
  /** The command line; on systems without /proc split at blanks. */
  readonly args: readonly string[];
  /** Its working folder; undefined where the system does not reveal it. */
  readonly cwd: string | undefined;
}

const POLL_MS = 25;
const LINUX = process.platform === 'linux';

/** True while a process with this id runs. */
export function isAlive(pid: number): boolean {
  return startMark(pid) !== undefined;
}

/**
 * Something that differs between two processes that had the same id one after the other (the start time, in the
 * system's own form); undefined when no such process runs.
 */
export function startMark(pid: number): string | undefined {
  try {
    if (!LINUX) return ps(['-o', 'lstart=', '-p', String(pid)]).trim() || undefined;
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').trim().split(' ');
    const [state] = fields;
    return state === 'Z' || state === 'X' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

/** All processes that we may inspect and for which `matches` is true. */
export function findProcesses(matches: (candidate: RunningProcess) => boolean): RunningProcess[] {
  return (LINUX ? linuxProcesses() : psProcesses()).filter(
    (candidate) => candidate.pid !== process.pid && matches(candidate),
  );
}

/** Waits until none of the processes runs; false when one still does after `limitMs`. */
export async function waitForEnd(pids: readonly number[], limitMs: number): Promise<boolean> {
  const deadline = Date.now() + limitMs;
  while (pids.some(isAlive)) {
    if (Date.now() > deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

/** Sends a signal to a process that may be gone by now. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function linuxProcesses(): RunningProcess[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((name) => {
    try {
      const args = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').slice(0, -1);
      return isAlive(Number(name)) ? [{ pid: Number(name), args, cwd: workingFolder(name) }] : [];
    } catch {
      return [];
    }
  });
}

function workingFolder(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

function psProcesses(): RunningProcess[] {
  const lines = ps(['-axww', '-o', 'pid=,args=']).split('\n');
  return lines.flatMap((line) => {
    const [, pid, args] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
    return pid && args ? [{ pid: Number(pid), args: args.split(' '), cwd: undefined }] : [];
  });
}

function ps(args: string[]): string {
  return execFileSync('ps', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}
