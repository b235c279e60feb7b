/**
 * Do rows as the people of a checkout write them load literally: CSV and JSON, by file and over HTTP, corrected like any other,
 * and do the questions that they ask have their answers in SQL?
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { transaction } from '../../../../db/connection/client.ts';
import { wakeDrain } from '../../../../temporal/drains.ts';
import { startRebuild } from '../../../../temporal/rebuilds.ts';
import { type ApiEnvironment, openApiEnvironment } from '../../../support/api/api-environment.ts';
import { makeKey } from '../../../support/api/keys.ts';
import { settingsOf, tidemark } from '../../../support/command.ts';

const USERS = `user_id,name,email,country
123e4567-e89b-12d3-a456-426614174000,John Doe,john.doe@example.com,USA
789e4567-e89b-12d3-a456-426614174001,Jane Doe,jane.doe@example.com,Canada
`;
const TICKETS = `ticket_id,event_name,ticket_price
543f6bcd-6621-3373-8cde-4e832627b4f8,Music Concert,99.99
678f6bcd-5621-3373-8bde-4e832627b4f7,Theater Play,49.99
`;
const ARTICLES = `article_id,article_name,price,currency
98765,Winter Jacket,29.99,USD
12345,Running Shoes,59.99,USD
`;
const EVENTS = `event_id,event_type,event_timestamp,user_id,related_id,version,metadata
1a2b3c4d-1234-5678-9abc-123456789abc,ArticleAddedToCart,2024-08-17 10:00:00,123e4567-e89b-12d3-a456-426614174000,098f6bcd-4621-3373-8ade-4e832627b4f6,1,"{""article_id"": ""98765"", ""article_price"": 29.99, ""currency"": ""USD""}"
2b3c4d5e-2234-5678-9def-223456789def,PaymentSuccessful,2024-08-17 10:05:00,123e4567-e89b-12d3-a456-426614174000,678f6bcd-5621-3373-8bde-4e832627b4f7,1,"{""total_amount"": 59.99, ""currency"": ""USD"", ""payment_method"": ""CreditCard""}"
3c4d5e6f-3234-5678-9ghi-323456789ghi,BarcodeScanned,2024-08-17 10:10:00,123e4567-e89b-12d3-a456-426614174000,543f6bcd-6621-3373-8cde-4e832627b4f8,2,"{""barcode_type"": ""QR"", ""scanner_location"": ""Entrance A""}"
`;
const USER = '123e4567-e89b-12d3-a456-426614174000';
/** The same events as objects. */
const ROWS = [
  {
    event_id: '1a2b3c4d-1234-5678-9abc-123456789abc',
    event_type: 'ArticleAddedToCart',
    event_timestamp: '2024-08-17 10:00:00',
    user_id: USER,
    related_id: '098f6bcd-4621-3373-8ade-4e832627b4f6',
    version: 1,
    metadata: { article_id: '98765', article_price: 29.99, currency: 'USD' },
  },
  {
    event_id: '2b3c4d5e-2234-5678-9def-223456789def',
    event_type: 'PaymentSuccessful',
    event_timestamp: '2024-08-17 10:05:00',
    user_id: USER,
    related_id: '678f6bcd-5621-3373-8bde-4e832627b4f7',
    version: 1,
    metadata: { total_amount: 59.99, currency: 'USD', payment_method: 'CreditCard' },
  },
  {
    event_id: '3c4d5e6f-3234-5678-9ghi-323456789ghi',
    event_type: 'BarcodeScanned',
    event_timestamp: '2024-08-17 10:10:00',
    user_id: USER,
    related_id: '543f6bcd-6621-3373-8cde-4e832627b4f8',
    version: 2,
    metadata: { barcode_type: 'QR', scanner_location: 'Entrance A' },
  },
];

let testEnv: ApiEnvironment;
let folder: string;
let url: string;
let authorization: Record<string, string>;
beforeAll(async () => {
  testEnv = await openApiEnvironment();
  folder = await mkdtemp(join(tmpdir(), 'tidemark-checkout-'));
  await testEnv.startWorker();
  for (const dataset of ['checkout.events', 'checkout.users']) await wakeDrain(testEnv.temporal, dataset);
  await testEnv.api.listen({ host: '127.0.0.1', port: 0 });
  url = `http://127.0.0.1:${(testEnv.api.server.address() as AddressInfo).port}`;
  authorization = (await makeKey(testEnv, { role: 'operator' })).headers;
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await testEnv.close();
});

