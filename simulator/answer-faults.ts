// Faults that put another answer in the place of the data, or widen what is answered.
import { type Answer, htmlPage, jsonText, problem, statusTitle, tooManyRequests } from './answer.ts';
import { fault, optional, otherwise, required } from './fault-kind.ts';
import { line } from './fault-params.ts';
import { integerBetween, type Reader, wrong } from './input.ts';
import { envelopeText } from './rows.ts';
import { WIDEST_MS } from './window.ts';

const STATUSES = [400, 401, 403, 404, 408, 429, 500, 502, 503, 504];
const REASON = 'The request was rejected';

const statusCode: Reader<number> = (field, raw) => {
  if (STATUSES.includes(Number(raw))) return Number(raw);
  throw wrong(field, raw, `one of ${STATUSES.join(', ')}`);
};

/** The faults of this group by name. */
export const answerFaults = {
  status: fault(
    'answer',
    'answers an HTTP error: HTML for 5xx, plain text for 429, problem details else',
    {
      code: required(statusCode, STATUSES.join(', ')),
      retryAfterS: optional(integerBetween(0, 86_400), 'a Retry-After header of so many seconds'),
    },
    ({ code, retryAfterS }) =>
      (path) =>
        withRetryAfter(errorAnswer(code, path), retryAfterS),
  ),
  'html-200': fault(
    'answer',
    'answers a maintenance page: 200 text/html',
    {},
    () => () =>
      htmlPage(200, 'Maintenance', 'The Publication Tool is under maintenance. Please try again later.'),
  ),
  'rejected-200': fault(
    'answer',
    'answers 200 with "rejected":true and a message',
    { message: otherwise(REASON, line, 'the text in messages') },
    ({ message }) =>
      () =>
        rejection(200, message),
  ),
  'rejected-400': fault(
    'answer',
    'answers 400 with "rejected":true and a message',
    { message: otherwise(REASON, line, 'the text in messages') },
    ({ message }) =>
      () =>
        rejection(400, message),
  ),
  'empty-data': fault(
    'answer',
    'answers 200 with "data":[]',
    {},
    () => () => jsonText(200, envelopeText([])),
  ),
  'clamp-48h': fault(
    'window',
    'answers the last 48 hours of a window that is too wide, instead of 400',
    {},
    () =>
      ({ toMs }) => ({ fromMs: toMs - WIDEST_MS, toMs }),
  ),
};

function errorAnswer(code: number, path: string): Answer {
  if (code === 429) return tooManyRequests('100 per 1m');
  if (code >= 500) return htmlPage(code, statusTitle(code), 'The server could not answer the request.');
  return problem(code, 'The request could not be answered.', path);
}

function withRetryAfter(plain: Answer, retryAfterS: number | undefined): Answer {
  if (retryAfterS === undefined) return plain;
  return { ...plain, headers: { ...plain.headers, 'retry-after': String(retryAfterS) } };
}

function rejection(status: number, message: string): Answer {
  return jsonText(status, JSON.stringify({ data: [], rejected: true, messages: [message] }));
}
