/** Is what people type read as they mean it, and refused with the option, the value and the hint where it means nothing? */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readBound, readDay, readDayRange, readInstant } from '../../../cli/arguments.ts';
import { UsageError } from '../../../cli/usage-error.ts';
import { sampleDataset } from '../../support/sample-dataset.ts';

const dataset = sampleDataset();
const NOON = Date.parse('2026-11-20T12:00:00Z');

function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  throw new Error('was accepted');
}

describe('days', () => {
  test('an existing date', () => {
    expect(readDay('--day', '2024-02-29')).toBe('2024-02-29');
  });

  test.each(['2026-02-29', '2026-11-31', '20.11.2026', '2026-1-2', 'yesterday', '', '2026-11-20T00:00Z'])(
    '%j is none',
    (text) => {
      expect(refusal(() => readDay('--day', text))).toBe(
        `--day is "${text}": write an existing date as YYYY-MM-DD`,
      );
    },
  );
});

describe('instants', () => {
  test.each([
    ['2026-11-20T10:30Z', '2026-11-20T10:30:00.000Z'],
    ['2026-11-20T10:30:07.5+01:00', '2026-11-20T09:30:07.500Z'],
    ['2026-11-20T00:15-02:30', '2026-11-20T02:45:00.000Z'],
  ])('%s', (text, iso) => {
    expect(readInstant('--as-of', text).toISOString()).toBe(iso);
  });

  test.each([
    '2026-11-20T10:30', // whose clock?
    '2026-11-20',
    '2026-02-30T10:30Z', // Date.parse takes it for the 2nd of March
    '2025-02-29T10:30+01:00',
    '2026-11-20T25:00Z',
    '2026-11-20T10:60Z',
    '2026-11-20 10:30Z',
    '1763634600',
    'now',
  ])('%j is none', (text) => {
    expect(refusal(() => readInstant('--as-of', text))).toBe(
      `--as-of is "${text}": write an existing instant with its offset, such as 2026-11-20T10:30:00Z`,
    );
  });

  test('every instant comes back as it was written', () => {
    const instants = fc.date({
      min: new Date('0001-01-01'),
      max: new Date('9999-12-31'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instants, (instant) => {
        expect(readInstant('--at', instant.toISOString())).toEqual(instant);
      }),
    );
  });
});

describe('ends of a range', () => {
  test.each([
    ['2026-03-29', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['2026-10-25', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
  ])('the day %s begins and ends by the clock of the source', (day, from, to) => {
    expect(readBound('--from', day, dataset).toISOString()).toBe(from);
    expect(readBound('--to', day, dataset).toISOString()).toBe(to);
  });

  test('an instant is itself at both ends', () => {
    for (const option of ['--from', '--to'] as const)
      expect(readBound(option, '2026-11-20T10:00+01:00', dataset).toISOString()).toBe(
        '2026-11-20T09:00:00.000Z',
      );
  });

  test.each(['2026-02-30', '2026-11-20T10:00', 'today'])('%j is neither day nor instant', (text) => {
    expect(refusal(() => readBound('--to', text, dataset))).toMatch(
      `--to is "${text}": write a delivery day (YYYY-MM-DD) or an instant with its offset`,
    );
  });

  test('an instant on a day that does not exist is refused as an instant', () => {
    expect(refusal(() => readBound('--to', '2026-02-30T10:00Z', dataset))).toContain('an existing instant');
  });
});

describe('a range of days', () => {
  test('ends with tomorrow, which is published today, and is as long as asked for', () => {
    expect(readDayRange({}, dataset, 31, NOON)).toEqual({ from: '2026-10-21', to: '2026-11-21' });
    expect(readDayRange({ to: '2026-11-10' }, dataset, 9, NOON)).toEqual({
      from: '2026-11-01',
      to: '2026-11-10',
    });
    expect(readDayRange({ from: '2026-11-21' }, dataset, 31, NOON)).toEqual({
      from: '2026-11-21',
      to: '2026-11-21',
    });
  });

  test('tomorrow is that of the source: at 23:30 UTC it is past midnight there', () => {
    expect(readDayRange({}, dataset, 0, Date.parse('2026-11-20T23:30:00Z')).to).toBe('2026-11-22');
  });

  test('that runs backwards, or has an end that is no day', () => {
    expect(refusal(() => readDayRange({ from: '2026-11-02', to: '2026-11-01' }, dataset, 31, NOON))).toBe(
      '--from (2026-11-02) is after --to (2026-11-01); swap them',
    );
    expect(refusal(() => readDayRange({ from: 'x' }, dataset, 31, NOON))).toMatch(/^--from is "x"/);
    expect(refusal(() => readDayRange({ to: 'x' }, dataset, 31, NOON))).toMatch(/^--to is "x"/);
  });
});
