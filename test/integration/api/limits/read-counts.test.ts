/** Is it counted who reads which dataset, by key and day, and shown to those who may see it? */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildApi } from '../../../../api/app.ts';
import { READS_KEPT_DAYS, ReadCounter } from '../../../../api/limits/read-counter.ts';
import { openDatabase } from '../../../../db/connection/client.ts';
import { type FoldedEnvironment, openFoldedEnvironment } from '../../../support/api/folded-environment.ts';
import { makeKey, type TestKey } from '../../../support/api/keys.ts';
import { measure, onGrid } from '../../../support/api/measured-environment.ts';
import { sampleFiles } from '../../../support/sample-file-dataset.ts';

const dataset = sampleFiles();
const other = sampleFiles({ id: 'measured.others' });
const DAY = '2026-02-03';
const DATA = `/v1/data?dataset=${dataset.id}&from=${DAY}&to=${DAY}`;

let testEnv: FoldedEnvironment;
let desk: TestKey;
let operator: TestKey;
beforeAll(async () => {
  testEnv = await openFoldedEnvironment([dataset, other]);
  await measure(testEnv, dataset, DAY, [onGrid('a', 900, (n) => n)]);
  desk = await makeKey(testEnv, { name: 'desk' });
  operator = await makeKey(testEnv, { role: 'operator' });
});
afterAll(() => testEnv.close());

async function readers(query = '', id = dataset.id): Promise<Record<string, unknown>[]> {
  const { status, json } = await testEnv.get(`/v1/datasets/${id}/readers${query}`, operator.headers);
  expect(status).toBe(200);
  return json.data;
}

test('answers with rows are counted, whoever asks and however', async () => {
  const { headers } = await testEnv.get(DATA, desk.headers);
  await testEnv.get(DATA, { ...desk.headers, 'if-none-match': String(headers.etag) });
  await testEnv.get(`/v1/data/aggregated?${DATA.split('?')[1]}&resolution=1h&format=csv`, desk.headers);
  const point = `dataset=${dataset.id}&series=a&at=${DAY}T10:00:00Z`;
  await testEnv.get(`/v1/versions?${point}`, desk.headers);
  await testEnv.get(`/data/values?start_time=${DAY}&end_time=${DAY}`);
  // Neither is a refusal, nor a look into the catalogue or at headers.
  await testEnv.get(`${DATA}&as_of=2999-01-01T00:00:00Z`, desk.headers);
  await testEnv.get(`/v1/datasets/${dataset.id}`, desk.headers);
  await testEnv.get(`/v1/datasets/${dataset.id}/coverage`, desk.headers);
  await testEnv.api.inject({ method: 'HEAD', url: DATA, headers: desk.headers });
  const [today] = await testEnv.rows<{ day: string }>(`select (now() at time zone 'UTC')::date as day`);
  expect(await readers()).toEqual([
    { ...today, key_id: desk.id, name: 'desk', reads: 4 },
    { ...today, key_id: null, name: 'open', reads: 1 },
  ]);
  expect(await readers('', other.id)).toEqual([]);
});

test('several processes count together, and write what is left when they close', async () => {
  const second = await buildApi(testEnv.deps);
  await second.inject({ method: 'GET', url: DATA, headers: desk.headers });
  await second.close();
  expect((await readers())[0]).toMatchObject({ name: 'desk', reads: 5 });
});

test('what cannot be written stays counted', async () => {
  const options = { url: testEnv.url, role: 'tidemark_api', application: 'test reads' } as const;
  const database = openDatabase({ ...options, session: { lock_timeout: '50' } });
  const counter = new ReadCounter(database);
  counter.add({ dataset: other.id, reader: desk.id, reads: 2 });
  const client = await testEnv.deps.database.connect();
  await client.query('begin');
  await client.query('lock table ops.read_count in exclusive mode');
  await expect(counter.write()).rejects.toThrow(/lock timeout/);
  await client.query('rollback');
  client.release();
  counter.add({ dataset: other.id, reader: desk.id, reads: 1 });
  await counter.write();
  await counter.write();
  await database.end();
  expect(await readers('', other.id)).toMatchObject([{ key_id: desk.id, reads: 3 }]);
});

test('whoever waits for a write waits for the one that has begun', async () => {
  const { database } = testEnv.deps;
  const counter = new ReadCounter(database);
  counter.add({ dataset: other.id, reader: desk.id, reads: 4 });
  const client = await database.connect();
  await client.query('begin');
  await client.query('lock table ops.read_count in exclusive mode');
  const ended: string[] = [];
  const begun = counter.write().then(() => ended.push('begun'));
  const next = counter.write().then(() => ended.push('next'));
  await client.query('commit');
  client.release();
  await Promise.all([begun, next]);
  expect(ended).toEqual(['begun', 'next']);
  expect(await readers('', other.id)).toMatchObject([{ key_id: desk.id, reads: 7 }]);
});

test('days that are too old are dropped, and only so many are told', async () => {
  await testEnv.deps.database.query(
    `insert into ops.read_count select (now() at time zone 'UTC')::date - age, $1, 'open', 7 from unnest($2::int[]) as age`,
    [other.id, [29, 30, READS_KEPT_DAYS - 1, READS_KEPT_DAYS + 1]],
  );
  expect(await readers('', other.id)).toHaveLength(2);
  expect(await readers(`?days=${READS_KEPT_DAYS}`, other.id)).toHaveLength(4);
  await testEnv.get(DATA);
  await readers();
  const { rows } = await testEnv.deps.database.query(
    `select from ops.read_count where day < (now() at time zone 'UTC')::date - $1::int`,
    [READS_KEPT_DAYS],
  );
  expect(rows).toEqual([]);
});

test('readers are not shown who reads', async () => {
  const url = `/v1/datasets/${dataset.id}/readers`;
  expect((await testEnv.get(url)).status).toBe(401);
  expect((await testEnv.get(url, desk.headers)).status).toBe(403);
  expect((await testEnv.get('/v1/datasets/no.such/readers', operator.headers)).status).toBe(404);
  expect((await testEnv.get(`${url}?days=0`, operator.headers)).status).toBe(400);
});
