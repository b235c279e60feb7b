/** Does every value lead back to the bytes it came from, and do those who may not see a dataset see nothing of it? */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApi } from '../../../../api/app.ts';
import { catalogOf } from '../../../../datasets/catalog.ts';
import { type Database, openDatabase } from '../../../../db/connection/client.ts';
import { runDay } from '../../../../temporal/days.ts';
import {
  type Answer,
  type ApiEnvironment,
  answerOf,
  openApiEnvironment,
} from '../../../support/api/api-environment.ts';
import { rowsOfPages } from '../../../support/api/pages.ts';
import { DATASET } from '../../../support/test-environment.ts';

const DAY = '2026-11-02';
const BAD = '2026-11-03';
const SERIES = 'border_BE_AT';
const AT = '2026-11-02T02:00:00.000Z';

let testEnv: ApiEnvironment;
/** What a source sent is changed by nobody but the owner of the tables. */
let owner: Database;
beforeAll(async () => {
  testEnv = await openApiEnvironment({ simulator: { revisionShare: 0, quotaRequests: 0 } });
  owner = openDatabase({ url: testEnv.databaseUrl, role: 'tidemark_owner', application: 'test owner' });
  await testEnv.startWorker();
  testEnv.simulator.faults.add({ name: 'negative', border: 'border_AT_BE', day: BAD });
  await testEnv.load('2026-11-01', BAD);
  testEnv.simulator.faults.add({ name: 'revise', day: DAY, hour: 3, border: SERIES, value: 77 });
  await (await runDay(testEnv.temporal, { dataset: DATASET, day: DAY, wait: false })).result();
});
afterAll(async () => {
  await owner.end();
  await testEnv.close();
});

const point = `dataset=${DATASET}&series=${SERIES}&at=${AT}`;

describe('a point', () => {
  test('has every version that SQL has', async () => {
    const { json } = await testEnv.get(`/v1/versions?${point}`);
    const rows = await testEnv.rows(
      `select delivery_day, starts_at, ends_at, series, value, known_from, known_to, payload_id from jao_core.max_exchanges_versions
       where series = $1 and starts_at = $2 order by known_from`,
      [SERIES, AT],
    );
    expect(json).toMatchObject({
      meta: { dataset: DATASET, from: AT, unit: 'MW', latest: true },
      next: null,
    });
    expect(json.data).toEqual(JSON.parse(JSON.stringify(rows)));
    expect(json.data).toHaveLength(2);
    expect(json.data[1]).toMatchObject({ value: 77, known_to: null });
  });

  test('leads back to the place in the payload that says it, and to the run that fetched it', async () => {
    const { versions } = (await testEnv.get(`/v1/explain?${point}`)).json;
    for (const { value, place, payload } of versions) {
      const body = JSON.parse((await testEnv.get(payload.content)).text);
      const [, row = '', column = ''] = /^data\[(\d+)\]\.(.+)$/.exec(place) ?? [];
      expect(body.data[Number(row)][column]).toBe(value);
      expect(payload.link).toMatch(new RegExp(`^http://ui.test/day:${DATASET}:${DAY}/`));
    }
    expect(versions.map(({ payload }: { payload: { trigger: string } }) => payload.trigger)).toEqual([
      'backfill',
      'person',
    ]);
  });

  test('that is quarantined has no version and a finding that says why', async () => {
    const { json } = await testEnv.get(
      `/v1/explain?dataset=${DATASET}&series=border_AT_BE&at=2026-11-03T02:00:00Z`,
    );
    expect(json.versions).toEqual([]);
    expect(json.findings).toContainEqual(expect.objectContaining({ rule: 'range', severity: 'block' }));
  });

  test('of which nothing is known has no versions and no explanation', async () => {
    const nothing = `dataset=${DATASET}&series=${SERIES}&at=2026-01-02T02:00:00Z`;
    expect((await testEnv.get(`/v1/versions?${nothing}`)).json.data).toEqual([]);
    expect((await testEnv.get(`/v1/explain?${nothing}`)).status).toBe(404);
    expect((await testEnv.get(`/v1/versions?${nothing}&series=b`)).json.errors[0].field).toBe('series');
  });

  test.each([
    ['', ['series', 'at']],
    [`&series=${SERIES}`, ['at']],
    [`&at=${DAY}T02:00:00Z`, ['series']],
  ])('has to be named for its versions: %j lacks %j', async (query, fields) => {
    const { status, json } = await testEnv.get(`/v1/versions?dataset=${DATASET}${query}`);
    expect([status, json.errors.map(({ field }: { field: string }) => field)]).toEqual([422, fields]);
  });
});

