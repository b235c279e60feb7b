/** Everything below the body: connections, HTTP, encodings, time. What breaks off is asked for again, and fails in the end. */
import type { Socket } from 'node:net';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import {
  type Answer,
  type DayRequest,
  type Family,
  firstThen,
  good,
  goodBody,
  type HostileCase,
  head,
  respond,
  text,
} from './case.ts';
import { FULL } from './good-day.ts';

const complete = { state: 'complete', rows: FULL } as const;
const unreachable = { state: 'failed', failure: 'SOURCE_UNREACHABLE', requests: 2 } as const;
const timeout = {
  state: 'failed',
  failure: 'SOURCE_TIMEOUT',
  requests: 2,
  // Long enough for the source to see each request, also where this process stands still for a moment.
  limits: { timeoutMs: 3_000 },
} as const;
const broken = { state: 'failed', failure: 'ANSWER_BROKEN', findings: { answer_broken: 'warn 1' } } as const;
const tooLarge = {
  state: 'failed',
  failure: 'ANSWER_TOO_LARGE',
  findings: { answer_too_large: 'warn 1' },
} as const;
const notJson = { state: 'quarantined', findings: { not_json: 'block 1' } } as const;

const reset = (socket: Socket) => socket.resetAndDestroy();
const JSON_TYPE = { 'content-type': 'application/json', connection: 'close' };

/** Raw bytes, and the end of the connection. */
const bytes =
  (make: (request: DayRequest) => string | Buffer): Answer =>
  (request, socket) =>
    socket.end(make(request));

/** Raw bytes, and a reset once they have left. */
const bytesThenReset =
  (make: (request: DayRequest) => string | Buffer): Answer =>
  (request, socket) =>
    socket.write(make(request), () => reset(socket));

const withHead = (headers: Record<string, string | number>, body: string | Buffer) =>
  Buffer.concat([head('200', { ...JSON_TYPE, ...headers }), Buffer.from(body)]);
const chunked = (body: string) => `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n`;
const encoded = (coding: string, encode: (good: Buffer) => Buffer) =>
  text((body) => encode(Buffer.from(body)), { 'content-encoding': coding });
const redirect =
  (status: number, to: (request: DayRequest) => string): Answer =>
  (request, socket) =>
    respond(status, 'moved', { location: to(request) })(request, socket);

/** A gigabyte of zeros in a megabyte. */
const BOMB = gzipSync(Buffer.alloc(64 * 1_048_576));
const SIXTEEN_BOMBS = Buffer.concat(Array.from({ length: 16 }, () => BOMB));
/** As small as by the default quality, in a thirtieth of the time; by the lowest it would be a hundred times larger. */
const QUALITY = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };
const BROTLI_BOMB = brotliCompressSync(Buffer.alloc(64 * 1_048_576), QUALITY);

/** One byte after the other, without end. */
const drip =
  (start: Buffer): Answer =>
  (_request, socket) => {
    socket.write(start);
    const timer = setInterval(() => socket.write(' '), 20);
    socket.on('close', () => clearInterval(timer));
  };

const damaged = (packed: Buffer) => {
  const middle = Math.floor(packed.length / 2);
  return packed.fill(0xff, middle, middle + 16);
};

const connections: HostileCase[] = [
  { name: 'a reset before anything', answer: (_request, socket) => reset(socket), ...unreachable },
  { name: 'an end before anything', answer: (_request, socket) => socket.end(), ...unreachable },
  {
    name: 'a reset within the headers',
    answer: bytesThenReset(() => 'HTTP/1.1 200 OK\r\ncontent-ty'),
    ...unreachable,
  },
  {
    name: 'a reset within the body',
    answer: bytesThenReset((request) => withHead({ 'content-length': 1_000_000 }, goodBody(request))),
    ...unreachable,
  },
  {
    name: 'an end within the body',
    answer: bytes((request) => withHead({ 'content-length': 1_000_000 }, goodBody(request))),
    ...unreachable,
  },
  {
    name: 'an end within a chunk',
    answer: bytes((request) =>
      withHead({ 'transfer-encoding': 'chunked' }, chunked(goodBody(request)).slice(0, -50)),
    ),
    ...unreachable,
  },
  {
    name: 'chunks without the last',
    answer: bytes((request) => withHead({ 'transfer-encoding': 'chunked' }, chunked(goodBody(request)))),
    ...unreachable,
  },
  {
    name: 'a chunk without a size',
    answer: bytes(() => withHead({ 'transfer-encoding': 'chunked' }, 'many\r\n{}\r\n0\r\n\r\n')),
    ...unreachable,
  },
  { name: 'silence', answer: () => {}, ...timeout },
  { name: 'a slow drip of headers', answer: drip(Buffer.from('HTTP/1.1 200 OK\r\nx: ')), ...timeout },
  { name: 'a slow drip of body', answer: drip(head('200', JSON_TYPE)), ...timeout },
  {
    name: 'a slow drip of gzip, within its file name',
    answer: drip(
      Buffer.concat([
        head('200', { ...JSON_TYPE, 'content-encoding': 'gzip' }),
        Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]),
      ]),
    ),
    ...timeout,
  },
  {
    name: 'a reset, then a good answer',
    answer: firstThen((_request, socket) => reset(socket), good),
    ...complete,
    requests: 2,
  },
];

