// Does every fault of the vocabulary do what its line in --help says? The record below has a case for each name, or
// it does not compile. Faults that show only on a socket are proven in server.test.ts; here, that they are ordered.
import { describe, expect, test } from 'vitest';
import type { Answer } from '../../../simulator/answer.ts';
import { FAULTS, type FaultInput, type FaultName } from '../../../simulator/faults.ts';
import { ask, requestDay, rowsOf, still } from '../../support/simulator/ask.ts';

const DAY = '2026-11-20';
const EMPTY = '{"data":[],"rejected":false,"messages":null}';
const plain = requestDay(still(), DAY);
const plainRows = rowsOf(plain);

/** The answer for a day of 24 hours and 150 borders with one fault. */
const withFault = (fault: FaultInput): Answer => requestDay(still({ faults: [fault] }), DAY);
const rowsWith = (fault: FaultInput) => rowsOf(withFault(fault));
const times = (rows: readonly { dateTimeUtc: string }[]) => rows.map(({ dateTimeUtc }) => dateTimeUtc);

const CASES: Record<FaultName, () => void> = {
  status: () => {
    for (const code of [400, 401, 403, 404, 408, 429, 500, 502, 503, 504]) {
      const answer = withFault({ name: 'status', code });
      expect(answer.status).toBe(code);
      expect(answer.contentType).toMatch(
        code >= 500 ? /html/ : code === 429 ? /text\/plain/ : /problem\+json/,
      );
    }
    expect(withFault({ name: 'status', code: 503 }).body).toContain('<h1>503 Service Unavailable</h1>');
    expect(withFault({ name: 'status', code: 429, retryAfterS: 7 }).headers['retry-after']).toBe('7');
    expect(withFault({ name: 'status', code: 429 }).headers).not.toHaveProperty('retry-after');
  },
  'html-200': () => {
    const answer = withFault({ name: 'html-200' });
    expect(answer).toMatchObject({ status: 200, contentType: 'text/html; charset=utf-8' });
    expect(answer.body).toMatch(/^<!DOCTYPE html>[\s\S]*maintenance/);
  },
  'rejected-200': () => {
    const answer = withFault({ name: 'rejected-200', message: 'No.' });
    expect(answer.status).toBe(200);
    expect(answer.body).toBe('{"data":[],"rejected":true,"messages":["No."]}');
  },
  'rejected-400': () => {
    const answer = withFault({ name: 'rejected-400' });
    expect(answer.status).toBe(400);
    expect(answer.body).toBe('{"data":[],"rejected":true,"messages":["The request was rejected"]}');
  },
  'empty-data': () => expect(withFault({ name: 'empty-data' })).toMatchObject({ status: 200, body: EMPTY }),
  'clamp-48h': () => {
    const simulation = still({ faults: ['clamp-48h'] });
    const rows = rowsOf(ask(simulation, '2026-04-20T00:00:00Z', '2026-04-27T00:00:00Z'));
    expect(rows).toHaveLength(48);
    expect(rows[0]?.dateTimeUtc).toBe('2026-04-25T00:00:00Z');
    expect(requestDay(simulation, DAY).body).toBe(plain.body);
  },
  'truncated-json': () => {
    const { body, status, delivery } = withFault({ name: 'truncated-json' });
    expect([status, delivery.ending]).toEqual([200, 'whole']);
    expect(body).toBe(plain.body.slice(0, Math.floor(plain.body.length / 2)));
    expect(() => JSON.parse(body)).toThrow();
  },
  'empty-body': () => expect(withFault({ name: 'empty-body' })).toMatchObject({ status: 200, body: '' }),
  'wrong-content-type': () => {
    expect(withFault({ name: 'wrong-content-type' })).toMatchObject({
      contentType: 'text/plain',
      body: plain.body,
    });
    expect(withFault({ name: 'wrong-content-type', contentType: 'text/html' }).contentType).toBe('text/html');
  },
  slow: () => expect(withFault({ name: 'slow', delayMs: 250 }).delivery).toMatchObject({ delayMs: 250 }),
  drip: () =>
    expect(withFault({ name: 'drip', bytesPerSecond: 9 }).delivery).toMatchObject({ bytesPerSecond: 9 }),
  'truncated-body': () => expect(withFault({ name: 'truncated-body' }).delivery.ending).toBe('cut'),
  reset: () => expect(withFault({ name: 'reset' }).delivery.ending).toBe('reset'),
  oversize: () => {
    expect(withFault({ name: 'oversize', sizeMiB: 3 }).delivery).toMatchObject({
      paddingBytes: 3 * 1024 * 1024,
    });
  },
  'gzip-bomb': () => {
    const { delivery } = withFault({ name: 'gzip-bomb', sizeMiB: 2 });
    expect(delivery).toMatchObject({ gzip: true, paddingBytes: 2 * 1024 * 1024 });
  },
  'missing-hours': () => {
    const rows = rowsWith({ name: 'missing-hours', hours: [0, 5] });
    expect(times(rows)).toEqual(times(plainRows.filter((_row, hour) => hour !== 0 && hour !== 5)));
  },
  'duplicate-row': () => {
    const rows = rowsWith({ name: 'duplicate-row', hour: 3 });
    expect(rows).toHaveLength(25);
    expect(rows[3]).toEqual(plainRows[3]);
    expect(rows[4]).toEqual(plainRows[3]);
  },
  'conflicting-duplicate': () => {
    const rows = rowsWith({ name: 'conflicting-duplicate' });
    expect(times(rows.slice(0, 2))).toEqual([plainRows[0]?.dateTimeUtc, plainRows[0]?.dateTimeUtc]);
    expect(rows[1]?.border_AT_BE).toBe(Number(rows[0]?.border_AT_BE) + 1);
  },
  'out-of-order': () => expect(rowsWith({ name: 'out-of-order' })).toEqual(plainRows.toReversed()),
  'row-at-to': () => {
    const rows = rowsWith({ name: 'row-at-to' });
    expect(rows.slice(0, 24)).toEqual(plainRows);
    expect(times(rows.slice(24))).toEqual(['2026-11-20T23:00:00Z']);
    expect(rows[24]?.id).toBe(Number(plainRows[23]?.id) + 1);
  },
  'outside-rows': () => {
    const rows = rowsWith({ name: 'outside-rows' });
    expect(rows.slice(1, 25)).toEqual(plainRows);
    expect([rows[0]?.dateTimeUtc, rows[25]?.dateTimeUtc]).toEqual([
      '2026-11-19T22:00:00Z',
      '2026-11-21T00:00:00Z',
    ]);
  },
  'quarter-hours': () => {
    const rows = rowsWith({ name: 'quarter-hours' });
    expect(rows).toHaveLength(96);
    expect(times(rows.slice(0, 3))).toEqual([
      '2026-11-19T23:00:00Z',
      '2026-11-19T23:15:00Z',
      '2026-11-19T23:30:00Z',
    ]);
    expect(rows.map(({ id }) => id)).toEqual(rows.map((_row, quarter) => (rows[0]?.id ?? 0) + quarter));
    expect(rows[3]?.border_AT_BE).toBe(plainRows[0]?.border_AT_BE);
  },
  'null-values': () => {
    const values = rowsWith({ name: 'null-values' }).flatMap((row) => Object.values(row).slice(2));
    expect(values).toHaveLength(24 * 150);
    expect(new Set(values)).toEqual(new Set([null]));
    const one = rowsWith({ name: 'null-values', border: 'border_CZ_SK' });
    expect(one).toEqual(plainRows.map((row) => ({ ...row, border_CZ_SK: null })));
  },
  'string-numbers': () => {
    const rows = rowsWith({ name: 'string-numbers', border: 'border_AT_BE' });
    expect(rows[0]?.border_AT_BE).toBe(`${plainRows[0]?.border_AT_BE}.0000000000`);
    expect(typeof rows[0]?.border_AT_CZ).toBe('number');
  },
  negative: () => {
    const rows = rowsWith({ name: 'negative' });
    expect(rows[0]?.border_AT_BE).toBe(-Number(plainRows[0]?.border_AT_BE));
    const values = rows.flatMap((row) => Object.values(row).slice(2));
    expect(values.every((value) => Number(value) < 0)).toBe(true);
  },
  huge: () => {
    const { body } = withFault({ name: 'huge', border: 'border_AT_BE' });
    expect(body.match(/"border_AT_BE":1e400,/g)).toHaveLength(24);
    expect(JSON.parse(body).data[0].border_AT_BE).toBe(Number.POSITIVE_INFINITY);
  },
  'nan-literal': () => {
    const { body } = withFault({ name: 'nan-literal', border: 'border_AT_BE' });
    expect(body.match(/"border_AT_BE":NaN,/g)).toHaveLength(24);
    expect(() => JSON.parse(body)).toThrow();
  },
  'new-border': () => {
    expect(rowsWith({ name: 'new-border' })).toEqual(plainRows.map((row) => ({ ...row, border_AT_UA: 500 })));
    const rows = rowsWith({ name: 'new-border', border: 'border_XX_YY', value: null });
    expect(rows[23]?.border_XX_YY).toBeNull();
  },
  'missing-border': () => {
    const rows = rowsWith({ name: 'missing-border', border: 'border_AT_BE' });
    expect(Object.keys(rows[0] ?? {})).toEqual(
      Object.keys(plainRows[0] ?? {}).filter((key) => key !== 'border_AT_BE'),
    );
  },
  late: () => {
    const simulation = still({
      now: '2026-11-20T09:30:00Z',
      faults: [{ name: 'late', day: '2026-11-21', minutes: 90 }],
    });
    expect(requestDay(simulation, '2026-11-21').body).toBe(EMPTY);
    expect(rowsOf(requestDay(simulation, DAY))).toHaveLength(24);
    simulation.clock.set({ nowMs: Date.parse('2026-11-20T11:00:00Z') });
    expect(requestDay(simulation, '2026-11-21').body).toBe(
      requestDay(still({ now: '2026-11-20T11:00:00Z' }), '2026-11-21').body,
    );
  },
  withdrawn: () => {
    const simulation = still({ faults: [`withdrawn:day=${DAY},at=2026-11-20T13:00:00Z`] });
    expect(rowsOf(requestDay(simulation, DAY))).toHaveLength(24);
    simulation.clock.set({ nowMs: Date.parse('2026-11-20T13:00:00Z') });
    expect(requestDay(simulation, DAY).body).toBe(EMPTY);
    expect(rowsOf(requestDay(simulation, '2026-11-19'))).toHaveLength(24);
  },
  revise: () => {
    const revision = { name: 'revise', day: DAY, hour: 2, border: 'border_AT_BE', value: 1234.5 } as const;
    const expected = plainRows.map((row, hour) => (hour === 2 ? { ...row, border_AT_BE: 1234.5 } : row));
    expect(rowsWith(revision)).toEqual(expected);
    expect(withFault(revision).body).toContain('"border_AT_BE":1234.5000000000,');
  },
};

