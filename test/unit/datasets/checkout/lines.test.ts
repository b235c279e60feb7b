/** Are lines read as people write them, and refused where they could mean two things? */
import { describe, expect, test } from 'vitest';
import events from '../../../../datasets/checkout/events.ts';
import type { RecordDataset } from '../../../../domain/dataset/records.ts';
import { bundled } from '../../../support/bundled.ts';
import { event, scan } from '../../../support/sample-events.ts';

const users = bundled<RecordDataset>('checkout.users');

const decode = (body: string) => events.decode(Buffer.from(body), '2026-11-20');
const reasonsOf = (...lines: (object | string)[]) =>
  decode(
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  ).findings.map(({ reason }) => reason);
const recordOf = (line: object) => decode(JSON.stringify(line)).records[0];

describe('names', () => {
  test('are one field in every spelling, beside the others or in metadata', () => {
    const { id, type, time, price, ...rest } = event({}) as Record<string, unknown>;
    const spelt = [
      { event_id: id, event_type: type, event_timestamp: time, article_price: price, ...rest },
      { eventId: id, eventType: type, eventTimestamp: time, articlePrice: price, ...rest },
      { id, type, timestamp: time, ...rest, article_id: undefined, metadata: { price, articleId: 'a1' } },
      { id, type, time, ...rest, metadata: JSON.stringify({ price }) },
    ];
    for (const line of spelt) expect(recordOf(line)).toEqual(recordOf(event({})));
    const csv = 'Event ID,Event Type,time,version,user_id,Related ID,article_id,currency,Price\n';
    const cells = 'e1,ArticleAddedToCart,2026-11-20T10:00:00Z,1,u1,c1,a1,EUR,9.99\r\n';
    expect(decode(`\ufeff${csv}${cells}`).records).toEqual([{ ...recordOf(event({})), place: 'line 2' }]);
  });

  test('that are one field are refused together', () => {
    expect(
      reasonsOf(
        event({ event_id: 'e2' }),
        event({ metadata: { article_price: 1 } }),
        '{"id":"a","id":"a"}',
        event({ metadata: [1] }),
        event({ metadata: '{' }),
      ),
    ).toEqual([
      'the line has "id" twice ("event_id" is the same): send it once',
      'the line has "article_price" twice: send it once',
      'the line has "id" twice: send it once',
      'the line has "metadata" that is no JSON object',
      'the line is no JSON',
    ]);
    expect(decode('id,user_id,UserId\n1,2,3\n').findings).toMatchObject([
      { reason: 'the line has the column "user_id" twice: send it once' },
    ]);
  });

  test('that nobody declared stay where they were', () => {
    const metadata = { article_id: 'a1', type: 'gift', user_id: 'u2', far: [1] };
    const body = recordOf(event({ article_id: undefined, metadata, more: true }))?.body;
    expect(body).toMatchObject({
      type: 'ArticleAddedToCart',
      user_id: 'u1',
      article_id: 'a1',
      metadata: { type: 'gift', user_id: 'u2', far: [1] },
      more: true,
    });
  });
});

describe('times', () => {
  test.each([
    ['2026-11-20T10:00:00Z', '2026-11-20T10:00:00.000Z'],
    ['2026-11-20 10:00:00.5 +0100', '2026-11-20T09:00:00.500Z'],
    ['2026-11-20 10:00:00 UTC', '2026-11-20T10:00:00.000Z'],
    ['2024-08-17 10:00:00', '2024-08-17T08:00:00.000Z'],
    ['2024-01-17T10:00', '2024-01-17T09:00:00.000Z'],
    ['2024-10-27 01:59:59', '2024-10-26T23:59:59.000Z'],
    ['2024-10-27 03:00:01', '2024-10-27T02:00:01.000Z'],
  ])('%s is %s', (time, instant) => {
    expect(new Date(recordOf(event({ time }))?.startsAtMs ?? 0).toISOString()).toBe(instant);
  });

  test.each([
    ['2024-10-27 02:30:00', 'is there twice, 2024-10-27 02:30 in Europe/Amsterdam: send it with its offset'],
    [
      '2024-03-31 02:30:00',
      'is skipped by the clock, 2024-03-31 02:30 in Europe/Amsterdam: send it with its offset',
    ],
    ['2026-02-30T10:00:00Z', 'is no time between 2000 and 2100, such as "2026-11-20T10:00:00Z"'],
    ['2026-11-20 25:00', 'is no time between 2000 and 2100, such as "2026-11-20T10:00:00Z"'],
    ['1970-01-01T00:00:00Z', 'is no time between 2000 and 2100, such as "2026-11-20T10:00:00Z"'],
    [1_700_000_000, 'is no time between 2000 and 2100, such as "2026-11-20T10:00:00Z"'],
  ])('%s %s', (time, fault) => {
    expect(reasonsOf(event({ time }))).toEqual([`"time" ${fault}`]);
  });
});

test('ids are texts, amounts are numbers, and one spelling of a barcode', () => {
  const line = '{"event_id":7,"event_type":"ArticleAddedToCart","time":"2026-11-20T10:00:00Z","version":"2",';
  const rest =
    '"user_id":12345678901234567891,"related_id":"c","article_id":98765,"price":"29.99","currency":"EUR"}';
  expect(decode(line + rest).records[0]).toMatchObject({
    ...{ key: '7', version: 2 },
    body: { user_id: '12345678901234567891', article_id: '98765', article_price: 29.99 },
  });
  const spelt = ['QR', 'qr-code', 'EAN_13'].map((barcode_type) => recordOf(scan({ barcode_type }))?.body);
  expect(spelt.map((body) => body?.barcode_type)).toEqual(['QR', 'QR', 'EAN13']);
  expect(reasonsOf(event({ price: -1 }), event({ price: '1,5' }), event({ user_id: '' }))).toEqual([
    '"article_price" is no number from 0 on, such as 29.99',
    '"article_price" is no number from 0 on, such as 29.99',
    '"user_id" is no id: send a text',
  ]);
});

test('a line of a thing is all of it, by the day it came on', () => {
  const body = 'user_id,name,country\nu1,Jane,\n,John,US\n';
  const { records, findings } = users.decode(Buffer.from(body), '2026-11-20');
  expect(records).toEqual([
    {
      ...{ key: 'u1', version: 0, place: 'line 2', body: { user_id: 'u1', name: 'Jane' } },
      startsAtMs: Date.parse('2026-11-19T23:00:00Z'),
    },
  ]);
  expect(findings).toMatchObject([{ rule: 'unreadable_key', place: 'line 3' }]);
});
