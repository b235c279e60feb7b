// The vocabulary of faults: one table from name to effect, and the notations in which people write one.

import { type Answer, htmlPage } from './answer.ts';
import { type FaultKind, fault, line, optional, otherwise, type ParamInput, required } from './fault-kind.ts';
import { integerBetween, type Reader, wrong } from './input.ts';
import { deliveryFaults, publicationFaults } from './publication-faults.ts';
import { rowFaults, valueFaults } from './row-faults.ts';
import { WIDEST_MS } from './window.ts';

// Faults that replace the answer with another one, or widen it.

const STATUSES = [400, 401, 403, 404, 408, 429, 500, 502, 503, 504, 599];
const REASON = 'The request was rejected';

const statusCode: Reader<number> = (field, raw) => {
  if (STATUSES.includes(Number(raw))) return Number(raw);
  throw wrong(field, raw, `one of ${STATUSES.join(', ')}`);
};

/** The faults of this group by name. */
const answerFaults = {
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

/** Every fault by name. */
export const FAULTS = {
  ...answerFaults,
  ...deliveryFaults,
  ...rowFaults,
  ...valueFaults,
  ...publicationFaults,
};

/** The name of a fault. */
export type FaultName = keyof typeof FAULTS;

/** Which requests a fault applies to: without any of these, every one. */
interface FaultScope {
  /** Only on this region and table, such as core/netPos. */
  readonly table?: string;
  /** Only on windows that touch this business day; faults in rows change the rows of this day only. */
  readonly day?: string;
  /** Only the next so many requests that match. */
  readonly times?: number;
  /** Only this share of the requests that match, from 0 to 1, chosen by seed, window and attempt. */
  readonly share?: number;
}

/** A fault as a test or a control body gives it. */
export type FaultInput = {
  [N in FaultName]: { readonly name: N } & FaultScope & ParamInput<(typeof FAULTS)[N]['params']>;
}[FaultName];

/** Whether a text names a fault. */
export function isFaultName(text: unknown): text is FaultName {
  return typeof text === 'string' && Object.hasOwn(FAULTS, text);
}

/** Splits a fault written as `name` or `name:key=value,key=value`. Values are texts; the fault validates them. */
export function parseFaultSpec(spec: string): Record<string, string> {
  const colon = spec.indexOf(':');
  const fields: Record<string, string> = { name: colon < 0 ? spec : spec.slice(0, colon) };
  for (const pair of colon < 0 ? [] : spec.slice(colon + 1).split(',')) {
    const equals = pair.indexOf('=');
    if (equals < 1) throw wrong('fault', spec, 'written name or name:key=value,key=value');
    fields[pair.slice(0, equals)] = pair.slice(equals + 1);
  }
  return fields;
}

/** The vocabulary for people: one line per fault and one per parameter. */
export function describeFaults(): string {
  return Object.entries(FAULTS)
    .map(([name, { description, params }]: [string, FaultKind]) => {
      const lines = Object.entries(params).map(
        ([param, { means, required }]) => `\n      ${param}${required ? '' : '?'}: ${means}`,
      );
      return `  ${name}: ${description}${lines.join('')}`;
    })
    .join('\n');
}
