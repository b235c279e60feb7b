/**
 * Work with a waiting reader: it ends when the reader is gone, and when it takes too long. All sessions taken during the work
 * (`openDatabase({ endsWithWork: true })`) are closed with it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

interface WorkLimits {
  /** How long it may take, not counting time spent by its reader, milliseconds. */
  readonly mostMs: number;
  /** How long its reader may leave a piece waiting, milliseconds. */
  readonly patienceMs: number;
  /** The error after `mostMs`. */
  tooLong(): Error;
  /** The error after `patienceMs`. */
  notTaken(): Error;
}

const inProgress = new AsyncLocalStorage<Work>();

export class Work {
  readonly #limits: WorkLimits;
  readonly #ending = new AbortController();
  #leftMs: number;
  #since = performance.now();
  #timer: NodeJS.Timeout | undefined;

  constructor(limits: WorkLimits) {
    this.#limits = limits;
    this.#leftMs = limits.mostMs;
    this.goOn();
  }

  /** The work that the caller belongs to. */
  static inProgress(): Work | undefined {
    return inProgress.getStore();
  }

  /** Calls `part` as a part of this work, with everything that it starts. */
  run(part: () => void): void {
    inProgress.run(this, part);
  }

  /** Aborted when it has ended before it was done; its reason is the error. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Ends it now. */
  end(why: Error): void {
    clearTimeout(this.#timer);
    this.#ending.abort(why);
  }

  /** Finished: neither limit applies any more. */
  done(): void {
    clearTimeout(this.#timer);
  }

  /** The reader has a piece: now its patience counts, not the time of the work. */
  handOver(): void {
    this.#leftMs -= performance.now() - this.#since;
    this.#endAfter(this.#limits.patienceMs, this.#limits.notTaken);
  }

  /** The reader wants the next piece. */
  goOn(): void {
    this.#since = performance.now();
    this.#endAfter(this.#leftMs, this.#limits.tooLong);
  }

  #endAfter(ms: number, why: () => Error): void {
    clearTimeout(this.#timer);
    if (!this.signal.aborted) this.#timer = setTimeout(() => this.end(why()), Math.max(0, ms)).unref();
  }
}
