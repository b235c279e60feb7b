/** Is whoever asks too much, too often, too slowly or nonsense refused as a problem, and is every answer guarded by its headers? */
import { once } from 'node:events';
import { connect } from 'node:net';
import { hostname } from 'node:os';
import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApi } from '../../../../api/app.ts';
import { PROBLEM_TYPE } from '../../../../api/http/problem.ts';
import {
  type Answer,
  type ApiEnvironment,
  answerOf,
  openApiEnvironment,
} from '../../../support/api/api-environment.ts';
import { makeKey, type TestKey } from '../../../support/api/keys.ts';
import { DATASET } from '../../../support/test-environment.ts';

let testEnv: ApiEnvironment;
let operator: TestKey;
beforeAll(async () => {
  testEnv = await openApiEnvironment({}, { corsOrigins: ['https://desk.example'] });
  operator = await makeKey(testEnv, { role: 'operator' });
});
afterAll(() => testEnv.close());

const ask = async (options: InjectOptions, api = testEnv.api): Promise<Answer> =>
  answerOf(await api.inject(options));
const post = (payload: string | Buffer, headers: Record<string, string> = {}) =>
  ask({
    method: 'POST',
    url: `/v1/datasets/${DATASET}/pause`,
    headers: { ...operator.headers, 'content-type': 'application/json', ...headers },
    payload,
  });

function expectProblem(answer: Answer, status: number, detail: RegExp): void {
  expect(answer.headers['content-type']).toContain(PROBLEM_TYPE);
  expect(answer).toMatchObject({
    status,
    json: { status, type: `urn:tidemark:problem:${status}`, detail: expect.stringMatching(detail) },
  });
}

describe('too many requests', () => {
  /** An API of its own, with counters of its own. */
  async function withLimit(
    requestsPerMinute: number,
    work: (from: (ip: string, headers?: object) => Promise<Answer>) => Promise<void>,
  ) {
    const api = await buildApi({ ...testEnv.deps, requestsPerMinute });
    await work((remoteAddress, headers = {}) =>
      ask({ url: '/v1/me', remoteAddress, headers: { ...headers } }, api),
    );
    await api.close();
  }

  test('from an address end with 429 and say when to come back; others are not concerned', async () => {
    await withLimit(3, async (from) => {
      for (let n = 0; n < 3; n++) expect((await from('10.0.0.1')).status).toBe(200);
      const refused = await from('10.0.0.1');
      expectProblem(refused, 429, /3 a minute are allowed; try again in \d+ seconds/);
      const seconds = Number(refused.headers['retry-after']);
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThanOrEqual(60);
      expect((await from('10.0.0.2')).status).toBe(200);
      expect((await from('10.0.0.1', operator.headers)).status).toBe(200);
    });
  });

  test('of a key are counted wherever they come from', async () => {
    await withLimit(2, async (from) => {
      expect((await from('10.0.0.1', operator.headers)).status).toBe(200);
      expect((await from('10.0.0.2', operator.headers)).status).toBe(200);
      expectProblem(await from('10.0.0.3', operator.headers), 429, /too many requests/);
      const other = await makeKey(testEnv);
      expect((await from('10.0.0.3', other.headers)).status).toBe(200);
    });
  });

  test('with wrong keys are counted by address, however many keys are tried', async () => {
    await withLimit(2, async (from) => {
      const guess = (n: number) => from('10.0.0.1', { authorization: `Bearer tmk_${n}` });
      expect([(await guess(1)).status, (await guess(2)).status]).toEqual([401, 401]);
      expectProblem(await guess(3), 429, /too many requests/);
      expect((await from('10.0.0.1', operator.headers)).status).toBe(200);
      expect((await from('10.0.0.1')).status).toBe(200);
    });
  });
});

test('wrong keys are counted by address where requests are not: on the way for events', async () => {
  const api = await buildApi({ ...testEnv.deps, requestsPerMinute: 2 });
  const send = (key: string, remoteAddress = '10.0.0.1') =>
    ask(
      {
        ...{ method: 'POST', url: '/v1/events/any.events', remoteAddress, payload: '{}' },
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      },
      api,
    );
  expect([(await send('tmk_1')).status, (await send('tmk_2')).status]).toEqual([401, 401]);
  expectProblem(await send('tmk_3'), 429, /too many requests/);
  expect((await send('tmk_4', '10.0.0.2')).status).toBe(401);
  // Who has a key sends as often as need be.
  for (let n = 0; n < 5; n++) expect((await send(operator.secret)).status).toBe(404);
  await api.close();
});

