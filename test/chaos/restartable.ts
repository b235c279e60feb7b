/** A server that is killed and started again from the same options, so that it keeps state and port. */
import { setTimeout as delay } from 'node:timers/promises';

interface Running {
  readonly pid: number;
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

export class Restartable<T extends Running = Running> {
  readonly #start: () => Promise<T>;
  #running: T | undefined;
  /** One thing after the other: who is down is not killed again. */
  #busy: Promise<unknown> = Promise.resolve();

  constructor(start: () => Promise<T>) {
    this.#start = start;
  }

  async start(): Promise<T> {
    this.#running = await this.#start();
    return this.#running;
  }

  kill(pauseMs: number): Promise<void> {
    const done = this.#busy.then(() => this.#kill(pauseMs));
    this.#busy = done.catch(() => {});
    return done;
  }

  async stop(): Promise<void> {
    await this.#busy;
    await this.#running?.stop();
  }

  async #kill(pauseMs: number): Promise<void> {
    if (!this.#running) throw new Error('it does not run');
    process.kill(this.#running.pid, 'SIGKILL');
    await this.#running.exited;
    await delay(pauseMs);
    await this.start();
  }
}
