/** Do the star schema, the batch and the reprocessing tell the same truth as the stream? */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ofLines } from '../../../../activities/lines/fold-lines.ts';
import { differenceOf } from '../../../../activities/rebuild/rebuild-day.ts';
import { showRecordChange } from '../../../../activities/rebuild/record-difference.ts';
import events, { checkoutEvents } from '../../../../datasets/checkout/events.ts';
import { recordContent } from '../../../../db/queries/payloads/rebuilding.ts';
import { loadRecords } from '../../../support/load-records.ts';
import { openRecordsEnvironment, type RecordsEnvironment } from '../../../support/records-environment.ts';
import { event, payment, scan } from '../../../support/sample-events.ts';

const DAY = '2026-11-20';
const LINES = [
  event({ id: 'a1', user_id: 'u1', name: 'Jane', email: 'jane@example.org' }),
  event({ id: 'a2', user_id: 'u2', price: 12, time: '2026-11-20T11:00:00Z' }),
  event({ id: 'a3', user_id: 'u3', time: '2026-11-20T12:00:00Z' }),
  payment({ id: 'p1', user_id: 'u1', total: 9.99 }),
  payment({ id: 'p2', user_id: 'u2', total: 12, currency: 'USD', time: '2026-11-21T10:00:00Z' }),
  payment({ id: 'p1', user_id: 'u1', total: 19.98, version: 2 }),
  scan({ id: 's1', related_id: 't1', barcode_type: 'QR-Code' }),
  scan({ id: 's2', related_id: 't1', barcode_type: 'EAN_13', time: '2026-11-20T18:30:00Z' }),
  scan({ id: 's3', related_id: 't2', scanner_location: 'south', time: '2026-11-20T19:10:00Z' }),
];

let testEnv: RecordsEnvironment;
let folder: string;
beforeAll(async () => {
  testEnv = await openRecordsEnvironment([events]);
  folder = await mkdtemp(join(tmpdir(), 'tidemark-events-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await testEnv.close();
});

async function load(name: string, content: string | Buffer) {
  const path = join(folder, name);
  await writeFile(path, content);
  return await loadRecords(testEnv.stored.database, ofLines(events), path);
}

test('a file is folded in pieces, and again does nothing; CSV and gzip say the same', async () => {
  const text = LINES.map((line) => JSON.stringify(line)).join('\n');
  expect(await load('events.ndjson', text)).toMatchObject({
    lines: 9,
    newRecords: 8,
    revisedRecords: 0,
    quarantined: 0,
  });
  expect(await load('events.ndjson', text)).toMatchObject({ lines: 9, payloads: 0, newRecords: 0 });
  expect(await load('events.ndjson.gz', gzipSync(text))).toMatchObject({ lines: 9, payloads: 0 });
  const csv = [
    'id,type,time,version,user_id,related_id,total,currency,payment_method,name',
    'p1,PaymentSuccessful,2026-11-20T10:05:00.000Z,2,u1,pay1,19.98,EUR,card,',
    'p9,PaymentSuccessful,2026-11-19T10:05:00.000Z,1,u9,pay9,5,EUR,cash,"Doe, ""Jim"""',
    'p10,PaymentSuccessful,2026-11-19T10:05:00.000Z,1,u9,pay9,"5,EUR,cash,',
  ].join('\r\n');
  expect(await load('events.csv', csv)).toMatchObject({
    lines: 3,
    newRecords: 1,
    revisedRecords: 0,
    quarantined: 1,
  });
  expect(await testEnv.rows(`select total_amount, name from checkout.events where key = 'p9'`)).toEqual([
    { total_amount: '5', name: 'Doe, "Jim"' },
  ]);
});

test('conversion from cart to payment, revenue per day and currency, scans per entrance and hour', async () => {
  expect(
    await testEnv.rows(
      `select a.date_key, count(distinct a.user_id) as carts, count(distinct p.user_id) as paid
       from checkout.fact_article_added a
       left join checkout.fact_payment p on p.user_id = a.user_id and p.event_timestamp >= a.event_timestamp
       group by a.date_key order by a.date_key`,
    ),
  ).toEqual([{ date_key: DAY, carts: 3, paid: 2 }]);
  expect(
    await testEnv.rows(
      `select d.date_key, p.currency, sum(p.total_amount) as revenue from checkout.fact_payment p join checkout.dim_date d using (date_key)
       group by d.date_key, p.currency order by 1, 2`,
    ),
  ).toEqual([
    { date_key: '2026-11-19', currency: 'EUR', revenue: '5' },
    { date_key: DAY, currency: 'EUR', revenue: '19.98' },
    { date_key: '2026-11-21', currency: 'USD', revenue: '12' },
  ]);
  expect(
    await testEnv.rows(
      `select scanner_location, date_trunc('hour', event_timestamp) as hour, count(*) as scans from checkout.fact_scan
       group by 1, 2 order by 1, 2`,
    ),
  ).toEqual([
    { scanner_location: 'north', hour: new Date('2026-11-20T18:00:00Z'), scans: 2 },
    { scanner_location: 'south', hour: new Date('2026-11-20T19:00:00Z'), scans: 1 },
  ]);
});

test('a schema that learns a field shows the difference from the stored bytes', async () => {
  const scope = { dataset: events.id, day: DAY };
  const before = await testEnv.contentOf(events);
  await testEnv.fold(checkoutEvents(1), DAY, true);
  const old = await recordContent(testEnv.stored.database, scope);
  await testEnv.fold(events, DAY, true);
  const learned = await recordContent(testEnv.stored.database, scope);
  const { values, examples } = differenceOf(old, learned, showRecordChange(events));
  expect({ values, examples }).toEqual({
    values: 2,
    examples: ['s1: barcode_type "QR-Code" becomes "QR"', 's2: barcode_type "EAN_13" becomes "EAN13"'],
  });
  expect(await testEnv.contentOf(events)).toEqual(before);
});
