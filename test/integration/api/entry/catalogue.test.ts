/** Does the catalogue entry tell the truth, do its sample queries work as they stand, and is a series found by what it is? */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApi } from '../../../../api/app.ts';
import type { SampleQuery } from '../../../../api/entry/relations.ts';
import { type ApiEnvironment, answerOf, openApiEnvironment } from '../../../support/api/api-environment.ts';
import { makeKey } from '../../../support/api/keys.ts';
import { rowsOfPages } from '../../../support/api/pages.ts';
import { DATASET } from '../../../support/test-environment.ts';

const NOW = new Date('2026-11-21T12:00:00Z');

let testEnv: ApiEnvironment;
beforeAll(async () => {
  testEnv = await openApiEnvironment(
    { simulator: { revisionShare: 0, quotaRequests: 0, now: NOW.toISOString() }, simulatedClock: true },
    { now: () => NOW, hosts: ['tidemark.test'] },
  );
  await testEnv.startWorker();
  testEnv.simulator.faults.add({ name: 'missing-border', border: 'border_AT_BE', day: '2026-11-19' });
  await testEnv.load('2026-11-18', '2026-11-20');
});
afterAll(() => testEnv.close());

const entry = async (headers = {}) => (await testEnv.get(`/v1/datasets/${DATASET}`, { headers })).json;

test('the catalogue is found by words of what its files say', async () => {
  const found = async (path: string, search: string) => {
    const { json } = await testEnv.get(`${path}?search=${encodeURIComponent(search)}`);
    return json.data.map(({ dataset }: { dataset: string }) => dataset);
  };
  expect(await found('/v1/datasets', 'maxbex MW')).toEqual([DATASET]);
  expect(await found('/v1/datasets', 'volume_frequency_data')).toEqual(['swissgrid.volume-frequency']);
  expect(await found('/v1/datasets', 'MaxBex swissgrid')).toEqual([]);
  expect(await found('/v1/datasets', ' ')).toEqual(
    testEnv.catalog.all.filter(({ access }) => access === 'open').map(({ id }) => id),
  );
  expect(await found('/v1/datasets', 'BARCODE checkout')).toEqual(['checkout.events']);
  expect((await testEnv.get('/v1/datasets?search=a%00b')).status).toBe(400);
});

test('simulated is what the simulator made, and what is computed from it: not files, sent lines, or what a library says', async () => {
  const { simulated, not_simulated: others } = (await testEnv.get('/v1/me')).json;
  expect(simulated).toBe(true);
  const isOther = (id: string) => /^(swissgrid|checkout|calendar)\./.test(id);
  const all = testEnv.catalog.all.map(({ id }) => id);
  expect(others.toSorted()).toEqual(all.filter(isOther).toSorted());
  const rows = await testEnv.rows<{ dataset: string; simulated: boolean }>(
    'select dataset, simulated from catalog.dataset',
  );
  expect(rows.length).toBe(all.length);
  for (const { dataset, simulated: said } of rows)
    expect({ dataset, said }).toEqual({ dataset, said: !isOther(dataset) });
  for (const id of [DATASET, 'swissgrid.frequency', 'checkout.events', 'calendar.holidays']) {
    const { json, status } = await testEnv.get(`/v1/data?dataset=${id}&from=2026-11-18&to=2026-11-18`);
    expect({ id, status, said: json.meta?.simulated }).toEqual({ id, status: 200, said: id === DATASET });
  }
});

