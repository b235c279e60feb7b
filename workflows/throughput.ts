/** How fast days are done, not counting time in which none was in progress. Instants are milliseconds. */
export interface CarriedThroughput {
  readonly done: number;
  readonly activeMs: number;
}

export class Throughput {
  #done: number;
  #activeMs: number;
  #sinceMs: number | undefined;

  constructor({ done, activeMs }: CarriedThroughput = { done: 0, activeMs: 0 }) {
    this.#done = done;
    this.#activeMs = activeMs;
  }

  begin(nowMs: number): void {
    this.#sinceMs ??= nowMs;
  }

  /** @param isIdle whether nothing is in progress any more. */
  end(nowMs: number, isIdle: boolean): void {
    this.#done += 1;
    if (!isIdle || this.#sinceMs === undefined) return;
    this.#activeMs += nowMs - this.#sinceMs;
    this.#sinceMs = undefined;
  }

  /** Days per minute, one decimal; null before the first is done. */
  perMinute(nowMs: number): number | null {
    const activeMs = this.#activeMs + (this.#sinceMs === undefined ? 0 : nowMs - this.#sinceMs);
    return this.#done === 0 || activeMs <= 0 ? null : Math.round((this.#done / activeMs) * 600_000) / 10;
  }

  carry(): CarriedThroughput {
    return { done: this.#done, activeMs: this.#activeMs };
  }
}
