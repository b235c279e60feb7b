// The publisher's own answers: the data path behind the quota, and the errors of every other path. Every such request is counted and
// logged.
import {
  type Answer,
  type AnswerForms,
  htmlPage,
  jsonText,
  problem,
  statusTitle,
  tooManyRequests,
} from './answer.ts';
import type { SimulatorClock } from './business-day.ts';
import { answerData, type DataAnswer, rowsWithFaults } from './data-endpoint.ts';
import type { FaultSet } from './fault-set.ts';
import { monitoringRows } from './monitoring.ts';
import { createQuota } from './quota.ts';
import type { RequestLog } from './request-log.ts';
import { envelopeText, pageText, type RowSource, tableOf, utcText } from './rows.ts';
import type { QuotaSettings } from './simulation-options.ts';
import { type FieldErrors, type Page, readPage, readWindow, WIDEST_MS, type Window } from './window.ts';

/** What the publisher answers from. */
interface PublisherContext {
  readonly source: RowSource;
  readonly clock: SimulatorClock;
  readonly faults: FaultSet;
  readonly requests: RequestLog;
  readonly quota: QuotaSettings;
  readonly wallMs: () => number;
  readonly monotonicMs: () => number;
  /** How often a window of a table was requested before. */
  readonly attempt: (table: string, window: Window) => number;
}

/** Answers a request by its method, path and query. */
export type Publisher = (method: string, path: string, query: URLSearchParams) => Answer;

interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly window: ReturnType<typeof readWindow>;
  /** Which rows of the window; undefined for all of them. */
  readonly page: Page | undefined;
  readonly nowMs: number;
}

// Anything may precede /<region>/api: in reality it is the publisher's host.
const DATA_PATH = /\/([^/]+)\/api\/(data|system)\/([^/]+)\/?$/i;
const MAX_REMEMBERED_WINDOWS = 10_000;

/** A publisher with one quota. */
export function createPublisher(context: PublisherContext): Publisher {
  const { clock, requests, quota } = context;
  const limiter = createQuota(quota);
  return (method, path, query) => {
    const monotonicMs = context.monotonicMs();
    const request = { method, path, window: readWindow(query), page: readPage(query), nowMs: clock.nowMs() };
    const waitMs = limiter.waitMs(monotonicMs);
    const throttled = waitMs > 0;
    const answered = throttled ? plain(refusal(quota, waitMs)) : answerPath(context, request);
    requests.record({ ...logged(request, answered, context.wallMs()), throttled }, monotonicMs);
    return answered.answer;
  };
}

function answerPath({ source, faults, attempt }: PublisherContext, request: ReceivedRequest): DataAnswer {
  const { method, path, window, page, nowMs } = request;
  const [, region, api = '', slug] = DATA_PATH.exec(path) ?? [];
  const table = /^data$/i.test(api)
    ? tableOf(source, `${region}/${slug}`)
    : tableOf({ tables: [monitoringRows(source, faults)] }, `${region}/${api}/${slug}`);
  if (!table) return plain(problem(404, 'There is nothing at this path.', path));
  if (method !== 'GET') {
    const refused = problem(405, `The method ${method} is not allowed here.`, path);
    return plain({ ...refused, headers: { allow: 'GET' } });
  }
  // Faults apply only to readable windows: otherwise there is nothing to match them against.
  if ('errors' in window) return plain(badWindowAnswer(path, window.errors));
  return answerData({
    ...{ table: table.name, faults, window, attempt: attempt(table.name, window), forms: jaoForms(path) },
    tooWide: ({ fromMs, toMs }) =>
      toMs - fromMs > WIDEST_MS
        ? badWindowAnswer(path, { ToUtc: ['The window must not be wider than 2 days.'] })
        : undefined,
    dataOf: (wanted, take) => {
      const rows = rowsWithFaults(table, { faults, nowMs, window: wanted, take });
      return jsonText(200, page ? pageText(rows, page.skip, page.take) : envelopeText(rows));
    },
  });
}

/** The 400 for a window that cannot be used. */
function badWindowAnswer(path: string, errors: FieldErrors): Answer {
  return problem(400, 'The request has parameters that cannot be used.', path, errors);
}

function plain(answer: Answer): DataAnswer {
  return { answer, faults: [] };
}

function logged(
  { method, path, window, nowMs }: ReceivedRequest,
  { answer, faults }: DataAnswer,
  wallMs: number,
) {
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

/** Counts how often a window of a table was requested; forgets everything when it has seen too many windows. */
export function createAttemptCounter(): (table: string, window: Window) => number {
  const attempts = new Map<string, number>();
  return (table, { fromMs, toMs }) => {
    if (attempts.size > MAX_REMEMBERED_WINDOWS) attempts.clear();
    const key = `${table} ${fromMs} ${toMs}`;
    const earlier = attempts.get(key) ?? 0;
    attempts.set(key, earlier + 1);
    return earlier;
  };
}

// The Publication Tool's answers without data.

/** The answers for a path. */
function jaoForms(path: string): AnswerForms {
  return {
    status(code) {
      if (code === 429) return tooManyRequests('100 per 1m');
      if (code >= 500) return htmlPage(code, statusTitle(code), 'The server could not answer the request.');
      return problem(code, 'The request could not be answered.', path);
    },
    rejection: (status, message) =>
      jsonText(status, JSON.stringify({ data: [], rejected: true, messages: [message] })),
    nothing: () => jsonText(200, envelopeText([])),
  };
}
