/** Does one HTTP exchange end in bytes or in the right failure, whatever the other side does? */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { requestSource } from '../../../../activities/ingest/source-client.ts';
import type { SourceRequest } from '../../../../domain/dataset/pull.ts';
import { Failure } from '../../../../domain/workflow/failures.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
let handler: Handler = (_request, response) => response.end();
let server: Server;
let baseUrl: string;

beforeAll(async () => {
  server = createServer((request, response) => handler(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const wanted: SourceRequest = {
  path: '/table',
  query: { FromUtc: '2026-04-20T22:00:00.000Z' },
  accept: 'application/json',
  maxBytes: 1_000_000,
  timeoutMs: 60_000,
};

const ask = (to: Handler, changes: Partial<SourceRequest> = {}, conditions: Record<string, string> = {}) => {
  handler = to;
  return requestSource(
    baseUrl,
    { ...wanted, ...changes },
    { conditions, cancelled: new AbortController().signal },
  );
};

async function failure(to: Handler, changes: Partial<SourceRequest> = {}): Promise<Failure> {
  const error = await ask(to, changes).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Failure);
  return error as Failure;
}

test('sends what the dataset asks for and brings the bytes as they are', async () => {
  const seen: IncomingMessage[] = [];
  const answer = await ask((request, response) => {
    seen.push(request);
    response.setHeader('etag', '"7"').end(Buffer.from([0, 255, 10]));
  });
  expect(seen[0]?.url).toBe('/table?FromUtc=2026-04-20T22%3A00%3A00.000Z');
  expect(seen[0]?.headers).toMatchObject({ accept: 'application/json', 'accept-encoding': 'gzip, br' });
  expect(answer).toMatchObject({ status: 200, body: Buffer.from([0, 255, 10]), headers: { etag: '"7"' } });
});

test('compressed answers arrive as what they mean', async () => {
  const body = Buffer.from('{"data":[]}');
  const answer = await ask((_request, response) =>
    response.setHeader('content-encoding', 'gzip').end(gzipSync(body)),
  );
  expect(answer.body).toEqual(body);
});

test('a conditional request may be answered with 304, another may not', async () => {
  const notModified: Handler = (_request, response) => response.writeHead(304).end();
  expect(await ask(notModified, {}, { 'if-none-match': '"7"' })).toMatchObject({ status: 304 });
  expect(await failure(notModified)).toMatchObject({ code: 'ANSWER_BROKEN' });
});

test.each([
  [400, 'REQUEST_REFUSED'],
  [401, 'REQUEST_REFUSED'],
  [403, 'REQUEST_REFUSED'],
  [404, 'REQUEST_REFUSED'],
  [408, 'SOURCE_ERROR'],
  [410, 'REQUEST_REFUSED'],
  [418, 'REQUEST_REFUSED'],
  [425, 'SOURCE_ERROR'],
  [429, 'SOURCE_THROTTLED'],
  [500, 'SOURCE_ERROR'],
  [502, 'SOURCE_ERROR'],
  [503, 'SOURCE_ERROR'],
  [504, 'SOURCE_ERROR'],
  [520, 'SOURCE_ERROR'],
  [204, 'ANSWER_BROKEN'],
  [206, 'ANSWER_BROKEN'],
] as const)('%i is %s and the message says what was answered', async (status, code) => {
  const error = await failure((_request, response) =>
    response.writeHead(status).end(status === 204 ? '' : 'because\n  of   that'),
  );
  expect(error.code).toBe(code);
  expect(error.message).toContain(`/table?FromUtc=2026-04-20T22%3A00%3A00.000Z answered ${status}`);
  if (status !== 204) expect(error.message).toContain('because of that');
});

test('redirects are not followed: the bytes would be another source’s', async () => {
  const error = await failure((_request, response) =>
    response.writeHead(302, { location: 'http://elsewhere.example/' }).end(),
  );
  expect(error).toMatchObject({
    code: 'ANSWER_BROKEN',
    message: expect.stringContaining('to http://elsewhere.example/; redirects are not followed'),
  });
});

test.each([
  ['120', 120_000],
  ['86400', 600_000], // not without limit: one attempt has to outlast it
  ['soon', undefined],
])('Retry-After %s', async (value, expected) => {
  const { retryAfterMs } = await failure((_request, response) =>
    response.writeHead(429, { 'retry-after': value }).end(),
  );
  expect(retryAfterMs).toBe(expected);
});

test('a date as Retry-After is one of the source’s clock', async () => {
  const headers = { date: 'Fri, 20 Nov 2026 12:00:00 GMT', 'retry-after': 'Fri, 20 Nov 2026 12:05:00 GMT' };
  const { retryAfterMs } = await failure((_request, response) => response.writeHead(429, headers).end());
  expect(retryAfterMs).toBe(300_000);
});

test('an endless body is cut at the limit, and so is a small bomb that would be large', async () => {
  const endless = await failure((_request, response) => {
    const more = () =>
      response.destroyed ||
      (response.write(Buffer.alloc(65_536, ' ')) ? setImmediate(more) : response.once('drain', more));
    more();
  });
  expect(endless).toMatchObject({
    code: 'ANSWER_TOO_LARGE',
    message: expect.stringContaining('1000000 bytes'),
  });
  // Packed before anybody waits for it.
  const small = gzipSync(Buffer.alloc(50_000_000));
  const bomb = await failure((_request, response) =>
    response.setHeader('content-encoding', 'gzip').end(small),
  );
  expect(bomb.code).toBe('ANSWER_TOO_LARGE');
});

test('an exactly allowed size is allowed', async () => {
  const answer = await ask((_request, response) => response.end(Buffer.alloc(1_000)), { maxBytes: 1_000 });
  expect(answer.body).toHaveLength(1_000);
});

test('damaged or unasked compression is a broken answer', async () => {
  expect(
    await failure((_request, response) => response.setHeader('content-encoding', 'gzip').end('not gzip')),
  ).toMatchObject({ code: 'ANSWER_BROKEN' });
  expect(
    await failure((_request, response) => response.setHeader('content-encoding', 'rot13').end('x')),
  ).toMatchObject({ code: 'ANSWER_BROKEN' });
});

test('silence, a drip and a cut are told apart from errors of the source', async () => {
  expect(await failure(() => {}, { timeoutMs: 300 })).toMatchObject({ code: 'SOURCE_TIMEOUT' });
  const drip: Handler = (_request, response) => {
    const timer = setInterval(() => response.write('.'), 20);
    response.on('close', () => clearInterval(timer));
  };
  expect(await failure(drip, { timeoutMs: 400 })).toMatchObject({ code: 'SOURCE_TIMEOUT' });
  expect(await failure((request) => request.socket.destroy())).toMatchObject({ code: 'SOURCE_UNREACHABLE' });
  const cut: Handler = (_request, response) => {
    response.writeHead(200, { 'content-length': '1000' });
    response.write('half', () => response.destroy());
  };
  expect(await failure(cut)).toMatchObject({ code: 'SOURCE_UNREACHABLE' });
});

test('nobody there', async () => {
  const error = await requestSource('http://127.0.0.1:9', wanted, {
    cancelled: new AbortController().signal,
  }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    code: 'SOURCE_UNREACHABLE',
    message: expect.stringContaining('ECONNREFUSED'),
  });
});

test('a cancelled activity stops asking', async () => {
  const cancelled = new AbortController();
  const waiting = new Promise<void>((resolve) => {
    handler = () => resolve();
  });
  const answer = requestSource(baseUrl, wanted, { cancelled: cancelled.signal });
  await waiting;
  cancelled.abort();
  await expect(answer).rejects.toThrow('aborted');
});
