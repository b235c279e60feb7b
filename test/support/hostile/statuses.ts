/** Every status that is not 200. Transient ones are tried again; a 4xx is not; what no source promises is a finding. */
import { gzipSync } from 'node:zlib';
import { addDays } from '../../../domain/time/civil-day.ts';
import { each, type Family, firstThen, good, goodBody, type HostileCase, respond } from './case.ts';
import { FULL } from './good-day.ts';

const broken = { state: 'failed', failure: 'ANSWER_BROKEN', findings: { answer_broken: 'warn 1' } } as const;
const refused = { state: 'failed', failure: 'REQUEST_REFUSED' } as const;
const error = { state: 'failed', failure: 'SOURCE_ERROR', requests: 2 } as const;
const throttled = { state: 'failed', failure: 'SOURCE_THROTTLED', requests: 2 } as const;

const PROBLEM = '{"type":"about:blank","title":"Bad Request","status":400,"errors":{"ToUtc":["too wide"]}}';
const PAGE = '<html><body><h1>Service Unavailable</h1></body></html>';

const of = (expected: Omit<HostileCase, 'name' | 'answer'>, ...statuses: number[]): HostileCase[] =>
  statuses.map((status) => ({
    name: `${status}`,
    answer: respond(status, `because of ${status}`),
    ...expected,
  }));

const bodies: HostileCase[] = [
  {
    name: '201 with good data',
    answer: (request, socket) => respond(201, goodBody(request))(request, socket),
    ...broken,
  },
  ...each(refused, {
    '400 with a problem document': respond(400, PROBLEM, { 'content-type': 'application/problem+json' }),
    '400 with the envelope of a refusal': respond(400, '{"data":null,"rejected":true,"messages":["no"]}'),
    '404 with zero bytes': respond(404, Buffer.alloc(600)),
    '404 with control characters': respond(404, '\u0007\u001b[2J\u0000'),
    '404 with emoji, cut in the middle of one': respond(404, `x${'😀'.repeat(400)}`),
    '404 with bytes of no charset': respond(404, Buffer.alloc(600, 0xff)),
    '404 with sixteen megabytes': respond(404, Buffer.alloc(16 * 1_048_576, 'x')),
    '404 with gzip that is none': respond(404, 'plain', { 'content-encoding': 'gzip' }),
    '404 with an encoding that nobody knows': respond(404, 'plain', { 'content-encoding': 'zstd' }),
  }),
  ...each(error, {
    '500 with zero bytes in gzip': respond(500, gzipSync(Buffer.alloc(600)), { 'content-encoding': 'gzip' }),
    '503 with a page': respond(503, PAGE, { 'content-type': 'text/html' }),
    '503 with a Retry-After that is none': respond(503, '', { 'retry-after': 'soon 😀' }),
    '503 with a Retry-After in the past': respond(503, '', {
      'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT',
    }),
    '503 with a negative Retry-After': respond(503, '', { 'retry-after': '-1e9' }),
  }),
  ...each(
    { state: 'complete', rows: FULL, requests: 2 },
    {
      '503, then a good answer': firstThen(respond(503), good),
      '429, then a good answer': firstThen(respond(429), good),
    },
  ),
];

export const statuses: Family = {
  name: 'statuses',
  firstDay: '2025-11-02',
  cases: [
    ...of(broken, 201, 202, 203, 204, 205, 206, 207, 226, 304, 305, 399),
    ...of(
      refused,
      400,
      401,
      402,
      403,
      404,
      405,
      406,
      407,
      409,
      410,
      413,
      414,
      418,
      421,
      422,
      423,
      426,
      431,
      451,
      499,
    ),
    ...of(error, 408, 425, 500, 501, 502, 503, 504, 505, 507, 511, 520, 524, 599, 999),
    ...of(throttled, 429),
    ...bodies,
  ],
};

/** Days on which the source answers 429 with a Retry-After, and how long it is left alone at least, in seconds. */
export const PATIENCE = [
  ['99999999999999999999', 600],
  ['9'.repeat(400), 1],
  ['86400', 600],
  ['Fri, 31 Dec 9999 23:59:59 GMT', 600],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 1],
  ['-86400', 1],
  ['1e9', 1],
  ['Infinity', 1],
  ['5 minutes', 1],
  ['soon', 1],
  ['', 1],
].map(([retryAfter, seconds], i) => ({
  retryAfter: `${retryAfter}`,
  /** At least the quota's window, at most ten minutes. */
  seconds: Number(seconds),
  day: addDays('2026-02-01', i),
  answer: respond(429, '', { 'retry-after': `${retryAfter}` }),
}));
