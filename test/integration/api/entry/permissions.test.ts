/**
 * May each caller do what the table says, and nothing else? Routes are read from the application: one that nobody put into
 * the table fails the test. Of a restricted dataset nobody without a grant learns even that it exists.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApi } from '../../../../api/app.ts';
import type { Api } from '../../../../api/dependencies.ts';
import { datasetPlaces } from '../../../../config/datasets.ts';
import { catalogOf, loadCatalog } from '../../../../datasets/catalog.ts';
import { storageOf } from '../../../../db/migration/storage.ts';
import { revokeKey } from '../../../../db/queries/operation/api-keys.ts';
import { type ApiEnvironment, answerOf, openApiEnvironment } from '../../../support/api/api-environment.ts';
import { makeKey, type TestKey } from '../../../support/api/keys.ts';
import { sampleDataset } from '../../../support/sample-dataset.ts';
import { DATASET } from '../../../support/test-environment.ts';

type Who = 'public' | 'reader' | 'operator' | 'admin';

interface Expectation {
  readonly who: Who;
  /** An address of the route, about a dataset where it is about one. */
  url(dataset: string): string;
  /** HTTP status of a call that is allowed. */
  readonly status: number;
  readonly body?: object;
  /** About one dataset that stands in the address or the body. */
  readonly about?: 'dataset';
}

const SECRET = 'sample.secret';
const DAY = '2026-11-02';
const POINT = 'series=hidden&at=2026-11-02T10:00:00Z';
const RANGE = `from=${DAY}&to=${DAY}`;
const KNOWN = '2026-11-01T10:00:00Z';
const TIMES = 'start_time=2026-11-01T23:00:00Z&end_time=2026-11-02T23:00:00Z';
const at = (who: Who, url: string, status = 200): Expectation => ({ who, url: () => url, status });
const of = (url: (dataset: string) => string): Expectation => ({
  who: 'reader',
  url,
  status: 200,
  about: 'dataset',
});
const call = (path: string, status: number, body: object): Expectation => ({
  ...{ who: 'operator', status, body, about: 'dataset' },
  url: (dataset) => `/v1/datasets/${dataset}${path}`,
});

const NOWHERE = '00000000-0000-4000-8000-000000000000';
const place = (url: string, body: object, status: number): Expectation => ({
  ...{ who: 'operator', url: () => url, status, body },
});

const ofReceiver = (verb: string, body: object): Expectation =>
  place(`/v1/notifications/receivers/rcv-00000000/${verb}`, body, 404);

/** Ids of what was filled in, by dataset; of another one there is nothing. */
const payloads = new Map<string, string>();
const pins = new Map<string, string>();
const payloadOf = (dataset: string) => payloads.get(dataset) ?? '999999';
const pinOf = (dataset: string) => pins.get(dataset) ?? '0123456789abcdef';