describe('an API that reads without a key', () => {
  const call = (host: string, api = testEnv.api) => ask({ url: '/v1/me', headers: { host } }, api);

  test('answers who calls this machine by its name', async () => {
    for (const name of ['localhost', 'LOCALHOST', '127.0.0.1', '[::1]', hostname()])
      for (const port of ['', ':8080']) expect((await call(name + port)).status).toBe(200);
  });

  test('answers nobody who was led here by another name', async () => {
    for (const host of [
      'evil.example',
      'evil.example:8080',
      '127.0.0.1.evil.example',
      'localhost.evil.example',
    ]) {
      expectProblem(await call(host), 421, /call it as localhost, or name the host in the setting API_HOSTS/);
      for (const url of ['/', '/openapi.json', '/nothing'])
        expect((await ask({ url, headers: { host } })).status).toBe(421);
    }
  });

  test('answers for the hosts that its setting names; with keys it answers for all', async () => {
    const named = await buildApi({ ...testEnv.deps, hosts: ['desk.example'] });
    expect((await call('Desk.example:8080', named)).status).toBe(200);
    expect((await call('other.example', named)).status).toBe(421);
    await named.close();
    const keyed = await buildApi({ ...testEnv.deps, access: 'keys' });
    const { headers } = await makeKey(testEnv);
    const answer = await ask({ url: '/v1/me', headers: { ...headers, host: 'desk.example' } }, keyed);
    expect(answer.status).toBe(200);
    await keyed.close();
  });
});

describe('a body', () => {
  test('that is too large is refused with 413', async () => {
    expectProblem(await post(JSON.stringify({ reason: 'x'.repeat(70_000) })), 413, /too large/i);
  });

  test.each(['{"reason": ', '{"reason": "x"}}', '', '\u0000'])(
    'that is no JSON is refused with 400: %j',
    async (text) => {
      expectProblem(await post(text), 400, /./);
    },
  );

  test('of another type is refused with 415', async () => {
    expectProblem(await post('reason=x', { 'content-type': 'application/x-www-form-urlencoded' }), 415, /./);
    expectProblem(await post('<reason/>', { 'content-type': 'text/xml' }), 415, /./);
  });

  test('that is nested without end is refused, and nothing breaks', async () => {
    const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
    expectProblem(await post(`{"reason": ${deep}}`), 400, /reason/);
    expectProblem(await post('{"__proto__": {"x": 1}, "reason": "x"}'), 400, /./);
  });

  test('that does not come is given up', async () => {
    const api = await buildApi(testEnv.deps, false, { bodyBytes: 1_000, requestMs: 200 });
    await api.listen({ host: '127.0.0.1', port: 0 });
    const socket = connect(Number(new URL(api.listeningOrigin).port), '127.0.0.1');
    let received = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      received += text;
    });
    socket.write('POST /v1/backfills HTTP/1.1\r\nHost: localhost\r\n');
    await once(socket, 'close');
    expect(received).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(received).toContain(PROBLEM_TYPE);
    await api.close();
  });
});

describe('the headers of an answer', () => {
  test('let no page frame it, no browser guess its type, and nothing load from elsewhere', async () => {
    for (const url of ['/v1/me', '/v1/nothing', '/openapi.json']) {
      const { headers } = await ask({ url });
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['content-security-policy']).toContain("default-src 'self'");
      expect(headers).not.toHaveProperty('x-powered-by');
    }
  });

  test('let the pages in that the setting names, and no others', async () => {
    const from = (origin: string, method: 'GET' | 'OPTIONS' = 'GET') =>
      ask({ method, url: '/v1/me', headers: { origin, 'access-control-request-method': 'GET' } });
    expect((await from('https://desk.example')).headers['access-control-allow-origin']).toBe(
      'https://desk.example',
    );
    expect((await from('https://desk.example', 'OPTIONS')).status).toBe(204);
    expect((await from('https://elsewhere.example')).headers).not.toHaveProperty(
      'access-control-allow-origin',
    );
    const closed = await buildApi({ ...testEnv.deps, corsOrigins: [] });
    const { headers } = await ask({ url: '/v1/me', headers: { origin: 'https://desk.example' } }, closed);
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    await closed.close();
  });
});

test('a key that is not written as one is not known, which the answer says, and is never repeated', async () => {
  for (const authorization of [
    'tmk_secretword',
    'Basic c2VjcmV0d29yZA==',
    'Bearer secretword more',
    'Bearer',
  ]) {
    const answer = await ask({ url: '/v1/me', headers: { authorization } });
    expectProblem(answer, 401, /this key is not known/);
    expect(answer.json.title).toBe('A valid key is needed');
    expect(answer.text).not.toContain('secretword');
    expect(answer.headers['www-authenticate']).toContain('Bearer');
  }
});
