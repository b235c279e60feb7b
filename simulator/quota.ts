// The publisher's quota: at most so many requests in any window of so many milliseconds, over the whole process.
// A window is half-open: a request made exactly one window after another does not share a window with it.
// Refused requests are not counted, so a client that waits out the oldest request is served again.

/** How many instants lie in the window that ends now. */
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

/** The limit and what it is counted over. */
export interface QuotaOptions {
  /** Requests allowed in any window; 0 turns the quota off. */
  readonly requests: number;
  readonly windowMs: number;
}

/** Lets requests through or not. */
export interface Quota {
  /** 0 when the request may pass (and is counted); else how many milliseconds until one more may. */
  waitMs(nowMs: number): number;
}

/** A quota over a monotonic clock that the caller reads. */
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

/** How long until the oldest request leaves the window; never 0, whatever the rounding does. */
function untilFree(oldestMs: number, windowMs: number, nowMs: number): number {
  return Math.max(0.001, oldestMs + windowMs - nowMs);
}