/** Calls change nothing: they show a plan, or conflict with what is there. */
const EXPECTED: Readonly<Record<string, Expectation>> = {
  'POST /v1/events/:dataset': {
    ...{ who: 'operator', status: 422, body: {}, about: 'dataset' },
    url: (dataset) => `/v1/events/${dataset}`,
  },
  'GET /v1/datasets': at('reader', '/v1/datasets'),
  'GET /v1/days': at('reader', '/v1/days'),
  'GET /v1/datasets/:dataset': of((dataset) => `/v1/datasets/${dataset}`),
  'GET /v1/datasets/:dataset/readers': {
    ...{ who: 'operator', status: 200, about: 'dataset' },
    url: (dataset) => `/v1/datasets/${dataset}/readers`,
  },
  'GET /v1/datasets/:dataset/series': of((dataset) => `/v1/datasets/${dataset}/series`),
  'GET /v1/datasets/:dataset/days': of((dataset) => `/v1/datasets/${dataset}/days?${RANGE}`),
  'GET /v1/datasets/:dataset/days/:day': of((dataset) => `/v1/datasets/${dataset}/days/${DAY}`),
  'GET /v1/datasets/:dataset/statistics': of((dataset) => `/v1/datasets/${dataset}/statistics`),
  'GET /v1/data': of((dataset) => `/v1/data?dataset=${dataset}&${RANGE}`),
  'GET /v1/data/aggregated': of((dataset) => `/v1/data/aggregated?dataset=${dataset}&${RANGE}&resolution=1h`),
  'GET /data/:table': of((dataset) => `/data/${dataset}?${TIMES}`),
  'GET /data/aggregated/:table': of((dataset) => `/data/aggregated/${dataset}?${TIMES}&resolution=1h`),
  'GET /v1/datasets/:dataset/files': of((dataset) => `/v1/datasets/${dataset}/files`),
  'GET /v1/datasets/:dataset/coverage': of((dataset) => `/v1/datasets/${dataset}/coverage?${RANGE}`),
  'GET /v1/versions': of((dataset) => `/v1/versions?dataset=${dataset}&${POINT}`),
  'GET /v1/explain': of((dataset) => `/v1/explain?dataset=${dataset}&${POINT}`),
  'GET /v1/changes': at('reader', '/v1/changes'),
  'GET /v1/changes/stream': of((dataset) => `/v1/changes/stream?since=0&dataset=${dataset}`),
  'GET /v1/findings': at('reader', '/v1/findings'),
  'GET /v1/payloads/:id': of((dataset) => `/v1/payloads/${payloadOf(dataset)}`),
  'GET /v1/payloads/:id/content': of((dataset) => `/v1/payloads/${payloadOf(dataset)}/content`),
  'POST /v1/pins': {
    ...{ who: 'reader', url: () => '/v1/pins', status: 200, about: 'dataset' },
    body: { dataset: '', from: DAY, to: DAY, as_of: '2026-11-20T00:00:00Z' },
  },
  'GET /v1/pins/:pin': of((dataset) => `/v1/pins/${pinOf(dataset)}`),
  'GET /v1/locations': at('reader', '/v1/locations'),
  'POST /v1/locations': place('/v1/locations', { name: 'x', country: 'nl', reason: 'x' }, 422),
  'PATCH /v1/locations/:id': place(`/v1/locations/${NOWHERE}`, { name: 'x', reason: 'x' }, 404),
  'DELETE /v1/locations/:id': place(`/v1/locations/${NOWHERE}`, { reason: 'x' }, 404),
  'GET /v1/backfills': at('operator', '/v1/backfills'),
  'POST /v1/backfills': {
    who: 'operator',
    url: () => '/v1/backfills',
    status: 200,
    about: 'dataset',
    body: { dataset: '', from: DAY, to: DAY, plan_only: true },
  },
  'GET /v1/backfills/:id': {
    who: 'operator',
    url: (dataset) => `/v1/backfills/backfill:${dataset}:${DAY}..${DAY}`,
    status: 200,
    about: 'dataset',
  },
  'POST /v1/backfills/:id/steer': {
    who: 'operator',
    url: (dataset) => `/v1/backfills/backfill:${dataset}:${DAY}..${DAY}/steer`,
    status: 409,
    about: 'dataset',
    body: { action: 'resume' },
  },
  'POST /v1/datasets/:dataset/days/rerun': call('/days/rerun', 200, { days: [DAY], plan_only: true }),
  'POST /v1/datasets/:dataset/days/:day/decisions': call(`/days/${DAY}/decisions`, 422, {
    verb: 'release',
    reason: 'x',
  }),
  'POST /v1/datasets/:dataset/pause': call('/pause', 409, { reason: 'x' }),
  'POST /v1/datasets/:dataset/resume': call('/resume', 409, {}),
  // In this order: everything else is asked of an enabled dataset.
  'POST /v1/datasets/:dataset/disable': call('/disable', 200, {}),
  'POST /v1/datasets/:dataset/enable': call('/enable', 200, {}),
  'GET /v1/notifications': at('reader', '/v1/notifications'),
  'GET /v1/notifications/receivers': at('operator', '/v1/notifications/receivers'),
  'POST /v1/notifications/receivers': place(
    '/v1/notifications/receivers',
    { name: 'x', channel: 'x', address: 'x' },
    422,
  ),
  'POST /v1/notifications/receivers/:id/test': ofReceiver('test', {}),
  'POST /v1/notifications/receivers/:id/remove': ofReceiver('remove', {}),
  'GET /v1/me': at('reader', '/v1/me'),
  'GET /v1/audit': at('admin', '/v1/audit'),
  'GET /v1/keys': at('admin', '/v1/keys'),
  'GET /healthz': at('public', '/healthz'),
  'GET /readyz': at('public', '/readyz'),
  'GET /metrics': at('reader', '/metrics'),
  'GET /openapi.json': at('public', '/openapi.json'),
  'GET /': at('public', '/'),
  'GET /app.js': at('public', '/app.js'),
};

