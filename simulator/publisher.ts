// What the publisher itself answers: the data path behind the quota, and the errors of every other path.
// Every request that comes here is counted and logged.
import { type Answer, problem, tooManyRequests } from './answer.ts';
import type { SimulatorClock } from './clock.ts';
import { answerData, badWindowAnswer, type DataAnswer } from './data-endpoint.ts';
import type { FaultSet } from './fault-set.ts';
import { createQuota } from './quota.ts';
import type { RequestLog } from './request-log.ts';
import type { RowSource } from './row-source.ts';
import { utcText } from './rows.ts';
import type { QuotaSettings } from './simulation-options.ts';
import { readWindow, type Window } from './window.ts';

/** What the publisher answers from. */
export interface PublisherContext {
  readonly source: RowSource;
  readonly clock: SimulatorClock;
  readonly faults: FaultSet;
  readonly requests: RequestLog;
  readonly quota: QuotaSettings;
  readonly wallMs: () => number;
  readonly monotonicMs: () => number;
}

/** Answers a request by its method, path and query. */
export type Publisher = (method: string, path: string, query: URLSearchParams) => Answer;

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly window: ReturnType<typeof readWindow>;
  readonly nowMs: number;
}

// What stands before /core/api is the publisher's host in life and may be any prefix here.
const DATA_PATH = /\/core\/api\/data\/([^/]+)\/?$/i;
const DATASET = 'maxexchanges';
const MAX_REMEMBERED_WINDOWS = 10_000;

/** A publisher over one quota. */
export function createPublisher(context: PublisherContext): Publisher {
  const { clock, requests, quota } = context;
  const limiter = createQuota(quota);
  const attempt = createAttemptCounter();
  return (method, path, query) => {
    const monotonicMs = context.monotonicMs();
    const asked = { method, path, window: readWindow(query), nowMs: clock.nowMs() };
    const waitMs = limiter.waitMs(monotonicMs);
    const throttled = waitMs > 0;
    const answered = throttled ? plain(refusal(quota, waitMs)) : answerPath(context, asked, attempt);
    requests.record({ ...logged(asked, answered, context.wallMs()), throttled }, monotonicMs);
    return answered.answer;
  };
}

function answerPath(
  context: PublisherContext,
  asked: Asked,
  attempt: (window: Window) => number,
): DataAnswer {
  const { method, path, window, nowMs } = asked;
  const dataset = DATA_PATH.exec(path)?.[1];
  if (dataset?.toLowerCase() !== DATASET) return plain(problem(404, 'There is nothing at this path.', path));
  if (method !== 'GET') {
    const refused = problem(405, `The method ${method} is not allowed here.`, path);
    return plain({ ...refused, headers: { allow: 'GET' } });
  }
  // Faults act on readable windows only: without one there is nothing to match them against.
  if ('errors' in window) return plain(badWindowAnswer(path, window.errors));
  const { source, faults } = context;
  return answerData({ source, faults, nowMs, path, window, attempt: attempt(window) });
}

function plain(answer: Answer): DataAnswer {
  return { answer, faults: [] };
}

function logged({ method, path, window, nowMs }: Asked, { answer, faults }: DataAnswer, wallMs: number) {
  return {
    time: new Date(wallMs).toISOString(),
    clock: new Date(nowMs).toISOString(),
    method,
    path,
    window: 'errors' in window ? null : { from: utcText(window.fromMs), to: utcText(window.toMs) },
    status: answer.delivery.ending === 'reset' ? 0 : answer.status,
    faults,
  };
}

function refusal({ requests, windowMs, retryAfter }: QuotaSettings, waitMs: number): Answer {
  const period = windowMs % 60_000 === 0 ? `${windowMs / 60_000}m` : `${windowMs / 1000}s`;
  return tooManyRequests(`${requests} per ${period}`, retryAfter ? Math.ceil(waitMs / 1000) : undefined);
}

/** Counts how often a window was asked for; forgets everything when it has seen too many windows. */
function createAttemptCounter(): (window: Window) => number {
  const attempts = new Map<string, number>();
  return ({ fromMs, toMs }) => {
    if (attempts.size > MAX_REMEMBERED_WINDOWS) attempts.clear();
    const key = `${fromMs} ${toMs}`;
    const earlier = attempts.get(key) ?? 0;
    attempts.set(key, earlier + 1);
    return earlier;
  };
}
