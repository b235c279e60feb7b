/**
 * Our own programs as child processes: worker, simulator, commands. They get settings through the environment, never
 * through arguments, which every user of the machine can read.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { extname } from 'node:path';

interface NodeProcessOptions {
  /** Program and arguments, after `node`. */
  readonly program: readonly string[];
  readonly root: string;
  /** On top of the inherited environment. */
  readonly settings: Readonly<Record<string, string>>;
}

interface BackgroundProcessOptions extends NodeProcessOptions {
  /** Its name in messages: "the worker". */
  readonly name: string;
  readonly logFile: string;
  /** The process is registered here at once: a Ctrl-C may come while it is getting ready. */
  readonly stops: Stops;
}

/**
 * A program of this installation, after `node`.
 * @param name its file without the extension: `workers/main`
 */
export function ownProgram(name: string): string[] {
  return extname(import.meta.url) === '.ts' ? ['--import', 'tsx/esm', `${name}.ts`] : [`${name}.js`];
}

const STOP_LIMIT_MS = 25_000;

/**
 * Starts a program that sends a message over its IPC channel when it is ready, and waits for that. It ends by itself when the
 * channel breaks, so that nothing is left behind when we are killed.
 * @returns its message, and a promise of how it ended.
 * @throws Error with how it ended, if it was never ready.
 */
export async function startNodeProcess(
  options: BackgroundProcessOptions,
): Promise<{ readonly message: unknown; readonly exited: Promise<string> }> {
  const log = openSync(options.logFile, 'a', 0o640);
  const child = spawn(process.execPath, [...options.program], {
    cwd: options.root,
    env: { ...process.env, ...options.settings },
    // Its own session: a terminal's Ctrl-C reaches only us, and we keep control of the stop order.
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  const exited = endOf(child);
  options.stops.push(options.name, () => stop(child, exited));
  const ready = once(child, 'message').then(([message]: unknown[]) => ({ message }));
  const first = await Promise.race([ready, exited]);
  if (typeof first === 'string')
    throw new Error(`${options.name} ended at once (${first}); see ${options.logFile}`);
  return { message: first.message, exited };
}

/** Runs a program in the foreground, sharing the terminal. @returns its exit code, null when a signal ended it. */
export async function runNodeProcess({
  name,
  program,
  root,
  settings,
  stops,
}: Omit<BackgroundProcessOptions, 'logFile'>): Promise<number | null> {
  const child = spawn(process.execPath, [...program], {
    cwd: root,
    env: { ...process.env, ...settings },
    stdio: 'inherit',
  });
  const exited = endOf(child);
  stops.push(name, () => stop(child, exited));
  return await new Promise((resolve, reject) => child.once('exit', resolve).once('error', reject));
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
}

async function stop(child: ChildProcess, exited: Promise<string>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await exited;
  clearTimeout(timer);
}

export class Stops {
  readonly #stops: { readonly name: string; stop(): Promise<void> }[] = [];
  #stopping: Promise<void> | undefined;
  #isOver = false;

  /** @param stop is called at once where everything else has been stopped already. */
  push(name: string, stop: () => Promise<void>): void {
    if (this.#isOver) void stop().catch(() => {});
    else this.#stops.push({ name, stop });
  }

  /** Stops everything, newest first; a part that cannot be stopped does not keep the others running. */
  stopAll(report: (line: string) => void): Promise<void> {
    this.#stopping ??= this.#stopInOrder(report);
    return this.#stopping;
  }

  async #stopInOrder(report: (line: string) => void): Promise<void> {
    for (let entry = this.#stops.pop(); entry; entry = this.#stops.pop()) {
      const { name, stop } = entry;
      await stop().catch((error: unknown) => report(`could not stop ${name}: ${String(error)}`));
    }
    this.#isOver = true;
  }
}

/** Resolves with the name of the first termination signal; further ones are ignored while the stop is under way. */
export function whenSignalled(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(signal));
  });
}