test.each(Object.keys(FAULTS) as FaultName[])('%s', (name) => {
  CASES[name]();
});

describe('a fault with a day', () => {
  const window = ['2026-11-18T23:00:00Z', '2026-11-20T23:00:00Z'] as const;

  test('changes the rows of this day only', () => {
    const rows = rowsOf(ask(still({ faults: [`null-values:day=${DAY}`] }), ...window));
    expect(rows.map(({ border_AT_BE }) => border_AT_BE === null)).toEqual(
      rows.map(({ dateTimeUtc }) => dateTimeUtc >= '2026-11-19T23:00:00Z'),
    );
  });

  test('puts its rows where they belong', () => {
    const rows = rowsOf(ask(still({ faults: ['out-of-order:day=2026-11-19'] }), ...window));
    const plainOnes = rowsOf(ask(still(), ...window));
    expect(rows).toEqual([...plainOnes.slice(0, 24).toReversed(), ...plainOnes.slice(24)]);
  });

  test('leaves windows alone that do not touch the day', () => {
    const simulation = still({ faults: [`status:code=500,day=${DAY}`] });
    expect(requestDay(simulation, '2026-11-19').status).toBe(200);
    expect(ask(simulation, '2026-11-20T22:00:00Z', '2026-11-21T05:00:00Z').status).toBe(500);
    expect(ask(simulation, '2026-11-20T23:00:00Z', '2026-11-21T05:00:00Z').status).toBe(200);
  });
});

test('faults in rows add up, in the order in which they came', () => {
  const simulation = still({ faults: ['missing-hours:hours=0+1', 'duplicate-row:hour=2', 'new-border'] });
  const rows = rowsOf(requestDay(simulation, DAY));
  expect(times(rows.slice(0, 3))).toEqual([2, 2, 3].map((hour) => plainRows[hour]?.dateTimeUtc));
  expect(rows[0]?.border_AT_UA).toBe(500);
});

test('a day whose rows are all missing does not disturb the faults that follow', () => {
  const hours = Array.from({ length: 24 }, (_, hour) => hour);
  const simulation = still({
    faults: [
      { name: 'missing-hours', day: DAY, hours },
      { name: 'duplicate-row', day: DAY },
    ],
  });
  expect(requestDay(simulation, DAY).body).toBe(EMPTY);
});
