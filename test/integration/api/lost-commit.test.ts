/** Does whoever writes through the API or the command learn what came of it when the database is lost at the commit? */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildApi } from '../../../api/app.ts';
import type { Api } from '../../../api/dependencies.ts';
import { type Database, openDatabase } from '../../../db/connection/client.ts';
import { type HoldAt, HoldingProxy } from '../../chaos/holding-proxy.ts';
import { TcpProxy } from '../../chaos/tcp-proxy.ts';
import {
  type ApiEnvironment,
  openApiEnvironment,
  openTestApiDatabase,
} from '../../support/api/api-environment.ts';
import { makeKey, type TestKey } from '../../support/api/keys.ts';
import { type Settings, settingsOf, tidemark } from '../../support/command.ts';
import { event } from '../../support/sample-events.ts';
import { DATASET } from '../../support/test-environment.ts';

let testEnv: ApiEnvironment;
/** Can be cut. */
let line: TcpProxy;
let proxy: HoldingProxy;
let database: Database;
/** Sees every table. */
let administrator: Database;
let api: Api;
let anna: TestKey;
let settings: Settings;
beforeAll(async () => {
  testEnv = await openApiEnvironment({}, { access: 'keys', notify: { allowPrivate: true } });
  line = await TcpProxy.open(Number(new URL(testEnv.databaseUrl).port));
  proxy = await HoldingProxy.open(line.port);
  const url = proxy.through(testEnv.databaseUrl);
  database = openTestApiDatabase(url);
  administrator = openDatabase({ url: testEnv.databaseUrl, application: 'administrator' });
  api = await buildApi({ ...testEnv.deps, database });
  anna = await makeKey(testEnv, { role: 'operator', name: 'anna' });
  settings = { ...settingsOf(testEnv), DATABASE_URL: url };
});
afterAll(async () => {
  await api.close();
  await database.end();
  await administrator.end();
  await proxy.close();
  await line.close();
  await testEnv.close();
});

/** What somebody was told. */
interface Told {
  readonly isDone: boolean;
  readonly text: string;
}

async function call(method: 'POST' | 'PATCH' | 'DELETE', url: string, payload: object): Promise<Told> {
  const { statusCode, payload: text } = await api.inject({ method, url, payload, headers: anna.headers });
  return { isDone: statusCode < 300, text: `${statusCode} ${text}` };
}
async function run(...args: string[]): Promise<Told> {
  const { code, stdout, stderr } = await tidemark(settings, ...args);
  return { isDone: code === 0, text: stdout + stderr };
}

const reason = 'a test';
const HERE = { name: 'Here', country: 'NL', reason };
/** What was made before, without losing anything. */
async function made(path: string, body: object, field: string): Promise<string> {
  const answer = await testEnv.api.inject({
    method: 'POST',
    url: path,
    payload: body,
    headers: anna.headers,
  });
  return JSON.parse(answer.payload)[field].id;
}
const location = () => made('/v1/locations', HERE, 'location');
const RECEIVERS = '/v1/notifications/receivers';
const desk = { name: 'desk', channel: 'webhook', address: 'http://127.0.0.1:9/hook' };
const receiver = () => made(RECEIVERS, desk, 'receiver');
const key = async () => (await makeKey(testEnv)).id;

/** A write, and how often it was stored. */
interface Write {
  readonly about?: () => Promise<string>;
  readonly write: (about: string) => Promise<Told>;
  /** SQL for a number, and whether a write makes it less. */
  readonly count: string;
  readonly by?: -1;
}

const VERSIONS = 'select count(*) from ops.location_version';
const WRITES: Readonly<Record<string, Write>> = {
  events: {
    write: () => call('POST', '/v1/events/checkout.events', [event({ id: randomUUID() })]),
    count: 'select count(*) from ops.inbox',
  },
  'a new location': {
    write: () => call('POST', '/v1/locations', { id: randomUUID(), ...HERE }),
    count: VERSIONS,
  },
  'a changed location': {
    about: location,
    write: (id) => call('PATCH', `/v1/locations/${id}`, { name: randomUUID(), reason }),
    count: VERSIONS,
  },
  'a removed location': {
    about: location,
    write: (id) => call('DELETE', `/v1/locations/${id}`, { reason }),
    count: VERSIONS,
  },
  'a new receiver': {
    write: () => call('POST', RECEIVERS, desk),
    count: 'select count(*) from ops.receiver',
  },
  'a message to a receiver': {
    about: receiver,
    write: (id) => call('POST', `${RECEIVERS}/${id}/test`, {}),
    count: `select count(*) from ops.told where cause = 'test'`,
  },
  'a removed receiver': {
    about: receiver,
    write: (id) => call('POST', `${RECEIVERS}/${id}/remove`, {}),
    count: 'select count(*) from ops.receiver',
    by: -1,
  },
  'a disabled dataset': {
    about: async () => {
      await testEnv.rows(`update ops.dataset set enabled = true where dataset = $1`, [DATASET]);
      return DATASET;
    },
    write: (id) => call('POST', `/v1/datasets/${id}/disable`, { reason }),
    count: 'select count(*) from ops.dataset where enabled',
    by: -1,
  },
  'a new key': {
    write: () => run('keys', 'create', '--name', 'one', '--role', 'reader'),
    count: 'select count(*) from ops.api_key',
  },
  'a revoked key': {
    about: key,
    write: (id) => run('keys', 'revoke', id),
    count: 'select count(*) from ops.api_key where revoked_at is not null',
  },
  'an erasure': {
    write: () => run('erase', 'checkout.users', '--person', randomUUID(), '--reason', reason),
    count: 'select count(*) from ops.erasure',
  },
};

const countOf = async ({ count }: Write) =>
  (await administrator.query<{ count: number }>(count)).rows[0]?.count as number;

const AT_COMMIT: Readonly<Record<'before' | 'after', HoldAt>> = {
  before: { side: 'before', statement: /^commit/ },
  after: { side: 'after', statement: /^commit/ },
};

/** Writes, and loses the session before the server learns of the commit, or after it has stored it. */
async function losing(side: HoldAt['side'], it: Write, about: string, meanwhile = () => {}): Promise<Told> {
  const before = await countOf(it);
  const held = proxy.hold(AT_COMMIT[side]);
  const told = it.write(about);
  // One that ends without being held has not stored as we think.
  expect(await Promise.race([held.then(() => 'held'), told])).toBe('held');
  if (side === 'after') await expect.poll(() => countOf(it), { interval: 10 }).not.toBe(before);
  meanwhile();
  proxy.cut();
  proxy.release();
  return await told;
}

test.each(Object.entries(WRITES))('%s: what was stored is told as stored', async (_, it) => {
  const about = (await it.about?.()) ?? '';
  const before = await countOf(it);
  expect(await losing('after', it, about)).toMatchObject({ isDone: true });
  expect(await countOf(it)).toBe(before + (it.by ?? 1));
});

test.each(Object.entries(WRITES))(
  '%s: what was not stored is told so, and can be repeated',
  async (_, it) => {
    const about = (await it.about?.()) ?? '';
    const before = await countOf(it);
    expect(await losing('before', it, about)).toMatchObject({ isDone: false });
    expect(await countOf(it)).toBe(before);
    expect(await it.write(about)).toMatchObject({ isDone: true });
    expect(await countOf(it)).toBe(before + (it.by ?? 1));
  },
);

test('where nobody can be asked, it is not told as failed', async () => {
  const told = await losing('after', WRITES.events as Write, '', () => line.cut());
  line.restore();
  expect(told).toMatchObject({ isDone: false, text: expect.stringContaining('look whether it is there') });
});
