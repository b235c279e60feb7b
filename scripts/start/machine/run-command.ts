/**
 * Runs a tool to its end. Every failure becomes one error that names the tool and quotes the last lines it printed.
 * The environment is inherited, never read here; changes to it go through `env`(1). Limits are milliseconds.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import type { Account } from '../state-folder.ts';

/** Takes one line, without a newline, for the person at the terminal. */
export type Report = (line: string) => void;

export interface CommandOptions {
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
export function withVariables(
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