/** Files of the page, all added by one function of routes/page.ts: `/app.js` stands for them. */
const PAGE_FILE = /^GET \/(?!v1\/|data\/).*\.(css|html|js|svg)$/;

const CALLERS = [
  'nobody',
  'nobody, open',
  'reader',
  'reader of another',
  'operator',
  'admin',
  'expired',
  'revoked',
  'nonsense',
] as const;
type CallerName = (typeof CALLERS)[number];

let testEnv: ApiEnvironment;
let open: Api;
let keys: Readonly<
  Record<Exclude<CallerName, 'nobody' | 'nobody, open'> | 'granted' | 'granted operator', TestKey>
>;
beforeAll(async () => {
  const restricted = sampleDataset({ id: SECRET, access: 'restricted' });
  const catalog = catalogOf([...(await loadCatalog(datasetPlaces())).datasets, restricted]);
  testEnv = await openApiEnvironment({ catalog }, { access: 'keys' });
  open = await buildApi({ ...testEnv.deps, access: 'open' });
  await Promise.all([DATASET, SECRET].map(fill));
  const made = (wanted: Parameters<typeof makeKey>[1]) => makeKey(testEnv, wanted);
  keys = {
    reader: await made({}),
    'reader of another': await made({ datasets: ['some.other'] }),
    operator: await made({ role: 'operator' }),
    admin: await made({ role: 'admin' }),
    expired: await made({ role: 'admin', expiresAt: new Date(Date.now() - 1) }),
    revoked: await made({ role: 'admin' }),
    nonsense: { id: '', name: '', secret: '', headers: { authorization: 'Bearer tmk_nonsense' } },
    granted: await made({ datasets: [SECRET] }),
    'granted operator': await made({ role: 'operator', datasets: [SECRET] }),
  };
  await revokeKey(testEnv.deps.database, keys.revoked.id, 'test');
  await Promise.all([DATASET, SECRET].map(keepPin));
});
afterAll(async () => {
  await open.close();
  await testEnv.close();
});

/** A value and all that belongs to it: something that could be seen. */
async function fill(dataset: string): Promise<void> {
  const { current } = storageOf(dataset);
  const [{ id: payload } = { id: 0 }] = await testEnv.rows<{ id: number }>(
    `insert into ops.payload (dataset, day, fetched_at, last_seen_at, sha256, url, status, headers, size_bytes, encoding, bytes)
     values ($1, $2, $3, $3, '', 'http://source', 200, '{}', 2, 'identity', '[]') returning id`,
    [dataset, DAY, KNOWN],
  );
  payloads.set(dataset, String(payload));
  await testEnv.rows(
    `with s as (insert into ops.series (dataset, series, first_payload_id) values ($1, 'hidden', $3) returning id),
       c as (
         insert into ops.change (dataset, day, payload_id, kind, new_points, revised_points, nulled_points, known_at)
         values ($1, $2, $3, 'published', 1, 0, 0, $4) returning id
       )
     insert into ${current} (series_id, starts_at, delivery_day, value, change_id)
     select s.id, '2026-11-02T10:00:00Z', $2, 4711, c.id from s, c`,
    [dataset, DAY, payload, KNOWN],
  );
  await testEnv.rows(
    `insert into ops.delivery_day (dataset, day, state, expected_points, present_points, first_published_at)
     values ($1, $2, 'partial', 24, 1, $3)`,
    [dataset, DAY, KNOWN],
  );
  await testEnv.rows(
    `insert into ops.finding (dataset, day, series, rule, severity, points, reason, payload_id, found_at)
     values ($1, $2, 'hidden', 'range', 'warn', 1, 'odd', $3, $4)`,
    [dataset, DAY, payload, KNOWN],
  );
  await testEnv.rows(
    `insert into ops.backfill (workflow_id, run_id, dataset, from_day, to_day, input, planned_at, requests, quota_minutes, rows)
     values ($1, 'run', $2, $3, $3, '{}', now(), 1, 1, 1)`,
    [`backfill:${dataset}:${DAY}..${DAY}`, dataset, DAY],
  );
}

async function keepPin(dataset: string): Promise<void> {
  const { json } = await ask('admin', 'POST /v1/pins', dataset);
  pins.set(dataset, json.pin);
}