const http: HostileCase[] = [
  { name: 'not HTTP', answer: bytes(() => 'SSH-2.0-OpenSSH_9.6\r\n'), ...unreachable },
  { name: 'a body without headers', answer: bytes(goodBody), ...unreachable },
  {
    name: 'HTTP/1.0, the end of the connection is the end of the body',
    answer: bytes((request) => `HTTP/1.0 200 OK\r\n\r\n${goodBody(request)}`),
    ...complete,
  },
  {
    name: 'a Content-Length too short',
    answer: bytes((request) => withHead({ 'content-length': 100 }, goodBody(request))),
    ...notJson,
  },
  {
    name: 'a negative Content-Length',
    answer: bytes((request) => withHead({ 'content-length': -1 }, goodBody(request))),
    ...unreachable,
  },
  {
    name: 'two Content-Lengths',
    answer: bytes((request) => withHead({ 'content-length': 10, 'Content-Length': 20 }, goodBody(request))),
    ...unreachable,
  },
  {
    name: 'a Content-Length and chunks',
    answer: bytes((request) =>
      withHead(
        { 'content-length': 10, 'transfer-encoding': 'chunked' },
        `${chunked(goodBody(request))}0\r\n\r\n`,
      ),
    ),
    ...unreachable,
  },
  {
    name: 'headers of a megabyte',
    answer: bytes((request) => withHead({ 'x-much': 'x'.repeat(1_048_576) }, goodBody(request))),
    ...unreachable,
  },
  {
    name: 'a header with bytes of no charset',
    answer: bytes((request) =>
      Buffer.concat([
        Buffer.from('HTTP/1.1 200 OK\r\nx-odd: '),
        Buffer.from([0xff, 0xfe, 0x80]),
        Buffer.from(`\r\nconnection: close\r\n\r\n${goodBody(request)}`),
      ]),
    ),
    ...complete,
  },
  { name: 'an ETag with emoji', answer: text((body) => body, { etag: '"😀"' }), ...complete },
  {
    name: 'a Last-Modified that is no date',
    answer: text((body) => body, { 'last-modified': 'yesterday, 😀' }),
    ...complete,
  },
  {
    name: '100 before the answer',
    answer: (request, socket) => after('HTTP/1.1 100 Continue\r\n\r\n')(request, socket),
    ...unreachable,
  },
  {
    name: '103 before the answer',
    answer: (request, socket) => after('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n')(request, socket),
    ...complete,
  },
  {
    name: '101 to another protocol',
    answer: bytes(() => 'HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nx'),
    ...unreachable,
  },
  { name: 'a redirect to itself', answer: redirect(302, ({ here }) => here), ...broken },
  { name: 'a redirect to another host', answer: redirect(301, ({ elsewhere }) => elsewhere), ...broken },
  {
    name: 'a redirect that keeps the method',
    answer: redirect(307, ({ elsewhere }) => elsewhere),
    ...broken,
  },
  { name: 'a redirect without end', answer: redirect(308, ({ elsewhere }) => elsewhere), ...broken },
  { name: 'a redirect without a place', answer: respond(303), ...broken },
  { name: 'a choice of places', answer: respond(300, '<a href="/a">a</a>'), ...broken },
];

const encodings: HostileCase[] = [
  { name: 'gzip', answer: encoded('gzip', (body) => gzipSync(body)), ...complete },
  { name: 'GZIP in capitals', answer: encoded('GZIP', (body) => gzipSync(body)), ...complete },
  {
    name: 'deflate, which nobody asked for',
    answer: encoded('deflate', (body) => deflateSync(body)),
    ...complete,
  },
  { name: 'brotli', answer: encoded('br', (body) => brotliCompressSync(body)), ...complete },
  { name: 'gzip in gzip', answer: encoded('gzip, gzip', (body) => gzipSync(gzipSync(body))), ...complete },
  {
    name: 'gzip in gzip in gzip',
    answer: encoded('gzip, gzip, gzip', (body) => gzipSync(gzipSync(gzipSync(body)))),
    ...broken,
  },
  {
    name: 'a thousand layers of gzip',
    answer: encoded(Array.from({ length: 1_000 }, () => 'gzip').join(','), (body) => body),
    ...broken,
  },
  { name: 'an encoding that nobody knows', answer: encoded('zstd', (body) => body), ...broken },
  {
    name: 'an encoding named like a member of every object',
    answer: encoded('constructor', (body) => body),
    ...broken,
  },
  { name: 'gzip that is none', answer: encoded('gzip', (body) => body), ...broken },
  {
    name: 'gzip with a damaged middle',
    answer: encoded('gzip', (body) => damaged(gzipSync(body))),
    ...broken,
  },
  {
    name: 'gzip with a wrong checksum',
    answer: encoded('gzip', (body) => Buffer.concat([gzipSync(body).subarray(0, -8), Buffer.alloc(8)])),
    ...broken,
  },
  {
    name: 'gzip cut in the middle',
    answer: encoded('gzip', (body) => gzipSync(body).subarray(0, -200)),
    ...broken,
  },
  {
    name: 'brotli cut in the middle',
    answer: encoded('br', (body) => brotliCompressSync(body).subarray(0, -200)),
    ...broken,
  },
  {
    name: 'gzip with something after it',
    answer: encoded('gzip', (body) => Buffer.concat([gzipSync(body), Buffer.alloc(100, 'x')])),
    ...broken,
  },
  { name: 'a gigabyte in a megabyte of gzip', answer: encoded('gzip', () => SIXTEEN_BOMBS), ...tooLarge },
  {
    name: 'a gigabyte in gzip in gzip',
    answer: encoded('gzip, gzip', () => gzipSync(SIXTEEN_BOMBS)),
    ...tooLarge,
  },
  {
    name: 'a gigabyte in a kilobyte of brotli',
    answer: encoded('br', () => BROTLI_BOMB),
    ...tooLarge,
  },
];

function after(first: string): Answer {
  return (request, socket) => {
    socket.write(first);
    good(request, socket);
  };
}

export const transport: Family = {
  name: 'transport',
  firstDay: '2025-06-10',
  cases: [...connections, ...http, ...encodings],
};
