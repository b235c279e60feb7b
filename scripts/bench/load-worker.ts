/** A worker as a process of its own, straight at the servers, with the greatest memory that it ever took. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { ROOT } from '../../config/installation.ts';

export class LoadWorker {
  readonly #settings: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;

  constructor(databaseUrl: string, temporalAddress: string, sourceUrl: string, filesFolder: string) {
    this.#settings = {
      DATABASE_URL: databaseUrl,
      TEMPORAL_ADDRESS: temporalAddress,
      TIDEMARK_FILES: filesFolder,
      JAO_BASE_URL: sourceUrl,
      LOG_LEVEL: 'error',
      TIDEMARK_STATE_DIR: '/nowhere',
      TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml',
    };
  }

  /** Resolves when it is ready for work. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, ['--import', 'tsx/esm', 'workers/main.ts'], {
      cwd: ROOT,
      env: { ...process.env, ...this.#settings },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child = child;
    await once(child, 'message');
  }

  /** MiB; the high-water mark that the kernel keeps. */
  peakMemory(): number {
    const status = readFileSync(`/proc/${this.#child?.pid}/status`, 'utf8');
    return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}
