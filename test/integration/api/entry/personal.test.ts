/** Is what tells of a person shown to callers with the grant alone: in every answer and format, in findings, in bytes, in SQL? */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foldLines, ofLines } from '../../../../activities/lines/fold-lines.ts';
import { LineSorter } from '../../../../activities/lines/sort-lines.ts';
import { transaction } from '../../../../db/connection/client.ts';
import { type ApiEnvironment, openApiEnvironment } from '../../../support/api/api-environment.ts';
import { makeKey, type TestKey } from '../../../support/api/keys.ts';
import { datedBack } from '../../../support/database.ts';
import { event } from '../../../support/sample-events.ts';

const DATASET = 'checkout.events';
const NAME = 'Zoe Doe';
const PHONE = '0123-4567';
const FIELDS = { name: NAME, email: 'zoe@example.org', phone: PHONE };
/** What no schema knows, among what it does. */
const METADATA = { colour: 'red' };

let testEnv: ApiEnvironment;
let keys: Readonly<Record<'reader' | 'operator' | 'admin' | 'granted', TestKey>>;
let payload: number;
beforeAll(async () => {
  testEnv = await openApiEnvironment({}, { access: 'open' });
  const dataset = ofLines(testEnv.catalog.find(DATASET));
  const fold = (sent: readonly object[], at: Date) => {
    const sorter = new LineSorter(dataset, at.getTime());
    sorter.add(Buffer.from(sent.map((each) => JSON.stringify(each)).join('\n')));
    const folded = () =>
      transaction(testEnv.database, (sql) => foldLines(sql, dataset, sorter, at, { url: 'test' }));
    return datedBack({ url: testEnv.databaseUrl, database: testEnv.database }, folded);
  };
  await fold(
    [event({ id: 'a', ...FIELDS, metadata: METADATA }), event({ id: 'odd', type: 'Other', ...FIELDS })],
    new Date('2026-11-20T11:00:00Z'),
  );
  await fold([event({ id: 'a', ...FIELDS, metadata: METADATA, price: 1 })], new Date('2026-11-20T12:00:00Z'));
  keys = {
    reader: await makeKey(testEnv),
    operator: await makeKey(testEnv, { role: 'operator' }),
    admin: await makeKey(testEnv, { role: 'admin' }),
    granted: await makeKey(testEnv, { personal: true }),
  };
  const [first] = await testEnv.rows<{ id: number }>('select min(id) as id from ops.payload');
  payload = first?.id ?? 0;
});
afterAll(() => testEnv.close());

const ANSWERS = [
  `/v1/data?dataset=${DATASET}&format=json`,
  `/v1/data?dataset=${DATASET}&format=csv`,
  `/v1/data?dataset=${DATASET}&format=ndjson`,
  `/v1/data?dataset=${DATASET}&format=arrow`,
  `/v1/data?dataset=${DATASET}&as_of=2026-11-20T12:30:00Z`,
  `/v1/data?dataset=${DATASET}&gate=D%2B1T00:00`,
  `/v1/versions?dataset=${DATASET}&key=a`,
  `/v1/versions?dataset=${DATASET}&key=a&format=csv`,
  '/v1/findings',
  `/v1/findings?dataset=${DATASET}&severity=block`,
  `/v1/datasets/${DATASET}/days/2026-11-20`,
  '/v1/payloads/PAYLOAD/content',
];
const ask = (url: string, key?: TestKey) =>
  testEnv.get(url.replace('PAYLOAD', `${payload}`), { headers: key?.headers ?? {} });
const tells = (text: string) => Object.values(FIELDS).filter((value) => text.includes(value));

describe.each(ANSWERS)('%s', (url) => {
  test('tells nothing of a person to keys without the grant, whatever their role, nor to nobody', async () => {
    for (const key of [keys.reader, keys.operator, keys.admin, undefined]) {
      const { status, text } = await ask(url, key);
      expect({ status, tells: tells(text) }).toEqual({
        status: url.endsWith('content') ? 403 : 200,
        tells: [],
      });
    }
  });

  test('tells it to a key with the grant', async () => {
    const { status, text } = await ask(url, keys.granted);
    expect({ status, tells: tells(text) }).toEqual({ status: 200, tells: Object.values(FIELDS) });
  });
});

test('without the grant fields are null, and the body has what is declared, and the names of what is hidden', async () => {
  const { json } = await ask(`/v1/data?dataset=${DATASET}`, keys.reader);
  expect(json.data).toMatchObject([{ key: 'a', article_price: 9.99, name: null, email: null }]);
  expect(Object.keys(json.data[0].body).toSorted()).toEqual([
    ...['article_id', 'article_price', 'currency', 'hidden_fields', 'related_id', 'type', 'user_id'],
  ]);
  expect(json.data[0].body.hidden_fields).toEqual(['email', 'metadata.colour', 'name', 'phone']);
  const granted = await ask(`/v1/data?dataset=${DATASET}`, keys.granted);
  expect(granted.json.data[0].body).toMatchObject({ phone: PHONE, metadata: { colour: 'red' } });
  expect(granted.json.data[0].body).not.toHaveProperty('hidden_fields');
  const inSql = await transaction(testEnv.database, async (sql) => {
    await sql.query('set local role tidemark_reader');
    return (await sql.query<{ body: object }>(`select body from checkout.events where key = 'a'`)).rows;
  });
  expect(inSql).toEqual([{ body: json.data[0].body }]);
  expect((await ask('/v1/findings', keys.reader)).json.data).toContainEqual(
    expect.objectContaining({ rule: 'unknown_type', series: 'odd', raw: null }),
  );
});

test('bytes that are refused name the hint, and such bytes are kept nowhere on their way', async () => {
  const { json, headers } = await ask('/v1/payloads/PAYLOAD/content', keys.admin);
  expect(json.detail).toContain('--personal');
  expect(headers.etag).toBeUndefined();
  expect((await ask('/v1/payloads/PAYLOAD/content', keys.granted)).headers['cache-control']).toBe('no-store');
  expect((await ask('/v1/payloads/PAYLOAD', keys.reader)).status).toBe(200);
});

test('in SQL readers, with the grant or without, have neither findings nor payloads', async () => {
  for (const relation of [
    'ops.finding',
    'ops.payload',
    'ops.inbox',
    'ops.decision',
    'store.checkout__events',
  ]) {
    const reading = transaction(testEnv.database, async (sql) => {
      await sql.query('set local role tidemark_reader');
      await sql.query(`select from ${relation}`);
    });
    await expect(reading).rejects.toThrow(/permission denied/);
  }
});