/** As people type it: `tidemark load checkout.users users.csv --wait`. */
async function load(dataset: string, name: string, content: string) {
  const path = join(folder, name);
  await writeFile(path, content);
  const { code, stdout, stderr } = await tidemark(settingsOf(testEnv), 'load', dataset, path, '--wait');
  return { code, stdout, ...(code === 0 ? {} : { stderr }) };
}

/** As `curl --data-binary` does it. */
async function post(dataset: string, type: string, body: string) {
  const headers = { ...authorization, 'content-type': type };
  const answer = await fetch(`${url}/v1/events/${dataset}`, { method: 'POST', headers, body });
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
}

const drained = () => expect.poll(() => testEnv.rows('select 1 from ops.inbox')).toEqual([]);

/** What a reader asks, without the grant for what tells of a person unless said otherwise. */
function ask<T>(text: string, role = 'tidemark_reader') {
  return transaction(testEnv.database, async (sql) => {
    await sql.query(`set local role ${role}`);
    return (await sql.query(text)).rows as T[];
  });
}

const ALL_EVENTS = `
  select event_id, event_type, to_char(event_timestamp at time zone 'Europe/Amsterdam', 'YYYY-MM-DD HH24:MI:SS') as event_timestamp,
    user_id, related_id, version, metadata
  from checkout.fact_events order by event_id`;
const REVENUE = `
  select a.article_name, e.metadata ->> 'currency' as currency, sum((e.metadata ->> 'article_price')::numeric) as revenue
  from checkout.fact_events e
  join checkout.dim_articles a on a.article_id = e.metadata ->> 'article_id' and a.is_current
  where e.event_type = 'ArticleAddedToCart' group by 1, 2 order by 1, 2`;
const SCANS = `
  select t.event_name, e.metadata ->> 'scanner_location' as entrance, count(*) as scans
  from checkout.fact_events e join checkout.dim_tickets t on t.ticket_id = e.related_id and t.is_current
  where e.event_type = 'BarcodeScanned' group by 1, 2 order by 1, 2`;
const CARTS = `
  select u.country, count(distinct e.related_id) as carts
  from checkout.fact_events e join checkout.dim_users u on u.user_id = e.user_id and u.is_current
  where e.event_type = 'ArticleAddedToCart' group by 1 order by 1`;

describe('the rows of a checkout', () => {
  test('of the three things are loaded from files', async () => {
    const loaded = { code: 0, stdout: '2 lines: points 2 new\n' };
    const all = [
      load('checkout.users', 'users.csv', USERS),
      load('checkout.tickets', 'tickets.csv', TICKETS),
      load('checkout.articles', 'articles.csv', ARTICLES),
    ];
    expect(await Promise.all(all)).toEqual([loaded, loaded, loaded]);
  });

  test('of events are sent as CSV, and are what was sent', async () => {
    expect(await post('checkout.events', 'text/csv', EVENTS)).toEqual({
      status: 202,
      json: { accepted: 3, rejected: [], summary: '3 lines are safe' },
    });
    await drained();
    expect(await ask(ALL_EVENTS)).toEqual(ROWS);
  });

  test('are the same as a file of CSV, as lines of JSON and as a list', async () => {
    const lines = ROWS.map((row) => `${JSON.stringify(row)}\n`).join('');
    const loads = [
      load('checkout.events', 'events.csv', EVENTS),
      load('checkout.events', 'events.ndjson', lines),
    ];
    expect(await Promise.all(loads)).toMatchObject([{ code: 0 }, { code: 0 }]);
    for (const [type, body] of [
      ['application/x-ndjson', lines],
      ['application/json', JSON.stringify(ROWS, null, 2)],
      ['application/json; charset=utf-8', JSON.stringify(ROWS[0], null, 2)],
      ['text/csv; charset=utf-8', EVENTS.replaceAll('\n', '\r\n')],
    ] as const)
      expect(await post('checkout.events', type, body)).toMatchObject({
        status: 202,
        json: { rejected: [] },
      });
    await drained();
    expect(await ask(ALL_EVENTS)).toEqual(ROWS);
    expect(await testEnv.rows('select key from checkout.events_versions')).toHaveLength(3);
    expect(await testEnv.rows('select rule, reason from ops.finding')).toEqual([]);
  });

  test('answer what people ask', async () => {
    expect(await ask(REVENUE)).toEqual([
      { article_name: 'Winter Jacket', currency: 'USD', revenue: '29.99' },
    ]);
    expect(await ask(SCANS)).toEqual([{ event_name: 'Music Concert', entrance: 'Entrance A', scans: 1 }]);
    expect(await ask(CARTS)).toEqual([{ country: 'USA', carts: 1 }]);
  });

  test('tell of a person to nobody without the grant', async () => {
    const people = 'select name, email, country from checkout.dim_users order by user_id';
    expect(await ask(people)).toEqual([
      { name: null, email: null, country: 'USA' },
      { name: null, email: null, country: 'Canada' },
    ]);
    expect(await ask(people, 'tidemark_writer')).toMatchObject([
      { name: 'John Doe', email: 'john.doe@example.com' },
      { name: 'Jane Doe' },
    ]);
  });
});

