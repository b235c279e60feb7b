/** Everything below the body: connections, HTTP, encodings, time. What breaks off is asked for again, and fails in the end. */
import type { Socket } from 'node:net';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import {
  type Answer,
  type DayRequest,
  each,
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
  ...each(unreachable, {
    'a reset before anything': (_request, socket) => reset(socket),
    'an end before anything': (_request, socket) => socket.end(),
    'a reset within the headers': bytesThenReset(() => 'HTTP/1.1 200 OK\r\ncontent-ty'),
    'a reset within the body': bytesThenReset((request) =>
      withHead({ 'content-length': 1_000_000 }, goodBody(request)),
    ),
    'an end within the body': bytes((request) =>
      withHead({ 'content-length': 1_000_000 }, goodBody(request)),
    ),
    'an end within a chunk': bytes((request) =>
      withHead({ 'transfer-encoding': 'chunked' }, chunked(goodBody(request)).slice(0, -50)),
    ),
    'chunks without the last': bytes((request) =>
      withHead({ 'transfer-encoding': 'chunked' }, chunked(goodBody(request))),
    ),
    'a chunk without a size': bytes(() =>
      withHead({ 'transfer-encoding': 'chunked' }, 'many\r\n{}\r\n0\r\n\r\n'),
    ),
  }),
  ...each(timeout, {
    silence: () => {},
    'a slow drip of headers': drip(Buffer.from('HTTP/1.1 200 OK\r\nx: ')),
    'a slow drip of body': drip(head('200', JSON_TYPE)),
    'a slow drip of gzip, within its file name': drip(
      Buffer.concat([
        head('200', { ...JSON_TYPE, 'content-encoding': 'gzip' }),
        Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]),
      ]),
    ),
  }),
  {
    name: 'a reset, then a good answer',
    answer: firstThen((_request, socket) => reset(socket), good),
    ...complete,
    requests: 2,
  },
];

const http: HostileCase[] = [
  ...each(unreachable, {
    'not HTTP': bytes(() => 'SSH-2.0-OpenSSH_9.6\r\n'),
    'a body without headers': bytes(goodBody),
    'a negative Content-Length': bytes((request) => withHead({ 'content-length': -1 }, goodBody(request))),
    'two Content-Lengths': bytes((request) =>
      withHead({ 'content-length': 10, 'Content-Length': 20 }, goodBody(request)),
    ),
    'a Content-Length and chunks': bytes((request) =>
      withHead(
        { 'content-length': 10, 'transfer-encoding': 'chunked' },
        `${chunked(goodBody(request))}0\r\n\r\n`,
      ),
    ),
    'headers of a megabyte': bytes((request) =>
      withHead({ 'x-much': 'x'.repeat(1_048_576) }, goodBody(request)),
    ),
    '100 before the answer': (request, socket) => after('HTTP/1.1 100 Continue\r\n\r\n')(request, socket),
    '101 to another protocol': bytes(
      () => 'HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nx',
    ),
  }),
  ...each(complete, {
    'HTTP/1.0, the end of the connection is the end of the body': bytes(
      (request) => `HTTP/1.0 200 OK\r\n\r\n${goodBody(request)}`,
    ),
    'a header with bytes of no charset': bytes((request) =>
      Buffer.concat([
        Buffer.from('HTTP/1.1 200 OK\r\nx-odd: '),
        Buffer.from([0xff, 0xfe, 0x80]),
        Buffer.from(`\r\nconnection: close\r\n\r\n${goodBody(request)}`),
      ]),
    ),
    'an ETag with emoji': text((body) => body, { etag: '"😀"' }),
    'a Last-Modified that is no date': text((body) => body, { 'last-modified': 'yesterday, 😀' }),
    '103 before the answer': (request, socket) =>
      after('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n')(request, socket),
  }),
  {
    name: 'a Content-Length too short',
    answer: bytes((request) => withHead({ 'content-length': 100 }, goodBody(request))),
    ...notJson,
  },
  ...each(broken, {
    'a redirect to itself': redirect(302, ({ here }) => here),
    'a redirect to another host': redirect(301, ({ elsewhere }) => elsewhere),
    'a redirect that keeps the method': redirect(307, ({ elsewhere }) => elsewhere),
    'a redirect without end': redirect(308, ({ elsewhere }) => elsewhere),
    'a redirect without a place': respond(303),
    'a choice of places': respond(300, '<a href="/a">a</a>'),
  }),
];

const encodings: HostileCase[] = [
  ...each(complete, {
    gzip: encoded('gzip', (body) => gzipSync(body)),
    'GZIP in capitals': encoded('GZIP', (body) => gzipSync(body)),
    'deflate, which nobody asked for': encoded('deflate', (body) => deflateSync(body)),
    brotli: encoded('br', (body) => brotliCompressSync(body)),
    'gzip in gzip': encoded('gzip, gzip', (body) => gzipSync(gzipSync(body))),
  }),
  ...each(broken, {
    'gzip in gzip in gzip': encoded('gzip, gzip, gzip', (body) => gzipSync(gzipSync(gzipSync(body)))),
    'a thousand layers of gzip': encoded(
      Array.from({ length: 1_000 }, () => 'gzip').join(','),
      (body) => body,
    ),
    'an encoding that nobody knows': encoded('zstd', (body) => body),
    'an encoding named like a member of every object': encoded('constructor', (body) => body),
    'gzip that is none': encoded('gzip', (body) => body),
    'gzip with a damaged middle': encoded('gzip', (body) => damaged(gzipSync(body))),
    'gzip with a wrong checksum': encoded('gzip', (body) =>
      Buffer.concat([gzipSync(body).subarray(0, -8), Buffer.alloc(8)]),
    ),
    'gzip cut in the middle': encoded('gzip', (body) => gzipSync(body).subarray(0, -200)),
    'brotli cut in the middle': encoded('br', (body) => brotliCompressSync(body).subarray(0, -200)),
    'gzip with something after it': encoded('gzip', (body) =>
      Buffer.concat([gzipSync(body), Buffer.alloc(100, 'x')]),
    ),
  }),
  ...each(tooLarge, {
    'a gigabyte in a megabyte of gzip': encoded('gzip', () => SIXTEEN_BOMBS),
    'a gigabyte in gzip in gzip': encoded('gzip, gzip', () => gzipSync(SIXTEEN_BOMBS)),
    'a gigabyte in a kilobyte of brotli': encoded('br', () => BROTLI_BOMB),
  }),
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
