/** Are observations answered whole, in order, page by page, with what the answer is about, and wrong questions refused? */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiEnvironment, openApiEnvironment } from '../../../support/api/api-environment.ts';
import { rowsOfPages } from '../../../support/api/pages.ts';
import { DATASET } from '../../../support/test-environment.ts';

let testEnv: ApiEnvironment;
beforeAll(async () => {
  testEnv = await openApiEnvironment({ simulator: { revisionShare: 0, quotaRequests: 0 } });
  await testEnv.startWorker();
  await testEnv.load('2026-11-01', '2026-11-03');
});
afterAll(() => testEnv.close());

const data = (query: string) => testEnv.get(`/v1/data?dataset=${DATASET}&${query}`);

describe('a day', () => {
  test('is answered whole, as SQL has it, and says what it is', async () => {
    const { status, json } = await data('from=2026-11-02&to=2026-11-02');
    expect(status).toBe(200);
    const rows = await testEnv.rows(
      `select delivery_day, starts_at, ends_at, series, value, known_at, payload_id from jao_core.max_exchanges
       where delivery_day = '2026-11-02' order by starts_at, series`,
    );
    expect(rows).toHaveLength(3600);
    expect(json.data).toEqual(JSON.parse(JSON.stringify(rows)));
    expect(json.next).toBeNull();
    expect(json.meta).toMatchObject({
      ...{ dataset: DATASET, unit: 'MW', time_zone: 'Europe/Amsterdam', latest: true, simulated: true },
      ...{ from: '2026-11-01T23:00:00.000Z', to: '2026-11-02T23:00:00.000Z' },
      coverage: { days: 1, states: { complete: 1 }, expected_points: 3600, present_points: 3600 },
    });
  });

  test('comes in pages that fit together, however small', async () => {
    const whole = await data('from=2026-11-02&to=2026-11-02');
    const url = `/v1/data?dataset=${DATASET}&from=2026-11-02&to=2026-11-02&limit=700`;
    expect(await rowsOfPages(testEnv.get, url)).toEqual(whole.json.data);
  });

  test('says the same in NDJSON and CSV', async () => {
    const range = 'from=2026-11-02&to=2026-11-02&series=border_AT_BE&series=border_DE_FR';
    const { json } = await data(range);
    const ndjson = await data(`${range}&format=ndjson`);
    expect(
      ndjson.text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(json.data);
    const csv = await data(`${range}&format=csv`);
    const [head, ...lines] = csv.text.trimEnd().split('\n');
    expect(head).toBe('delivery_day,starts_at,ends_at,series,value,known_at,payload_id');
    expect(lines).toEqual(
      json.data.map((row: object) =>
        Object.values(row)
          .map((v) => v ?? '')
          .join(),
      ),
    );
    expect(csv.headers).toMatchObject({ 'tidemark-simulated': 'true', 'tidemark-unit': 'MW' });
  });

  test('is not sent again to whoever has it', async () => {
    const first = await data('from=2026-11-02&to=2026-11-02');
    const headers = { 'if-none-match': String(first.headers.etag) };
    const again = await testEnv.get(`/v1/data?dataset=${DATASET}&from=2026-11-02&to=2026-11-02`, { headers });
    expect(again).toMatchObject({ status: 304, text: '' });
    const other = await testEnv.get(`/v1/data?dataset=${DATASET}&from=2026-11-02&to=2026-11-02&format=csv`, {
      headers,
    });
    expect(other.status).toBe(200);
  });
});

describe('a series that the dataset does not have', () => {
  const range = 'from=2026-11-02&to=2026-11-02';
  const plain = 'start_time=2026-11-02&end_time=2026-11-02';
  const at = 'at=2026-11-02T10:00:00Z';
  const near = 'jao-core.max-exchanges has no such series; near it: border_AT_CZ, ';

  test.each([
    `/v1/data?dataset=${DATASET}&${range}&series=border_AT_BE`,
    `/v1/data/aggregated?dataset=${DATASET}&${range}&resolution=P1D&series=border_AT_BE`,
    `/data/jao-core.max-exchanges?${plain}&series=border_AT_BE`,
    `/data/aggregated/jao-core.max-exchanges?${plain}&resolution=P1D&series=border_AT_BE`,
    `/v1/datasets/${DATASET}/coverage?${range}&series=border_AT_BE`,
    `/v1/versions?dataset=${DATASET}&${at}`,
    `/v1/explain?dataset=${DATASET}&${at}`,
  ])('is an error that names near ones: %s', async (url) => {
    const answer = await testEnv.get(`${url}&series=border_AT_CY`);
    expect(answer.status).toBe(422);
    expect(answer.json.errors).toEqual([
      { field: 'series', value: 'border_AT_CY', hint: expect.stringContaining(near) },
    ]);
    expect(answer.json.detail).toContain(`/v1/datasets/${DATASET}/series has all`);
  });

  test('is an error in a pin too', async () => {
    const payload = { dataset: DATASET, from: '2026-11-02', to: '2026-11-02', series: ['border_AT_CY'] };
    const answer = await testEnv.api.inject({ method: 'POST', url: '/v1/pins', payload });
    expect(answer.statusCode).toBe(422);
    expect(answer.json().errors).toMatchObject([{ field: 'series', hint: expect.stringContaining(near) }]);
  });

  test('is told apart from several written as one, which say how to write them', async () => {
    const { status, json } = await data(`${range}&series=border_AT_BE,border_AT_CZ`);
    expect(status).toBe(422);
    expect(json.errors[0].hint).toContain(
      'these are several series; give "series" once for each: border_AT_BE and border_AT_CZ',
    );
  });

  test('is none once a day has brought it', async () => {
    const wanted = `${range}&series=border_NEW`;
    expect((await data(wanted)).status).toBe(422);
    await testEnv.rows(
      `insert into ops.series (dataset, series, attributes, first_payload_id)
       select $1, 'border_NEW', '{}', min(id) from ops.payload`,
      [DATASET],
    );
    const { status, json } = await data(wanted);
    expect([status, json.data]).toEqual([200, []]);
  });
});

test('functions may be written with commas, repeated, or both', async () => {
  const buckets = `/v1/data/aggregated?dataset=${DATASET}&from=2026-11-02&to=2026-11-02&resolution=P1D`;
  const both = await testEnv.get(`${buckets}&function=avg&function=min&function=max`);
  expect(Object.keys(both.json.data[0])).toEqual(expect.arrayContaining(['avg', 'min', 'max']));
  for (const query of ['function=avg,min,max', 'function=avg,min&function=max'])
    expect((await testEnv.get(`${buckets}&${query}`)).json.data).toEqual(both.json.data);
  const twice = await testEnv.get(`${buckets}&function=avg,avg`);
  expect(twice.json).toMatchObject({ status: 400, detail: expect.stringContaining('once') });
});

describe('a wrong question', () => {
  test.each([
    ['from=yesterday&to=2026-11-02', 400, 'from', 'write a delivery day (YYYY-MM-DD) or an instant'],
    ['from=2026-11-02', 422, 'to', 'is missing'],
    ['from=2026-11-02&to=2026-11-02&fron=1', 400, 'fron', 'misspelt'],
    ['from=2026-11-02&to=2026-11-02&limit=none', 400, 'limit', 'whole number'],
    ['from=2026-11-02&to=2026-11-02&series=a%00b', 400, 'series.0', 'name of a series'],
    ['from=2026-11-02&to=2026-11-02&after=nonsense', 422, 'after', 'take it from "next"'],
    ['from=1066-10-14&to=2026-11-02', 422, 'from', 'write a year from 1900'],
    ['from=2026-11-03&to=2026-11-02', 422, 'to', 'swap them'],
    ['from=2026-11-02&to=2026-11-02&as_of=2999-01-01T00:00:00Z', 422, 'as_of', 'lies ahead'],
    ['from=2026-11-02&to=2026-11-02&format=xml', 400, 'format', 'json'],
  ])('%s is refused with %i, names the field and the hint', async (query, status, field, hint) => {
    const answer = await data(query);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json).toMatchObject({ status, type: `urn:tidemark:problem:${status}` });
    expect(answer.json.errors).toContainEqual(
      expect.objectContaining({ field, hint: expect.stringContaining(hint) }),
    );
  });

  test('an unknown dataset, path, method and format have their own codes', async () => {
    expect((await testEnv.get('/v1/data?dataset=no.such&from=2026-11-02&to=2026-11-02')).status).toBe(404);
    expect((await testEnv.get('/v1/nothing')).status).toBe(404);
    const wrongMethod = await testEnv.api.inject({ method: 'DELETE', url: '/v1/data' });
    expect([wrongMethod.statusCode, wrongMethod.headers.allow]).toEqual([405, 'GET, HEAD']);
    const accept = await testEnv.get(`/v1/data?dataset=${DATASET}&from=2026-11-02&to=2026-11-02`, {
      headers: { accept: 'image/png' },
    });
    expect(accept.status).toBe(406);
  });
});

test('the gate of a day shows what was known then', async () => {
  const before = await data('from=2026-11-02&to=2026-11-02&gate=D-1T12:00');
  expect(before).toMatchObject({
    status: 200,
    json: { data: [], meta: { gate: 'D-1T12:00', latest: false } },
  });
});
