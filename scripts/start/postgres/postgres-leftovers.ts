/**
 * Ends what an earlier start left behind in a data directory: an orphaned server, or its children after the server
 * itself was killed. Only what works in that very directory is touched, and only while we hold its lock.
 */
import { existsSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findProcesses, type RunningProcess, signalProcess, waitForEnd } from '../machine/process-table.ts';
import type { Report } from '../machine/run-command.ts';

/** SIGINT ends the sessions and writes a checkpoint, SIGQUIT leaves the rest to recovery. Never SIGKILL: it leaks. */
const STEPS = [
  { signal: 'SIGINT', limitMs: 60_000 },
  { signal: 'SIGQUIT', limitMs: 15_000 },
] as const;

/** Children of a killed server notice it by themselves. */
const CHILDREN_LIMIT_MS = 10_000;

/** @throws Error when something of ours does not end. */
export async function endLeftovers(dataDir: string, report: Report): Promise<void> {
  const pidFile = join(dataDir, 'postmaster.pid');
  const server = serversOf(dataDir).find(({ pid }) => pid === pidIn(pidFile));
  if (server) {
    report(`Stopping the PostgreSQL that an earlier start left running (process ${server.pid}).`);
    await endServer(dataDir, server.pid);
  } else if (!(await waitForEnd(pidsOf(dataDir), CHILDREN_LIMIT_MS))) {
    for (const pid of pidsOf(dataDir)) signalProcess(pid, 'SIGQUIT');
    await waitForEnd(pidsOf(dataDir), CHILDREN_LIMIT_MS);
  }
  const rest = pidsOf(dataDir);
  if (rest.length > 0)
    throw new Error(`Processes of an earlier PostgreSQL in ${dataDir} do not end: ${rest.join(', ')}.`);
  // PostgreSQL would trust a stale file if another process happens to have the id in it.
  rmSync(pidFile, { force: true });
}

async function endServer(dataDir: string, pid: number): Promise<void> {
  for (const { signal, limitMs } of STEPS) {
    signalProcess(pid, signal);
    if (await waitForEnd([pid, ...pidsOf(dataDir)], limitMs)) return;
  }
}

function pidsOf(dataDir: string): number[] {
  return serversOf(dataDir).map(({ pid }) => pid);
}

/** The server names the directory in its arguments; its children work in it under the title "postgres: …". */
function serversOf(dataDir: string): RunningProcess[] {
  const real = existsSync(dataDir) ? realpathSync(dataDir) : dataDir;
  return findProcesses(({ args, cwd }) => {
    const line = `${args.join(' ')} `;
    return line.includes(`postgres -D ${dataDir} `) || (cwd === real && line.startsWith('postgres: '));
  });
}

function pidIn(file: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10);
  } catch {
    return undefined;
  }
}
