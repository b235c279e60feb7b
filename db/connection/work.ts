/**
 * Work that somebody waits for: it ends when nobody waits any more, and when it takes too long. Whatever takes a session
 * while it is in progress (`openDatabase({ endsWithWork: true })`) loses the session with it.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

interface WorkLimits {
  /** How long it may take, the time that its reader takes not counted, milliseconds. */
  readonly mostMs: number;
  /** How long its reader may let a piece wait, milliseconds. */
  readonly patienceMs: number;
  /** Why it ends after `mostMs`. */
  tooLong(): Error;
  /** Why it ends after `patienceMs`. */
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

  /** The work that the caller is a part of. */
  static inProgress(): Work | undefined {
    return inProgress.getStore();
  }

  /** Calls `part` as a part of this work, with everything that it begins. */
  run(part: () => void): void {
    inProgress.run(this, part);
  }

  /** Aborted when it has ended before it was done; its reason says why. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** Ends it now. */
  end(why: Error): void {
    clearTimeout(this.#timer);
    this.#ending.abort(why);
  }

  /** Nothing is left to be done: neither limit counts any more. */
  done(): void {
    clearTimeout(this.#timer);
  }

  /** The reader has a piece: from here on its patience counts, and not the time of the work. */
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
