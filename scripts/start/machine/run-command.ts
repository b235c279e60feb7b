/**
 * Runs a tool to its end. Every failure becomes one error that names the tool and quotes the last lines it printed.
 * The environment is inherited, never read here; changes to it go through `env`(1). Limits are milliseconds.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { appendFileSync, closeSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import type { Account } from '../state-folder.ts';

/** Takes one line, without a newline, for the person at the terminal. */
export type Report = (line: string) => void;

interface CommandOptions {
  /** The account to run as; our own when left out. */
  readonly account?: Account | undefined;
  /** Variables that are set on top of the inherited environment. */
  readonly variables?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
  /** How errors name the command, when its arguments would hide what matters. */
  readonly shownAs?: string;
  /** Everything the tool prints is appended to this file. */
  readonly logFile?: string | undefined;
  /** The tool is killed after this time. No limit when left out. */
  readonly limitMs?: number | undefined;
}

const QUOTED_LINES = 8;
const QUOTED_COMMAND = 120;

/** Puts `variables` into the environment of a command without reading our own. */
function withVariables(
  command: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): string[] {
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return assignments.length === 0 ? [...command] : ['env', ...assignments, ...command];
}

/**
 * Runs a command and returns what it printed on standard output.
 * @throws Error with the command, how it ended and the last lines of its output.
 */
export async function runCommand(command: readonly string[], options: CommandOptions = {}): Promise<string> {
  const [file = '', ...args] = withVariables(command, options.variables);
  const { account, cwd, limitMs } = options;
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd ? { cwd } : {}),
    ...(account ? { uid: account.uid, gid: account.gid } : {}),
    ...(limitMs ? { timeout: limitMs, killSignal: 'SIGKILL' as const } : {}),
  });
  const printed = collect(child, options.logFile);
  const ending = await endOf(child);
  if (ending === undefined) return printed.out;
  const late = child.killed && limitMs ? ` (stopped after ${limitMs / 1000} s)` : '';
  throw new Error(`"${shorten(options.shownAs ?? command.join(' '))}" ${ending}${late}${quote(printed.all)}`);
}

/** The same, with undefined instead of an error: to test whether something exists. */
export async function tryCommand(
  command: readonly string[],
  options: CommandOptions = {},
): Promise<string | undefined> {
  return await runCommand(command, options).catch(() => undefined);
}

/** The last lines of a text, indented, to append to an error message; for a Go panic the first lines, which have the reason. */
export function quote(text: string): string {
  const all = text.trimEnd().split('\n');
  const panic = all.findLastIndex((line) => line.startsWith('panic: '));
  const lines = panic < 0 ? all.slice(-QUOTED_LINES) : all.slice(panic, panic + QUOTED_LINES);
  return lines.join('') === '' ? '' : `:\n${lines.map((line) => `    ${line.trimEnd()}`).join('\n')}`;
}

function shorten(text: string): string {
  return text.length <= QUOTED_COMMAND ? text : `${text.slice(0, QUOTED_COMMAND)} …`;
}

function collect(child: ChildProcess, logFile: string | undefined): { out: string; all: string } {
  const printed = { out: '', all: '' };
  const add = (text: string): void => {
    printed.all += text;
    if (logFile) appendFileSync(logFile, text);
  };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    printed.out += text;
    add(text);
  });
  child.stderr?.setEncoding('utf8').on('data', add);
  return printed;
}

/** Waits for the end: undefined is success. */
async function endOf(child: ChildProcess): Promise<string | undefined> {
  return await new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not be started (${error.message})`));
    child.once('close', (code, signal) => {
      if (code === 0) resolve(undefined);
      else resolve(signal ? `was ended by ${signal}` : `failed with exit code ${code}`);
    });
  });
}

/*
 * Runs servers as our children. Each has its own session, so that a terminal's Ctrl-C reaches only us and we keep control
 * of the stop order. When we are killed, the kernel sends each child its stop signal (setpriv --pdeathsig, Linux);
 * elsewhere the next start ends what was left behind. The kernel watches the thread that starts the child: start servers
 * from the main thread.
 */

interface ChildOptions {
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
