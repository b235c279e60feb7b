// Is an answer, letter by letter, what the publisher would have written?
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BORDERS } from '../../../simulator/borders.ts';
import { HAS_RECORDINGS, RECORDED_BODY } from '../../support/recordings.ts';
import { ask, requestDay, rowsOf, still } from '../../support/simulator/ask.ts';

/** A body with every value taken out: keys, order, ids, times and punctuation stay. */
const skeleton = (body: string) => body.replace(/:\d+\.\d{10}(?=[,}])/g, ':#');

if (HAS_RECORDINGS)
  describe('beside the recorded body', () => {
    test('the same window has the same keys, ids, times and punctuation', () => {
      const generated = ask(still(), '2026-04-20T00:00:00.000Z', '2026-04-22T00:00:00.000Z').body;
      expect(skeleton(generated)).toBe(skeleton(readFileSync(RECORDED_BODY, 'utf8')));
    });

    test('the values differ: nothing recorded is built in', () => {
      const generated = ask(still(), '2026-04-20T00:00:00Z', '2026-04-22T00:00:00Z');
      const recorded = JSON.parse(readFileSync(RECORDED_BODY, 'utf8')).data;
      const keys = Object.keys(recorded[0]).slice(2);
      const same = rowsOf(generated).flatMap((row, hour) =>
        keys.filter((key) => row[key] === recorded[hour][key]),
      );
      expect(same.length).toBeLessThan(0.02 * 48 * keys.length);
    });
  });

test('one row reads as the publisher writes it', () => {
  const { body, contentType, status } = ask(still(), '2026-04-20T00:00:00Z', '2026-04-20T01:00:00Z');
  expect(status).toBe(200);
  expect(contentType).toBe('application/json; charset=utf-8');
  expect(skeleton(body)).toMatch(
    /^\{"data":\[\{"id":34059,"dateTimeUtc":"2026-04-20T00:00:00Z"(,"border_[A-Z]{2}_[A-Z]{2}":#){132}\}\],"rejected":false,"messages":null\}$/,
  );
});

test('the keys are alphabetical, and ids follow the hours', () => {
  const rows = rowsOf(requestDay(still(), '2026-07-01'));
  const keys = Object.keys(rows[0] ?? {}).slice(2);
  expect(keys).toHaveLength(150);
  expect(keys).toEqual([...keys].sort());
  expect(rows.map(({ id }) => id)).toEqual(rows.map((_row, hour) => (rows[0]?.id ?? 0) + hour));
});

test('every value is a whole number of MW and none is null or negative', () => {
  const numbers = requestDay(still(), '2026-07-01').body.match(/"border_\w+":[^,}]+/g) ?? [];
  expect(numbers).toHaveLength(24 * 150);
  for (const number of numbers) expect(number).toMatch(/^"border_\w+":\d+\.0000000000$/);
});

describe('the virtual hubs of Advanced Hybrid Coupling', () => {
  const keysOn = (day: string, ahcBefore: 'absent' | 'null') =>
    Object.keys(rowsOf(requestDay(still({ ahcBefore }), day))[0] ?? {}).slice(2);

  test('come on 2026-06-11', () => {
    expect(keysOn('2026-06-10', 'absent')).toHaveLength(132);
    expect(keysOn('2026-06-11', 'absent')).toHaveLength(150);
  });

  test('are spelled with the whole name of the hub, in both directions', () => {
    const virtual = BORDERS.filter((border) => border.virtual).map(({ key }) => key);
    expect(virtual).toHaveLength(18);
    expect(virtual).toContain('border_DE_DE_DK1_VH');
    expect(virtual).toContain('border_DE_DK1_VH_DE');
    expect(virtual).toContain('border_NL_NL_NO2_NorNed');
    expect(virtual).toContain('border_RO_BG_VH_RO');
  });

  test('may stand as null on earlier days', () => {
    const row = rowsOf(requestDay(still({ ahcBefore: 'null' }), '2026-06-10'))[0];
    expect(keysOn('2026-06-10', 'null')).toHaveLength(150);
    expect(Object.values(row ?? {}).filter((value) => value === null)).toHaveLength(18);
    expect(row?.border_PL_PL_LT_BigHub).toBeNull();
  });

  test('the switch falls on the start of the business day, not of the UTC day', () => {
    const rows = rowsOf(ask(still(), '2026-06-10T21:00:00Z', '2026-06-10T23:00:00Z'));
    expect(rows.map((row) => Object.keys(row).length - 2)).toEqual([132, 150]);
  });
});