describe('a correction of a thing', () => {
  const HISTORY = `
    select country, valid_from = '-infinity' as always, valid_to is null as still, is_current
    from checkout.dim_users where user_id = '${USER}' order by valid_from`;
  const moved = USERS.replace(',USA', ',Canada');

  test('is another file: what it says otherwise counts from now on, and the rest is as it was', async () => {
    expect(await load('checkout.users', 'users.csv', moved)).toEqual({
      code: 0,
      stdout: '2 lines: points 1 changed, 1 unchanged\n',
    });
    expect(await ask(HISTORY)).toEqual([
      { country: 'USA', always: true, still: false, is_current: false },
      { country: 'Canada', always: false, still: true, is_current: true },
    ]);
    expect(await ask(CARTS)).toEqual([{ country: 'Canada', carts: 1 }]);
    expect(await ask('select * from checkout.dim_users')).toHaveLength(3);
  });

  test('may be taken back by the file before it', async () => {
    expect(await load('checkout.users', 'users.csv', USERS)).toMatchObject({
      stdout: '2 lines: points 1 changed, 1 unchanged\n',
    });
    expect(await ask(CARTS)).toEqual([{ country: 'USA', carts: 1 }]);
  });

  test('that says the same again is nothing new', async () => {
    expect(await load('checkout.users', 'users.csv', USERS)).toMatchObject({
      stdout: '2 lines: points 2 unchanged\n',
    });
    expect(await ask(HISTORY)).toHaveLength(3);
  });

  test('may be sent, also that it is no more', async () => {
    const jane = '{"userId": "789e4567-e89b-12d3-a456-426614174001", "deleted": true}';
    expect(await post('checkout.users', 'application/json', jane)).toMatchObject({ json: { accepted: 1 } });
    await drained();
    expect(await ask('select country from checkout.dim_users where is_current')).toEqual([
      { country: 'USA' },
    ]);
  });

  test('is the same when its days are folded again', async () => {
    const [{ day } = { day: '' }] = await testEnv.rows<{ day: string }>(
      `select max(day) as day from ops.delivery_day where dataset = 'checkout.users'`,
    );
    const before = await ask(HISTORY);
    const rebuilt = await startRebuild(testEnv.temporal, { dataset: 'checkout.users', from: day, to: day });
    expect(await rebuilt.result()).toMatchObject({ done: 1, differing: 0, errors: {} });
    expect(await ask(HISTORY)).toEqual(before);
  });
});

describe('what cannot be read', () => {
  const fine = ROWS.map((row, i) => ({ ...row, event_id: `fine-${i}` }));

  test('is told at once, line by line, and kept', async () => {
    const third = JSON.stringify({
      ...ROWS[0],
      event_id: 'odd',
      metadata: { article_id: '1', article_price: 'x' },
    });
    const body = [JSON.stringify(fine[0]), JSON.stringify(fine[1]), third].join('\n');
    expect(await post('checkout.events', 'application/x-ndjson', body)).toEqual({
      status: 202,
      json: {
        accepted: 2,
        rejected: [
          {
            ...{ line: 3, id: 'odd', rule: 'unreadable_value' },
            reason: '"article_price" is no number from 0 on, such as 29.99',
          },
        ],
        summary: '2 lines are safe; 1 cannot be read and is kept in quarantine',
      },
    });
    await drained();
    expect(await testEnv.rows(`select series, raw from ops.finding where rule = 'unreadable_value'`)).toEqual(
      [{ series: 'odd', raw: third }],
    );
  });

  test('names the line of a list and of CSV', async () => {
    const list = JSON.stringify([fine[0], 7, { ...fine[1], event_timestamp: '2024-10-27 02:30:00' }]);
    expect((await post('checkout.events', 'application/json', list)).json.rejected).toMatchObject([
      { line: 2, reason: 'the line is no JSON object' },
      {
        line: 3,
        reason: '"time" is there twice, 2024-10-27 02:30 in Europe/Amsterdam: send it with its offset',
      },
    ]);
    const cells = `${EVENTS}x,BarcodeScanned\ny,BarcodeScanned,2024-08-17,u,r,1,{}\n`;
    expect((await post('checkout.events', 'text/csv', cells)).json.rejected).toMatchObject([
      { line: 5, reason: 'the line has 2 cells where the first line names 7 columns' },
      { line: 6, rule: 'unreadable_time' },
    ]);
  });

  test.each([
    ['text/csv', 'a,b\n1,2\n', 422, 'the first line of CSV names the columns'],
    ['text/csv', EVENTS.split('\n')[0] ?? '', 422, 'there is nothing in it'],
    ['application/json', '{"event_id":', 400, 'the body is no JSON'],
    ['application/json', '[]', 422, 'there is nothing in it'],
  ])('as %s of %j is refused as a whole', async (type, body, status, detail) => {
    const answer = await post('checkout.events', type, body);
    expect(answer).toMatchObject({ status, json: { detail: expect.stringContaining(detail) } });
  });

  test('does no harm to its neighbours when it looks like names of columns', async () => {
    const lines = ['event_id,event_type', JSON.stringify({ ...fine[2], event_timestamp: new Date() })];
    expect((await post('checkout.events', 'application/x-ndjson', lines.join('\n'))).json).toMatchObject({
      accepted: 1,
      rejected: [{ rule: 'unreadable_event', reason: 'the line is no JSON' }],
    });
    await drained();
    expect(await ask(`select event_id from checkout.fact_events where event_id = 'fine-2'`)).toHaveLength(1);
  });
});