describe('the entry', () => {
  test('has the facts of the list, and what the file says', async () => {
    const listed = (await testEnv.get('/v1/datasets')).json.data.find(
      ({ dataset }: { dataset: string }) => dataset === DATASET,
    );
    expect(await entry()).toMatchObject({
      ...listed,
      simulated: true,
      decoder_version: 3,
      retention: { days: null, text: 'kept permanently' },
      resolution_history: [{ from: '2022-06-09', minutes: 60 }],
      expected_series_history: [
        { from: '2022-06-09', series: 132 },
        { from: '2026-06-11', series: 150 },
      ],
      calendar: {
        opens: { day: -1, time: '09:00', text: '09:00 the day before' },
        deadline: { text: '11:00 the day before' },
        polling: { tick_minutes: 5 },
      },
    });
  });

  test('describes the relations as the database has them', async () => {
    const { relations } = await entry();
    for (const { relation, columns } of relations.slice(0, 2)) {
      const stored = await testEnv.rows<{ name: string; type: string }>(
        `select attname as name, format_type(atttypid, null) as type from pg_attribute
         where attrelid = $1::regclass and attnum > 0 order by attnum`,
        [relation],
      );
      expect(columns.map(({ name, type }: Record<string, string>) => ({ name, type }))).toEqual(stored);
    }
    const asOf = await testEnv.rows<{ args: string; result: string }>(
      `select pg_get_function_arguments(oid) as args, pg_get_function_result(oid) as result
       from pg_proc where proname = 'max_exchanges_as_of'`,
    );
    expect(relations[2].relation).toBe(`jao_core.max_exchanges_as_of(${asOf[0]?.args})`);
    const table = relations[2].columns.map(({ name, type }: Record<string, string>) => `${name} ${type}`);
    expect(asOf[0]?.result).toBe(`TABLE(${table.join(', ')})`);
  });

  test('counts what is kept, and says how fresh and how good it is', async () => {
    const { lineage, freshness, quality } = await entry();
    const [stored] = await testEnv.rows<{ payloads: number; sent: number }>(
      `select (select count(*) from ops.payload) as payloads,
         (select coalesce(sum(size_bytes), 0)::int8 from ops.payload where bytes is not null)
         + (select coalesce(sum(size_bytes), 0)::int8 from ops.batch_response
            where id in (select batch_response_id from ops.payload)) as sent`,
    );
    expect(lineage.payloads).toMatchObject({ payloads: stored?.payloads, bytes_sent: stored?.sent });
    expect(lineage.payloads.bytes_kept).toBeLessThan(lineage.payloads.bytes_sent);
    expect(freshness).toMatchObject({
      ...{ newest_complete_day: '2026-11-20', newest_due_day: '2026-11-22', days_behind: 2 },
    });
    expect(quality).toMatchObject({ days: 30, complete_days: 2, complete_share: 2 / 30, revisions: 0 });
    expect(quality.open_findings).toContainEqual(
      expect.objectContaining({ rule: 'missing_series', findings: 1, days: 1 }),
    );
  });

  test('has queries that work as they stand, from where the caller is', async () => {
    const { sample_queries } = await entry({ host: 'tidemark.test:8080' });
    const samples: SampleQuery[] = sample_queries;
    expect(samples).toHaveLength(2);
    for (const { sql, curl, python, r } of samples) {
      const { length } = await testEnv.rows(sql);
      const [, url = ''] = /"(http[^"]+)"/.exec(curl) ?? [];
      expect(url).toMatch(/^http:\/\/tidemark\.test:8080\//);
      expect(python).toContain(`"${url}"`);
      expect(r).toContain(`"${url}"`);
      const answer = await testEnv.get(url.replace('http://tidemark.test:8080', ''));
      expect(answer.status).toBe(200);
      expect(answer.text.trimEnd().split('\n')).toHaveLength(length + 1);
    }
    expect(await testEnv.rows(samples[0]?.sql ?? '')).toHaveLength(3600);
  });

  test('never puts a host into a command that could be more than a host', async () => {
    const host = 'x";rm -rf ~;"';
    const url = `/v1/datasets/${DATASET}`;
    expect((await testEnv.get(url, { headers: { host } })).status).toBe(421);
    const api = await buildApi({ ...testEnv.deps, access: 'keys' });
    const { headers } = await makeKey(testEnv);
    const { json } = answerOf(await api.inject({ url, headers: { ...headers, host } }));
    expect(json.sample_queries[0].curl).toContain('"http://localhost/v1/data?');
    await api.close();
  });

  test('is no entry for a dataset that is not there', async () => {
    expect((await testEnv.get('/v1/datasets/no.such')).status).toBe(404);
  });
});

describe('series', () => {
  const series = (query = '') => testEnv.get(`/v1/datasets/${DATASET}/series${query}`);
  const names = (json: { data: { series: string }[] }) => json.data.map((row) => row.series);

  test('come by name in pages, each with what its name tells and since when it is there', async () => {
    const { json } = await series();
    expect(json.data).toHaveLength(150);
    expect(json.next).toBeNull();
    expect(json.data[1]).toMatchObject({
      ...{ series: 'border_AT_CZ', attributes: { from: 'AT', to: 'CZ' } },
      ...{ first_day: '2026-11-18', last_day: '2026-11-20' },
    });
    const pages = `/v1/datasets/${DATASET}/series?limit=40`;
    expect(await rowsOfPages(testEnv.get, pages)).toEqual(json.data);
  });

  test('are found by words of name and attributes, in whatever case', async () => {
    expect(names((await series('?search=de_fr')).json)).toEqual(['border_DE_FR']);
    const both = names((await series('?search=fr+de')).json);
    expect(both).toEqual(expect.arrayContaining(['border_DE_FR', 'border_FR_DE']));
    expect(both.every((name) => /DE/.test(name) && /FR/.test(name))).toBe(true);
    expect(names((await series('?search=cobra')).json)).toHaveLength(2);
    expect((await series('?search=%25')).json.data).toEqual([]);
  });

  test('say which parameter is wrong', async () => {
    expect((await series('?limit=0')).json.errors[0].field).toBe('limit');
    expect((await series('?search=a%00b')).json.errors[0].field).toBe('search');
  });
});
