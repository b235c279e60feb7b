/**
 * Runs servers as our children. Each has its own session, so that a terminal's Ctrl-C reaches only us and we keep control
 * of the stop order. When we are killed, the kernel sends each child its stop signal (setpriv --pdeathsig, Linux);
 * elsewhere the next start ends what was left behind. The kernel watches the thread that starts the child: start servers
 * from the main thread.
 */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import type { Account } from '../state-folder.ts';
import { quote, withVariables } from './run-command.ts';

export interface ChildOptions {
  readonly command: readonly string[];
  /** Output of the child is appended here. */
  readonly logFile: string;
  /** The signal at which the child stops in good order. */
  readonly stopSignal: NodeJS.Signals;
  /** The signal for a child that did not stop in time. @default 'SIGKILL' */
  readonly lastSignal?: NodeJS.Signals;
  /** How long an orderly stop may take, milliseconds. */
  readonly stopLimitMs: number;
  readonly account?: Account | undefined;
  readonly variables?: Readonly<Record<string, string>> | undefined;
  /** Is given its stop at once: a Ctrl-C may come while it is getting ready. */
  readonly onBegun?: (stop: () => Promise<void>) => void;
}

export interface Child {
  readonly pid: number;
  /** Resolves with how it ended ("exit code 1", "SIGKILL"), for whatever reason. Never rejects. */
  readonly exited: Promise<string>;
  /** True until it ended. */
  isRunning(): boolean;
  /** Stops it gracefully, or after the limit by force; resolves when it has ended. Harmless when repeated. */
  stop(): Promise<void>;
  /** What it has printed since this start. */
  printed(): string;
  /** The last lines of that, to append to an error message. */
  lastWords(): string;
}

const KEPT_LOG_BYTES = 8 * 1024 * 1024;

/** Starts a child. Resolves when the system has started it, not when it is ready. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { account, logFile, stopSignal, stopLimitMs, lastSignal = 'SIGKILL' } = options;
  const [file = '', ...args] = [
    ...diesWithUs(stopSignal),
    ...withVariables(options.command, options.variables),
  ];
  const logStart = rotate(logFile);
  const log = openSync(logFile, 'a', 0o640);
  const child = spawn(file, args, {
    // A folder that every account may enter; the child's account may have no access to ours.
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
    ...(account ? { uid: account.uid, gid: account.gid } : {}),
  });
  closeSync(log);
  let running = true;
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => {
      running = false;
      resolve(signal ?? `exit code ${code}`);
    });
  });
  const spawned = new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
  const stop = async (): Promise<void> => {
    if (running) child.kill(stopSignal);
    const timer = setTimeout(() => child.kill(lastSignal), stopLimitMs);
    await exited;
    clearTimeout(timer);
  };
  options.onBegun?.(stop);
  await spawned;
  const printed = (): string => readFileSync(logFile).subarray(logStart).toString('utf8');
  const lastWords = (): string => quote(printed());
  return { pid: child.pid ?? 0, exited, isRunning: () => running, stop, printed, lastWords };
}

let pdeathsigWorks: boolean | undefined;

/** The setting survives exec but is reset by a change of account, so it comes after that. */
function diesWithUs(signal: NodeJS.Signals): string[] {
  const command = ['setpriv', '--pdeathsig', signal.replace(/^SIG/, ''), '--'];
  pdeathsigWorks ??= spawnSync('setpriv', [...command.slice(1), 'true'], { stdio: 'ignore' }).status === 0;
  return pdeathsigWorks ? command : [];
}

/** Puts a large log aside, one generation; returns where the next output will begin. */
function rotate(logFile: string): number {
  const size = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= KEPT_LOG_BYTES) return size;
  renameSync(logFile, `${logFile}.old`);
  return 0;
}
