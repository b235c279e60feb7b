/**
 * Does a secret leave the API process? It is a real one (`npm run api`) at its most talkative; passwords and keys are unique
 * words, calls go well and badly, servers fail, and then the words are looked for in its log, its answers and the database.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../chaos/addresses.ts';
import { ALONE } from '../../support/alone.ts';
import { type ApiEnvironment, openApiEnvironment } from '../../support/api/api-environment.ts';
import { makeKey } from '../../support/api/keys.ts';
import { programOf, untilReady } from '../../support/program.ts';
import { DATASET } from '../../support/test-environment.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const word = (of: string) => `${of}${randomUUID().replaceAll('-', '')}`;
const LOGIN = word('login');
const WORDS = {
  password: word('password'),
  wrongPassword: word('wrongpassword'),
  apiKey: word('apikey'),
  unknown: `tmk_${word('unknown')}`,
};

let testEnv: ApiEnvironment;
let api: ChildProcess;
let url = '';
/** What is known by the caller alone: secrets of keys. */
const secrets: string[] = Object.values(WORDS);
/** Everything that the process printed and answered. */
let printed = '';
const answered: string[] = [];

beforeAll(async () => {
  testEnv = await openApiEnvironment();
  await asAdmin(`create role ${LOGIN} login password '${WORDS.password}' in role tidemark_api`);
  const database = new URL(testEnv.databaseUrl);
  database.username = LOGIN;
  database.password = WORDS.password;
  const { PATH = '', HOME = '' } = process.env;
  const env = {
    ...{ PATH, HOME, ...ALONE },
    ...{ DATABASE_URL: database.href, LOG_LEVEL: 'trace', API_ACCESS: 'keys' },
    ...{ TEMPORAL_ADDRESS: '127.0.0.1:9', TEMPORAL_API_KEY: WORDS.apiKey, TEMPORAL_TLS: 'false' },
  };
  api = await started(env);
});
afterAll(async () => {
  const ended = once(api, 'exit');
  api.disconnect();
  await ended;
  await asAdmin(`drop owned by ${LOGIN}`, `drop role ${LOGIN}`);
  await testEnv.close();
});

async function started(env: Record<string, string>): Promise<ChildProcess> {
  const child = spawn(process.execPath, programOf('api/main'), {
    ...{
      cwd: ROOT,
      env: { ...env, PORT: String(await freePort()) },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  });
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  const first = await untilReady(child, () => printed);
  expect(first).toMatchObject({ url: expect.stringContaining('http://127.0.0.1:') });
  url = (first as { url: string }).url;
  return child;
}

async function asAdmin(...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: testEnv.databaseUrl });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

async function ask(path: string, authorization: string, body?: object | string): Promise<number> {
  const answer = await fetch(`${url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization, 'content-type': 'application/json', cookie: `session=${WORDS.unknown}` },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  answered.push(JSON.stringify([...answer.headers]), await answer.text());
  return answer.status;
}

test('calls that go well and badly are logged and answered', async () => {
  for (const role of ['reader', 'operator', 'admin'] as const) {
    const { secret } = await makeKey(testEnv, { role });
    secrets.push(secret);
    const bearer = `Bearer ${secret}`;
    const statuses = [
      await ask('/v1/me', bearer),
      await ask('/v1/nothing', bearer),
      await ask('/v1/data?dataset=nope&from=x', bearer),
      await ask('/v1/keys', bearer),
      await ask(`/v1/datasets/${DATASET}/pause`, bearer, '{"reason": '),
      // Temporal is not there.
      await ask(`/v1/datasets/${DATASET}/pause`, bearer, { reason: 'x' }),
    ];
    const may = role === 'reader' ? [403, 403] : [400, 503];
    expect(statuses).toEqual([200, 404, 400, role === 'admin' ? 200 : 403, ...may]);
    expect(await ask('/v1/me', secret)).toBe(401);
  }
  const expired = await makeKey(testEnv, { role: 'admin', expiresAt: new Date(0) });
  secrets.push(expired.secret);
  expect(await ask('/v1/me', `Bearer ${expired.secret}`)).toBe(401);
  expect(await ask('/v1/me', `Bearer ${WORDS.unknown}`)).toBe(401);
  expect(await ask('/v1/me', `Basic ${WORDS.unknown}`)).toBe(401);
});

test('a database that refuses the login in the middle is told without its password', async () => {
  await asAdmin(
    `alter role ${LOGIN} password '${WORDS.wrongPassword}'`,
    `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${LOGIN}'`,
  );
  // The first to ask may be told that a session was ended, and only the next that there is no new one.
  const statuses: number[] = [];
  await expect
    .poll(async () => {
      statuses.push(await ask('/v1/me', `Bearer ${WORDS.unknown}`));
      return printed;
    })
    .toContain('password authentication failed');
  expect(new Set(statuses)).toEqual(new Set([503]));
  await asAdmin(`alter role ${LOGIN} password '${WORDS.password}'`);
});

test('and no secret is in any of it, nor in the database', async () => {
  expect(printed).toContain('"url":"/v1/me"');
  expect(answered.join()).toContain('this key is not known');
  const { rows } = await testEnv.deps.database.query<{ text: string }>(
    'select k::text as text from ops.api_key k union all select a::text from ops.audit a',
  );
  const stored = rows.map(({ text }) => text).join('\n');
  expect(stored).toContain('POST /v1/datasets/:dataset/pause');
  for (const secret of secrets)
    expect({
      secret,
      printed: printed.includes(secret),
      answered: answered.some((text) => text.includes(secret)),
      stored: stored.includes(secret),
    }).toEqual({ secret, printed: false, answered: false, stored: false });
});