describe('a payload', () => {
  test('comes as the source sent it, whether it was asked for alone or with other days', async () => {
    const rows = await testEnv.rows<{ id: number; sha256: string; batch: boolean; size: number }>(
      `select id, encode(sha256, 'hex') as sha256, bytes is null as batch, size_bytes as size from ops.payload order by id`,
    );
    expect(new Set(rows.map(({ batch }) => batch))).toEqual(new Set([true, false]));
    for (const { id, sha256, size } of rows) {
      const content = await testEnv.get(`/v1/payloads/${id}/content`);
      expect(createHash('sha256').update(content.raw).digest('hex')).toBe(sha256);
      expect(content.headers).toMatchObject({
        ...{ etag: `"${sha256}"`, 'content-length': String(size), 'x-content-type-options': 'nosniff' },
        'content-type': expect.stringMatching(/^application\/json/),
        'content-disposition': expect.stringMatching(
          /^attachment; filename="jao-core\.max-exchanges_2026-11-0\d_\d+"$/,
        ),
      });
      const again = await testEnv.get(`/v1/payloads/${id}/content`, {
        headers: { 'if-none-match': `"${sha256}"` },
      });
      expect(again).toMatchObject({ status: 304, text: '' });
      expect((await testEnv.get(`/v1/payloads/${id}`)).json).toMatchObject({ id, sha256, kind: 'points' });
    }
  });

  test.each(['text/html', 'image/svg+xml', 'text/html, application/json', 'application/json\r\nx: y'])(
    'is never given out as %j',
    async (type) => {
      const [row] = await testEnv.rows<{ id: number; headers: object }>(
        'select id, headers from ops.payload limit 1',
      );
      const headers = JSON.stringify({ ...row?.headers, 'content-type': type });
      const statement = `update ops.payload set headers = $2 where id = $1`;
      await owner.query(statement, [row?.id, headers]);
      const content = await testEnv.get(`/v1/payloads/${row?.id}/content`);
      expect(content.headers['content-type']).toBe('application/octet-stream');
      await owner.query(statement, [row?.id, JSON.stringify(row?.headers)]);
    },
  );

  test('that does not exist is not found', async () => {
    expect((await testEnv.get('/v1/payloads/987654')).status).toBe(404);
    expect((await testEnv.get('/v1/payloads/987654/content')).status).toBe(404);
    expect((await testEnv.get('/v1/payloads/one')).json.errors[0].field).toBe('id');
  });
});

describe('findings', () => {
  const ids = ({ json }: Answer) => json.data.map(({ id }: { id: number }) => id);

  test('come newest first, page by page, and by what is asked', async () => {
    const whole = await testEnv.get('/v1/findings');
    const stored = await testEnv.rows<{ id: number }>('select id from ops.finding order by id desc');
    expect(ids(whole)).toEqual(stored.map(({ id }) => id));
    expect(await rowsOfPages(testEnv.get, '/v1/findings?limit=7')).toEqual(whole.json.data);
    const blocks = await testEnv.get(
      `/v1/findings?dataset=${DATASET}&severity=block&rule=range&resolution=open&from=${BAD}&to=${BAD}`,
    );
    expect(blocks.json.data).toHaveLength(24);
    expect(blocks.json.data[0]).toMatchObject({ dataset: DATASET, day: BAD, series: 'border_AT_BE' });
    expect((await testEnv.get(`/v1/findings?severity=block&to=${DAY}`)).json.data).toEqual([]);
  });
});

test('nothing of a dataset is shown to those who may not see it, and the feed moves on for them', async () => {
  const hidden = catalogOf(
    testEnv.catalog.datasets.map((each) => ({ ...each, access: 'restricted' as const })),
  );
  const api = await buildApi({ ...testEnv.deps, catalog: hidden });
  const get = async (url: string) => answerOf(await api.inject({ method: 'GET', url }));
  const [payload] = await testEnv.rows<{ id: number }>('select min(id) as id from ops.payload');
  for (const url of [
    `/v1/datasets/${DATASET}`,
    ...['series', 'days', `days/${DAY}`, 'coverage', 'statistics'].map(
      (part) => `/v1/datasets/${DATASET}/${part}`,
    ),
    `/v1/versions?${point}`,
    `/v1/explain?${point}`,
    `/v1/findings?dataset=${DATASET}`,
    `/v1/changes?dataset=${DATASET}`,
    `/v1/changes/stream?dataset=${DATASET}`,
    `/v1/payloads/${payload?.id}`,
    `/v1/payloads/${payload?.id}/content`,
  ]) {
    const { status, text } = await get(url);
    expect([url, status]).toEqual([url, 404]);
    expect(text).not.toContain('are jao-core');
  }
  expect((await get('/v1/findings')).json.data).toEqual([]);
  const changes = (await get('/v1/changes')).json;
  const [feed] = await testEnv.rows<{ last: number }>('select cursor as last from ops.clock');
  expect(changes).toEqual({ data: [], next: feed?.last, more: false });
  await api.close();
});
