// The publisher's quota: a maximum number of requests in any window of some milliseconds, over the whole process. A window is half-open: a
// request made exactly one window after another does not share a window with it. Refused requests are not counted, so a client that waits
// out the oldest request is served again.

/** Counts the instants in the window that ends now. */
export interface SlidingCount {
  /** Counts one more at `nowMs` and returns the size of the window that ends there. */
  add(nowMs: number): number;
  /** The size of the window that ends at `nowMs`. */
  count(nowMs: number): number;
  /** The oldest instant that is still counted, undefined when there is none. */
  oldestMs(): number | undefined;
}

/** Counts instants over a sliding window. Instants must not go back. */
export function createSlidingCount(windowMs: number): SlidingCount {
  let instants: number[] = [];
  let first = 0;
  const forget = (nowMs: number) => {
    while ((instants[first] ?? Number.POSITIVE_INFINITY) <= nowMs - windowMs) first += 1;
    if (first > 1000) [instants, first] = [instants.slice(first), 0];
    return instants.length - first;
  };
  return {
    add(nowMs) {
      instants.push(nowMs);
      return forget(nowMs);
    },
    count: forget,
    oldestMs: () => instants[first],
  };
}

/** The limit and its window. */
export interface QuotaOptions {
  /** Requests allowed in any window; 0 turns the quota off. */
  readonly requests: number;
  readonly windowMs: number;
}

/** Admits requests or not. */
export interface Quota {
  /** 0 when the request is admitted (and counted); else how many milliseconds until the next one can be. */
  waitMs(nowMs: number): number;
}

/** A quota on a monotonic clock that the caller reads. */
export function createQuota({ requests, windowMs }: QuotaOptions): Quota {
  const accepted = createSlidingCount(windowMs);
  return {
    waitMs(nowMs) {
      if (requests === 0) return 0;
      if (accepted.count(nowMs) >= requests) return untilFree(accepted.oldestMs() ?? nowMs, windowMs, nowMs);
      accepted.add(nowMs);
      return 0;
    },
  };
}

/** How long until the oldest request leaves the window; never 0, despite rounding. */
function untilFree(oldestMs: number, windowMs: number, nowMs: number): number {
  return Math.max(0.001, oldestMs + windowMs - nowMs);
}