describe('a number that no double holds', () => {
  const sent = `{"event_id":"exact","event_type":"BarcodeScanned","event_timestamp":"2024-09-01T10:00:00+02:00","user_id":12345678901234567891,"related_id":"t","version":1,"gate":12345678901234567891,"metadata":{"scanner_location":"A","far":[1e400]}}`;
  const kept = ['"gate":12345678901234567891', '"far":[1e400]'];

  test('is kept as it was sent, by store, API, CSV and a rebuild', async () => {
    for (const type of ['application/json', 'application/x-ndjson'])
      expect(await post('checkout.events', type, sent)).toMatchObject({
        json: { accepted: 1, rejected: [] },
      });
    await drained();
    await post(
      'checkout.events',
      'application/json',
      sent.replace('{', '{"note":1.5,').replace('"version":1', '"version":2'),
    );
    await drained();
    const [row] = await testEnv.rows<{ user_id: string; gate: string; far: boolean }>(
      `select user_id, body ->> 'gate' as gate, (body #>> '{metadata,far,0}')::numeric = 1e400 as far
       from checkout.events where key = 'exact'`,
    );
    expect(row).toEqual({ user_id: '12345678901234567891', gate: '12345678901234567891', far: true });
    const { headers } = await makeKey(testEnv, { personal: true });
    const versions = await testEnv.get('/v1/versions?dataset=checkout.events&key=exact', { headers });
    for (const text of kept) expect(versions.text.split(text)).toHaveLength(3);
    for (const format of ['json', 'ndjson', 'csv', 'arrow']) {
      const { text } = await testEnv.get(`/v1/data?dataset=checkout.events&key=exact&format=${format}`, {
        headers,
      });
      for (const each of kept) expect(text.replaceAll('""', '"')).toContain(each);
    }
    const day = '2024-09-01';
    const rebuilt = await startRebuild(testEnv.temporal, { dataset: 'checkout.events', from: day, to: day });
    expect(await rebuilt.result()).toMatchObject({ done: 1, differing: 0, errors: {} });
    expect(await testEnv.rows(`select 1 from ops.finding where series = 'exact'`)).toEqual([]);
  });

  test('is a finding where it is an amount, and where it has more than a thousand digits', async () => {
    const line = (field: string) => sent.replace('"far":[1e400]', field).replace('exact', 'too-exact');
    const reasons = async (field: string) =>
      (
        (await post('checkout.events', 'application/json', line(field))).json.rejected as { reason: string }[]
      ).map(({ reason }) => reason);
    const payment = '"total_amount":12345678901234567891,"currency":"EUR","payment_method":"x"';
    expect(await reasons('"far":1e9999')).toEqual([
      'the line has a number of more than 1000 digits: send it as a text',
    ]);
    const paid = line(payment).replace('BarcodeScanned', 'PaymentSuccessful');
    expect((await post('checkout.events', 'application/json', paid)).json.rejected).toMatchObject([
      { reason: '"total_amount" has more digits than an amount has: round it to 15' },
    ]);
  });
});
