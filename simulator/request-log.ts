// Requests and their answers: evidence for tests that a client kept the quota. Control calls and the page at / are not logged.
import { createSlidingCount } from './quota.ts';

const KEPT_REQUESTS = 1000;

/** One request and its answer. */
export interface LoggedRequest {
  /** Real time, ISO 8601. */
  readonly time: string;
  /** The simulator's clock, ISO 8601. */
  readonly clock: string;
  readonly method: string;
  readonly path: string;
  /** The requested window; null when the request had no readable one. */
  readonly window: { readonly from: string; readonly to: string } | null;
  /** Query parameters, for a publisher with several kinds at one path; never a token. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** The HTTP status; 0 when the connection was reset instead. */
  readonly status: number;
  /** Names of the faults applied to it. */
  readonly faults: readonly string[];
  /** Refused by the quota. */
  readonly throttled: boolean;
}

/** Sums over all requests since the start or the last clearing. */
export interface RequestCounts {
  readonly total: number;
  /** Admitted by the quota, whatever the answer was. */
  readonly answered: number;
  readonly throttled: number;
  readonly byStatus: Readonly<Record<string, number>>;
  /** The greatest number of answered requests in any quota window. */
  readonly greatestAnsweredInWindow: number;
  /** The same over all requests, including refused ones: what the client tried. */
  readonly greatestRequestedInWindow: number;
}

/** The log of one simulator. */
export interface RequestLog {
  record(request: LoggedRequest, monotonicMs: number): void;
  counts(): RequestCounts;
  /** The last 1000 requests, oldest first. */
  latest(): readonly LoggedRequest[];
  clear(): void;
}

/** A log whose window counts use the quota's window length. */
export function createRequestLog(windowMs: number): RequestLog {
  let state = emptyState(windowMs);
  return {
    record(request, monotonicMs) {
      state.latest.push(request);
      if (state.latest.length > KEPT_REQUESTS) state.latest.shift();
      state.byStatus[request.status] = (state.byStatus[request.status] ?? 0) + 1;
      state.greatestRequested = Math.max(state.greatestRequested, state.requested.add(monotonicMs));
      state.total += 1;
      if (request.throttled) return;
      state.answered += 1;
      state.greatestAnswered = Math.max(state.greatestAnswered, state.passed.add(monotonicMs));
    },
    counts: () => ({
      total: state.total,
      answered: state.answered,
      throttled: state.total - state.answered,
      byStatus: { ...state.byStatus },
      greatestAnsweredInWindow: state.greatestAnswered,
      greatestRequestedInWindow: state.greatestRequested,
    }),
    latest: () => [...state.latest],
    clear() {
      state = emptyState(windowMs);
    },
  };
}

function emptyState(windowMs: number) {
  return {
    latest: [] as LoggedRequest[],
    byStatus: {} as Record<string, number>,
    total: 0,
    answered: 0,
    greatestRequested: 0,
    greatestAnswered: 0,
    requested: createSlidingCount(windowMs),
    passed: createSlidingCount(windowMs),
  };
}
