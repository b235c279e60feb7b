/**
 * A worker as a process of its own, with a line of its own to PostgreSQL, Temporal and the source that can be cut. One
 * that ends by itself is started again, as a supervisor of containers would.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { ROOT } from '../../config/installation.ts';
import { ALONE } from '../support/alone.ts';
import { programOf } from '../support/program.ts';
import { portOf, withPort } from './addresses.ts';
import { TcpProxy } from './tcp-proxy.ts';

export interface WorkerPlaces {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly sourceUrl: string;
  readonly logFile: string;
  /** Arguments of Node. @default the worker's own entry point */
  readonly program?: readonly string[];
  /** Further settings. */
  readonly settings?: Readonly<Record<string, string>>;
}

type Line = 'PostgreSQL' | 'Temporal' | 'source';

const RESTART_AFTER_MS = 500;

export class WorkerProcess {
  /** How it ended when nobody had killed it. */
  readonly endedByItself: string[] = [];
  readonly #lines: Readonly<Record<Line, TcpProxy>>;
  readonly #settings: Readonly<Record<string, string>>;
  readonly #logFile: string;
  readonly #program: readonly string[];
  #child: ChildProcess | undefined;
  #wanted = true;
  #busy: Promise<unknown> = Promise.resolve();

  private constructor(lines: Readonly<Record<Line, TcpProxy>>, places: WorkerPlaces) {
    this.#lines = lines;
    this.#logFile = places.logFile;
    this.#program = places.program ?? programOf('workers/main');
    this.#settings = {
      DATABASE_URL: withPort(places.databaseUrl, lines.PostgreSQL.port),
      TEMPORAL_ADDRESS: `127.0.0.1:${lines.Temporal.port}`,
      JAO_BASE_URL: withPort(places.sourceUrl, lines.source.port),
      LOG_LEVEL: 'warn',
      ...ALONE,
      // Of private datasets nobody simulates the source: their runs would try for minutes to reach it.
      TIDEMARK_DATASETS: '',
      ...places.settings,
    };
  }

  /** Starts it and resolves when it is ready for work. */
  static async start(places: WorkerPlaces): Promise<WorkerProcess> {
    const [PostgreSQL, Temporal, source] = await Promise.all(
      [places.databaseUrl, places.temporalAddress, places.sourceUrl].map((to) => TcpProxy.open(portOf(to))),
    );
    if (!PostgreSQL || !Temporal || !source) throw new Error('a line is missing');
    const worker = new WorkerProcess({ PostgreSQL, Temporal, source }, places);
    await worker.#run();
    return worker;
  }

  /** One kill after the other: who is down is not killed again. */
  kill(pauseMs: number): Promise<void> {
    const done = this.#busy.then(() => this.#kill(pauseMs));
    this.#busy = done.catch(() => {});
    return done;
  }

  async #kill(pauseMs: number): Promise<void> {
    this.#wanted = false;
    const child = this.#child;
    if (child) {
      const ended = isRunning(child) ? once(child, 'exit') : undefined;
      child.kill('SIGKILL');
      await ended;
    }
    await delay(pauseMs);
    this.#wanted = true;
    await this.#run();
  }

  /** The whole process stands still, as in a machine that is moved, and then goes on as if nothing had been. */
  async pause(pauseMs: number): Promise<void> {
    this.#child?.kill('SIGSTOP');
    await delay(pauseMs);
    this.#child?.kill('SIGCONT');
  }

  async disturbLine(line: Line, how: 'cut' | 'freeze', pauseMs: number): Promise<void> {
    this.#lines[line][how]();
    await delay(pauseMs);
    this.#lines[line].restore();
  }

  async stop(): Promise<void> {
    this.#wanted = false;
    const child = this.#child;
    if (child && isRunning(child)) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }
    await Promise.all(Object.values(this.#lines).map((line) => line.close()));
  }

  /** Until it is ready, however often that takes. */
  async #run(): Promise<void> {
    while (this.#wanted) {
      const child = this.#spawn();
      this.#child = child;
      const exited = once(child, 'exit');
      const ready = await Promise.race([once(child, 'message').then(() => true), exited.then(() => false)]);
      void exited.then(([code, signal]) => this.#ended(child, signal ?? `exit code ${code}`, ready));
      if (ready) return;
      await delay(RESTART_AFTER_MS);
      // Killed meanwhile, and started again by who killed it.
      if (child !== this.#child) return;
    }
  }

  #spawn(): ChildProcess {
    const log = openSync(this.#logFile, 'a');
    const env = { ...process.env, ...this.#settings };
    const child = spawn(process.execPath, this.#program, {
      cwd: ROOT,
      env,
      stdio: ['ignore', log, log, 'ipc'],
    });
    closeSync(log);
    return child;
  }

  #ended(child: ChildProcess, how: string, wasReady: boolean): void {
    if (!this.#wanted || child !== this.#child) return;
    this.endedByItself.push(wasReady ? how : `${how} while starting`);
    if (wasReady) void delay(RESTART_AFTER_MS).then(() => (child === this.#child ? this.#run() : undefined));
  }
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}
