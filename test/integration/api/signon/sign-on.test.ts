/** Does somebody whom a real provider knows get in, as what the provider says they are, for a time, and nobody else? */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApi } from '../../../../api/app.ts';
import { type RunningApi, serveApi } from '../../../../api/server.ts';
import { SignOn } from '../../../../api/signon/sign-on.ts';
import { ROOT } from '../../../../config/installation.ts';
import { listAudit } from '../../../../db/queries/operation/audit.ts';
import type { SignOnSettings } from '../../../../domain/sign-on.ts';
import { reconcileSchedules } from '../../../../temporal/schedules.ts';
import { freePort } from '../../../chaos/addresses.ts';
import { ALONE } from '../../../support/alone.ts';
import { type ApiEnvironment, openApiEnvironment } from '../../../support/api/api-environment.ts';
import { makeKey } from '../../../support/api/keys.ts';
import { settingsOf } from '../../../support/command.ts';
import { programOf, untilReady } from '../../../support/program.ts';
import { Browser } from '../../../support/signon/browser.ts';
import { CLIENT, startProvider, type TestProvider } from '../../../support/signon/provider.ts';
import { DATASET } from '../../../support/test-environment.ts';

const GROUPS = { anna: ['data-desk', 'traders'], bert: ['traders'], carl: ['kitchen'], dora: ['platform'] };
const HOUR_MS = 3_600_000;

let testEnv: ApiEnvironment;
let provider: TestProvider;
let running: RunningApi;
let page: string;
let settings: SignOnSettings;
const logged: string[] = [];
/** How far the API's clock is ahead. */
let aheadMs = 0;
const now = () => new Date(Date.now() + aheadMs);

beforeAll(async () => {
  const port = await freePort();
  page = `http://127.0.0.1:${port}`;
  provider = await startProvider(page, GROUPS);
  settings = {
    ...{ issuer: provider.issuer, clientId: CLIENT.id, clientSecret: CLIENT.secret, page },
    audiences: [CLIENT.id, 'tidemark-api'],
    scopes: 'openid profile',
    rolesClaim: 'groups',
    roles: [
      { role: 'reader', value: 'traders' },
      { role: 'operator', value: 'data-desk' },
      { role: 'admin', value: 'platform' },
    ],
    sessionMs: HOUR_MS,
  };
  testEnv = await openApiEnvironment({}, { access: 'keys', now, signOn: new SignOn(settings, now) });
  await reconcileSchedules(testEnv.temporal, testEnv.catalog.scheduled);
  const log = { level: 'debug', stream: { write: (line: string) => void logged.push(line) } };
  running = await serveApi(testEnv.deps, { host: '127.0.0.1', port }, log);
});
afterAll(async () => {
  await running?.close();
  await provider?.close();
  await testEnv?.close();
});

const SESSION = 'tidemark-session';
const isPage = (url: string) => url.startsWith(`${page}/#`);

/** As far as the callback, whose address is not asked for yet. */
async function upToCallback(browser: Browser, name: string, view = '#/'): Promise<string> {
  const isCallback = (url: string) => url.startsWith(`${page}/auth/callback`);
  const login = `${page}/auth/login?${new URLSearchParams({ view })}`;
  const form = await browser.follow(login);
  const consent = await browser.submit(form, { login: name, password: 'any' }, isCallback);
  return (await browser.submit(consent, {}, isCallback)).at;
}

async function signedOn(name: string, view?: string): Promise<Browser> {
  const browser = new Browser();
  const { at, answer } = await browser.follow(await upToCallback(browser, name, view), isPage);
  expect([answer.status, at]).toEqual([303, `${page}/${view ?? '#/'}`]);
  return browser;
}

const me = async (browser: Browser, headers = {}) => {
  const answer = await browser.ask(`${page}/v1/me`, { headers });
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
};

function pause(browser: Browser, origin?: string): Promise<Response> {
  return browser.ask(`${page}/v1/datasets/${DATASET}/pause`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(origin ? { origin } : {}) },
    body: JSON.stringify({ reason: 'holiday' }),
  });
}