async function ask(caller: CallerName | keyof typeof keys, route: string, dataset = DATASET) {
  const { url, body } = EXPECTED[route] ?? at('public', '/');
  const api = caller === 'nobody, open' ? open : testEnv.api;
  const headers = caller in keys ? keys[caller as keyof typeof keys].headers : {};
  const payload = body && { ...body, ...('dataset' in body ? { dataset } : {}) };
  const method = route.split(' ')[0] as 'GET' | 'POST';
  const options = { method, url: url(dataset), headers, ...(payload ? { payload } : {}) };
  if (!route.endsWith('/stream')) return answerOf(await api.inject(options));
  // It goes on as long as somebody listens.
  const answer = await api.inject({ ...options, payloadAsStream: true });
  const isRefused = answer.statusCode !== 200;
  const text = isRefused ? Buffer.concat(await answer.stream().toArray()).toString() : '';
  answer.stream().destroy();
  return { status: answer.statusCode, text, json: isRefused ? JSON.parse(text) : undefined };
}

const RANK: readonly Who[] = ['public', 'reader', 'operator', 'admin'];
const mayCall = (role: Who, who: Who) => RANK.indexOf(role) >= RANK.indexOf(who);

function expectedFor(caller: CallerName, { who, status, about }: Expectation): number {
  switch (caller) {
    case 'nobody':
      return who === 'public' ? status : 401;
    case 'nobody, open':
      return mayCall('reader', who) ? status : 401;
    case 'reader of another':
      if (!mayCall('reader', who)) return 403;
      return about === 'dataset' ? 404 : status;
    case 'reader':
    case 'operator':
    case 'admin':
      return mayCall(caller, who) ? status : 403;
    default:
      return 401;
  }
}

test('every route is in the table, and nothing else', () => {
  const routes = [...testEnv.api.routeTable].flatMap(([url, methods]) =>
    [...methods]
      .filter((method) => !['HEAD', 'OPTIONS'].includes(method))
      .map((method) => `${method} ${url}`),
  );
  expect(
    routes.filter((route) => !(route in EXPECTED) && !PAGE_FILE.test(route)),
    'say in EXPECTED who may call',
  ).toEqual([]);
  expect(Object.keys(EXPECTED).filter((route) => !routes.includes(route))).toEqual([]);
});

describe.each(Object.entries(EXPECTED))('%s', (route, expectation) => {
  test.each(CALLERS)('%s', async (caller) => {
    const { status, text } = await ask(caller, route);
    expect({ status, text: status === expectedFor(caller, expectation) ? '' : text }).toEqual({
      status: expectedFor(caller, expectation),
      text: '',
    });
  });
});

describe('a restricted dataset', () => {
  const about = Object.entries(EXPECTED).filter(([, { about }]) => about === 'dataset');

  test.each(about)('%s: as if it did not exist, without a grant', async (route, { who, status }) => {
    const plain = who === 'operator' ? 'operator' : 'reader';
    const hidden = await ask(plain, route, SECRET);
    const missing = await ask(plain, route, 'sample.nothing');
    expect(hidden.status).toBe(404);
    expect(sameBut(hidden.json, SECRET)).toEqual(sameBut(missing.json, 'sample.nothing'));
    const granted = who === 'operator' ? 'granted operator' : 'granted';
    expect([await ask(granted, route, SECRET), await ask('admin', route, SECRET)]).toMatchObject([
      { status },
      { status },
    ]);
  });

  test.each([
    'GET /v1/datasets',
    'GET /v1/days',
    'GET /v1/backfills',
    'GET /v1/changes',
    'GET /v1/findings',
    'GET /metrics',
  ])('%s: is not in the list', async (route) => {
    for (const caller of ['reader', 'operator', 'reader of another', 'nobody, open'] as const) {
      const { text } = await ask(caller, route);
      expect({ caller, text }).toEqual({ caller, text: expect.not.stringContaining('secret') });
    }
    expect((await ask('admin', route)).text).toContain(SECRET);
  });

  test('its values are read by those who may see it', async () => {
    expect((await ask('granted', 'GET /v1/data', SECRET)).json.data).toMatchObject([
      { series: 'hidden', value: 4711 },
    ]);
  });
});

/** The answer without what has to differ: the names that were asked for, and the id of the request. */
function sameBut(answer: object, dataset: string): unknown {
  const names = [
    dataset,
    pinOf(dataset),
    `/${payloadOf(dataset)}`,
    `"${payloadOf(dataset)}"`,
    ` ${payloadOf(dataset)}`,
  ];
  const text = JSON.stringify({ ...answer, instance: '' });
  return names
    .reduce((masked, name) => masked.replaceAll(name, 'NAME'), text)
    .replace(/"value":\d+/g, '"value":0');
}
