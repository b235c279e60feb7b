// Faults that replace the answer with another one, or widen it.
import { type Answer, htmlPage } from './answer.ts';
import { fault, optional, otherwise, required } from './fault-kind.ts';
import { line } from './fault-params.ts';
import { integerBetween, type Reader, wrong } from './input.ts';
import { WIDEST_MS } from './window.ts';

const STATUSES = [400, 401, 403, 404, 408, 429, 500, 502, 503, 504, 599];
const REASON = 'The request was rejected';

const statusCode: Reader<number> = (field, raw) => {
  if (STATUSES.includes(Number(raw))) return Number(raw);
  throw wrong(field, raw, `one of ${STATUSES.join(', ')}`);
};

/** The faults of this group by name. */
export const answerFaults = {
  status: fault(
    'answer',
    'answers an HTTP error in the form of the publisher',
    {
      code: required(statusCode, STATUSES.join(', ')),
      retryAfterS: optional(integerBetween(0, 86_400), 'a Retry-After header of so many seconds'),
    },
    ({ code, retryAfterS }) =>
      (forms) =>
        withRetryAfter(forms.status(code), retryAfterS),
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
    'refuses in words, with 200: "rejected":true, or an acknowledgement',
    { message: otherwise(REASON, line, 'the text in messages') },
    ({ message }) =>
      (forms) =>
        forms.rejection(200, message),
  ),
  'rejected-400': fault(
    'answer',
    'refuses in words, with 400: "rejected":true, or an acknowledgement',
    { message: otherwise(REASON, line, 'the text in messages') },
    ({ message }) =>
      (forms) =>
        forms.rejection(400, message),
  ),
  'empty-data': fault(
    'answer',
    'answers that there is nothing: "data":[], or an acknowledgement',
    {},
    () => (forms) => forms.nothing(),
  ),
  'clamp-48h': fault(
    'window',
    'answers the last 48 hours of a window that is too wide, instead of 400',
    {},
    () =>
      ({ toMs }) => ({ fromMs: toMs - WIDEST_MS, toMs }),
  ),
};

function withRetryAfter(plain: Answer, retryAfterS: number | undefined): Answer {
  if (retryAfterS === undefined) return plain;
  return { ...plain, headers: { ...plain.headers, 'retry-after': String(retryAfterS) } };
}