describe('a session', () => {
  test('is begun by signing on, tells who it is, and is one of a view', async () => {
    const stranger = new Browser();
    expect(await me(stranger)).toMatchObject({
      status: 401,
      json: {
        sign_in: '/auth/login',
        detail: expect.stringMatching(/sign on at \/auth\/login, or send a key/),
      },
    });
    const anna = await signedOn('anna', '#/changes');
    expect(await me(anna)).toMatchObject({
      status: 200,
      json: {
        name: 'anna@desk.example (anna)',
        role: 'operator',
        has_key: false,
        signed_on: true,
        sign_in: '/auth/login',
      },
    });
  });

  test('is a cookie that no script reads, no other site sends, and nobody can read or change', async () => {
    const anna = await signedOn('anna');
    const jar = anna.cookies.get(page) ?? new Map();
    expect([...jar.keys()]).toEqual([SESSION]);
    const { value, attributes } = jar.get(SESSION);
    expect(attributes).toBe('Max-Age=3600; Path=/; HttpOnly; SameSite=Strict');
    expect(Buffer.from(value, 'base64').toString()).not.toContain('anna');
    const [head, ...rest] = value.split('.');
    const broken = [...rest.slice(0, -1), rest.at(-1).replace(/^./, (c: string) => (c === 'A' ? 'B' : 'A'))];
    jar.set(SESSION, { value: [head, ...broken].join('.'), attributes });
    expect((await me(anna)).status).toBe(401);
  });

  test('over HTTPS is kept to it and to this host', async () => {
    const secure = new SignOn({ ...settings, page: 'https://tidemark.example' }, now);
    const api = await buildApi({ ...testEnv.deps, signOn: secure });
    const { headers, statusCode } = await api.inject('/auth/login');
    await api.close();
    expect(statusCode).toBe(303);
    expect(headers['set-cookie']).toMatch(
      /^__Host-tidemark-sign-on=\S+; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
  });

  test('ends by its time, whatever the browser keeps, and streams with it', async () => {
    const bert = await signedOn('bert');
    const stream = await bert.ask(`${page}/v1/changes/stream`);
    expect(stream.status).toBe(200);
    aheadMs = HOUR_MS + 60_000;
    try {
      expect((await me(bert)).status).toBe(401);
      // Ended by the API.
      for await (const _ of stream.body ?? []);
    } finally {
      aheadMs = 0;
    }
    expect((await me(bert)).status).toBe(200);
  });

  test('ends when who may what is changed, and when the secret is', async () => {
    const bert = await signedOn('bert');
    const cookie = `${SESSION}=${bert.cookies.get(page)?.get(SESSION)?.value}`;
    const statusWith = async (changed: Partial<SignOnSettings>) => {
      const api = await buildApi({ ...testEnv.deps, signOn: new SignOn({ ...settings, ...changed }, now) });
      const { statusCode } = await api.inject({ url: '/v1/me', headers: { cookie } });
      await api.close();
      return statusCode;
    };
    expect(await statusWith({})).toBe(200);
    expect(await statusWith({ roles: settings.roles.slice(1) })).toBe(401);
    expect(await statusWith({ clientSecret: 'another-secret-0123456789' })).toBe(401);
  });

  test('is left by signing off, here and with the provider', async () => {
    const anna = await signedOn('anna');
    const elsewhere = await anna.ask(`${page}/auth/logout`, {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
    });
    expect(elsewhere.status).toBe(403);
    const answer = await anna.ask(`${page}/auth/logout`, { method: 'POST', headers: { origin: page } });
    const { provider_url } = (await answer.json()) as { provider_url: string };
    expect(new URL(provider_url).origin).toBe(provider.issuer);
    expect(new URL(provider_url).searchParams.get('post_logout_redirect_uri')).toBe(`${page}/`);
    expect((await anna.ask(provider_url)).status).toBe(200);
    expect((await me(anna)).status).toBe(401);
  });
});

describe('who is let in', () => {
  test('somebody without a role is refused in plain words', async () => {
    const carl = new Browser();
    const answer = await carl.ask(await upToCallback(carl, 'carl'));
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({
      detail:
        'you are known, and have no role here: nothing in your claim "groups" is named by OIDC_ROLES; ask your administrator',
    });
    expect((await me(carl)).status).toBe(401);
  });

  test('a reader reads, an operator acts, an admin sees the audit', async () => {
    const [anna, bert, dora] = await Promise.all(['anna', 'bert', 'dora'].map((name) => signedOn(name)));
    if (!anna || !bert || !dora) throw new Error('not signed on');
    expect((await bert.ask(`${page}/v1/datasets`)).status).toBe(200);
    const refused = await pause(bert, page);
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({
      detail: 'this needs a key of role operator; you, bert@desk.example (bert), are of role reader',
    });
    expect((await pause(anna, page)).status).toBe(200);
    expect((await anna.ask(`${page}/v1/audit`)).status).toBe(403);
    const audit = (await (await dora.ask(`${page}/v1/audit`)).json()) as {
      data: { by: string; key_id: null; status: number }[];
    };
    const entries = audit.data.map(({ by, key_id, status }) => [by, key_id, status]);
    expect(entries.slice(0, 2)).toEqual([
      ['anna@desk.example (anna)', null, 200],
      ['bert@desk.example (bert)', null, 403],
    ]);
  });

  test('a call that changes something has to come from the page', async () => {
    const anna = await signedOn('anna');
    const before = await listAudit(testEnv.deps.database, { limit: 1 });
    for (const origin of ['https://evil.example', 'null', undefined]) {
      const answer = await pause(anna, origin);
      expect([origin, answer.status]).toEqual([origin, 403]);
      expect(await answer.json()).toMatchObject({
        detail: expect.stringContaining(`has to come from the page ${page}`),
      });
    }
    expect(await listAudit(testEnv.deps.database, { limit: 1 })).toEqual(before);
  });

  test('keys go on beside it, and count more than a cookie', async () => {
    const anna = await signedOn('anna');
    const key = await makeKey(testEnv, { name: 'dashboard' });
    expect(await me(anna, key.headers)).toMatchObject({
      json: { name: 'dashboard', has_key: true, signed_on: false },
    });
    expect((await me(anna, { authorization: 'Bearer tmk_wrong' })).status).toBe(401);
  });
});

describe('a sign-on', () => {
  test('is taken in the browser that began it, once, and within its time', async () => {
    const anna = new Browser();
    const callback = await upToCallback(anna, 'anna');
    const detail = async (answer: Response) => [
      answer.status,
      ((await answer.json()) as { detail: string }).detail,
    ];
    const late = [400, 'this sign-on began in another browser, or too long ago; begin again at /auth/login'];
    expect(await detail(await new Browser().ask(callback))).toEqual(late);
    aheadMs = 601_000;
    expect(await detail(await anna.ask(callback))).toEqual(late);
    aheadMs = 0;
    const [begun] = [...(anna.cookies.get(page) ?? [])];
    expect((await anna.ask(callback)).status).toBe(303);
    expect(await detail(await anna.ask(callback))).toEqual(late);
    // With what was kept from before: the provider takes no code twice.
    anna.cookies.set(page, new Map([begun ?? ['', { value: '', attributes: '' }]]));
    expect(await detail(await anna.ask(callback))).toEqual([
      400,
      'this sign-on cannot be taken (invalid_grant); begin again at /auth/login',
    ]);
  });

  test('with another state, or none of ours, is refused', async () => {
    const anna = new Browser();
    const callback = new URL(await upToCallback(anna, 'anna'));
    callback.searchParams.set('state', 'another');
    expect((await anna.ask(callback.href)).status).toBe(400);
    const bert = new Browser();
    await bert.ask(`${page}/auth/login`);
    const refused = await bert.ask(
      `${page}/auth/callback?error=access_denied&state=x&error_description=secret-words`,
    );
    expect([refused.status, (await refused.text()).includes('secret-words')]).toEqual([400, false]);
    await bert.ask(`${page}/auth/login`);
    expect((await bert.ask(`${page}/auth/callback`)).status).toBe(400);
  });

  test('comes back to the page and nowhere else', async () => {
    for (const view of ['https://evil.example', '//evil.example', '/x', '#/a b']) {
      const answer = await new Browser().ask(`${page}/auth/login?${new URLSearchParams({ view })}`);
      expect([view, answer.status]).toEqual([view, 400]);
    }
  });

  test('a provider that is away is told, and is asked again by the next', async () => {
    const port = await freePort();
    const away = new SignOn({ ...settings, issuer: `http://127.0.0.1:${port}` }, now);
    const api = await buildApi({ ...testEnv.deps, signOn: away });
    const login = await api.inject('/auth/login');
    const token = await provider.token({ sub: 'anna' });
    const bearer = await api.inject({ url: '/v1/me', headers: { authorization: `Bearer ${token}` } });
    const key = await makeKey(testEnv);
    const byKey = await api.inject({ url: '/v1/me', headers: key.headers });
    await api.close();
    expect([login.statusCode, bearer.statusCode, byKey.statusCode]).toEqual([503, 503, 200]);
    expect(login.json().detail).toBe('the provider of sign-on does not answer; try again, or use a key');
  });
});

describe('a token of the provider', () => {
  const claims = () => ({
    iss: provider.issuer,
    aud: 'tidemark-api',
    sub: 'anna',
    groups: ['data-desk'],
    exp: Math.floor(Date.now() / 1_000) + 600,
  });
  const with_ = async (token: string) => me(new Browser(), { authorization: `Bearer ${token}` });

  test('is taken instead of a key, for what its claims say', async () => {
    expect(await with_(await provider.token(claims()))).toMatchObject({
      status: 200,
      json: { name: 'anna', role: 'operator', signed_on: true },
    });
    const acting = await fetch(`${page}/v1/datasets/${DATASET}/resume`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await provider.token(claims())}`,
        'content-type': 'application/json',
      },
      body: '{}',
    });
    // No cookie, so no page has to be asked.
    expect(acting.status).toBe(200);
    expect((await with_(await provider.token({ ...claims(), groups: ['kitchen'] }))).status).toBe(403);
  });

  test('is refused when it is of somebody else, for somebody else, or over', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    const { exp: _, ...endless } = claims();
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims())).toString('base64url')}.x`;
    const wrong: [string, string, RegExp][] = [
      ['signed by another', await provider.token(claims(), privateKey), /is not one of our provider;/],
      ['not signed', unsigned, /is not one of our provider/],
      [
        'of another issuer',
        await provider.token({ ...claims(), iss: 'https://evil.example' }),
        /its "iss" is not right/,
      ],
      ['for another', await provider.token({ ...claims(), aud: 'mail' }), /its "aud" is not right/],
      ['over', await provider.token({ ...claims(), exp: claims().exp - 1_200 }), /has expired/],
      ['without end', await provider.token(endless), /its "exp" is not right/],
      ['no token', 'a.b.c', /is not one of our provider/],
    ];
    for (const [what, token, detail] of wrong) {
      const { status, json } = await with_(token);
      expect([what, status, json.detail]).toEqual([what, 401, expect.stringMatching(detail)]);
    }
  });
});

test('nothing of it is logged: codes, tokens, cookies, the secret', async () => {
  const anna = new Browser();
  const callback = new URL(await upToCallback(anna, 'anna'));
  const kept = [...(anna.cookies.get(page)?.values() ?? [])].map(({ value }) => value);
  const { status } = await anna.ask(callback.href);
  expect(status).toBe(303);
  const token = await provider.token({ sub: 'anna' });
  await anna.ask(`${page}/v1/me`, { headers: { authorization: `Bearer ${token}` } });
  kept.push(...[...(anna.cookies.get(page)?.values() ?? [])].map(({ value }) => value));
  const words = [callback.searchParams.get('code') ?? '', CLIENT.secret, token, ...kept].filter(
    (word) => word !== '',
  );
  expect(words).toHaveLength(5);
  const text = logged.join('');
  expect(text).toContain('/auth/login');
  expect(words.filter((word) => text.includes(word))).toEqual([]);
});

test('the process takes it from its settings', async () => {
  const { PATH = '', HOME = '' } = process.env;
  const port = await freePort();
  const child = spawn(process.execPath, programOf('api/main'), {
    cwd: ROOT,
    env: {
      ...{
        PATH,
        HOME,
        ...ALONE,
        ...settingsOf(testEnv),
        LOG_LEVEL: 'error',
        PORT: String(port),
        PAGE_URL: page,
      },
      ...{ OIDC_ISSUER: provider.issuer, OIDC_CLIENT_ID: CLIENT.id, OIDC_CLIENT_SECRET: CLIENT.secret },
      ...{ OIDC_ROLES: 'operator=data-desk', OIDC_ROLES_CLAIM: 'groups', OIDC_AUDIENCE: 'tidemark-api' },
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  try {
    await untilReady(child);
    const url = `http://127.0.0.1:${port}`;
    const login = await fetch(`${url}/auth/login`, { redirect: 'manual' });
    expect(new URL(login.headers.get('location') ?? '').origin).toBe(provider.issuer);
    const exp = Math.floor(Date.now() / 1_000) + 600;
    const claims = { iss: provider.issuer, aud: 'tidemark-api', sub: 'anna', groups: ['data-desk'], exp };
    const authorization = `Bearer ${await provider.token(claims)}`;
    const answer = await fetch(`${url}/v1/me`, { headers: { authorization } });
    expect(await answer.json()).toMatchObject({ name: 'anna', role: 'operator' });
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
});
