/** Is what a glance finds fine always what the whole reading takes, and is nothing lost of what senders are told? */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import events from '../../../../datasets/checkout/events.ts';
import { linesOf } from '../../../../domain/dataset/records.ts';
import { quarantinedLines } from '../../../../domain/interpret/interpret-records.ts';
import { event } from '../../../support/sample-events.ts';

const DAY = '2026-11-20';
const { glance: _, ...lines } = linesOf(events) ?? { isHeader: () => false, instantOf: () => undefined };
/** The same dataset, every line of which is read as a whole. */
const thorough = { ...events, files: { lines }, push: { lines } };

const NAMES = [
  ...['id', 'event_id', 'type', 'time', 'timestamp', 'version', 'user_id', 'article_price', 'price', 'total'],
  ...['total_amount', 'currency', 'metadata', 'deleted', 'barcode_type', 'name', '__proto__', 'x'],
];
const values = fc.constantFrom(
  ...[
    '1',
    '-1',
    '1.5',
    '"1"',
    '"a"',
    '""',
    'null',
    'true',
    '{}',
    '[1]',
    '{"price":1}',
    '{"x":1,"x":2}',
    '1e400',
  ],
  ...[
    '12345678901234567891',
    '0.1000000000000000055',
    '[1e400]',
    '"a\\":1"',
    '"EUR"',
    '"2026-02-30T10:00:00Z"',
  ],
  ...['"2026-11-20T10:00:00Z"', '"2026-11-20 10:00:00"', '"\\u0000"', '"\\ud800"', `"${'x'.repeat(201)}"`],
  `${'['.repeat(40)}${']'.repeat(40)}`,
);
const field = fc.tuple(fc.constantFrom(...NAMES), values, fc.constantFrom(':', ' : ', ': '));
/** An event, with fields added, replaced or left out, some of them twice. */
const sent = fc
  .tuple(fc.array(field, { maxLength: 3 }), fc.subarray(NAMES, { maxLength: 2 }), fc.boolean())
  .map(([more, without, isCut]) => {
    const own = Object.entries(event({})).filter(([name]) => !without.includes(name));
    const fields = own.map(([name, value]) => `"${name}":${JSON.stringify(value)}`);
    const line = `{${[...fields, ...more.map(([name, value, colon]) => `"${name}"${colon}${value}`)].join()}}`;
    return isCut && more.length > 2 ? line.slice(0, -1) : line;
  });

test('senders are told the same as by the whole reading', () => {
  fc.assert(
    fc.property(fc.array(sent, { minLength: 1, maxLength: 5 }), (all) => {
      const body = Buffer.from(all.join('\n'));
      expect(quarantinedLines(events, DAY, body)).toEqual(quarantinedLines(thorough, DAY, body));
    }),
    { numRuns: 2_000 },
  );
});

test('an event as it should be takes a glance', () => {
  expect(linesOf(events)?.glance?.(JSON.stringify(event({})))).toBeDefined();
});
