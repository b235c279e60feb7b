/** Are instants shown on the clocks of a zone told apart where the clocks show an hour twice? */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dayInterval } from '../../../domain/time/civil-day.ts';
// @ts-expect-error the page is JavaScript, which its own project checks
import { clock, clockSpan } from '../../../web/time.js';
import { runs } from '../../support/runs.ts';

const QUARTER_MS = 900_000;
const ZONES = [
  ['Europe/Amsterdam', '2026-10-25'],
  ['Europe/Amsterdam', '2026-03-29'],
  ['America/New_York', '2026-11-01'],
  ['Australia/Lord_Howe', '2026-04-05'],
  ['Europe/Amsterdam', '2026-11-25'],
] as const;

const startsOf = (day: string, zone: string, stepMs: number) => {
  const { startMs, endMs } = dayInterval(day, zone);
  return Array.from({ length: (endMs - startMs) / stepMs }, (_, n) => startMs + n * stepMs);
};

describe.each(ZONES)('%s on %s', (zone, day) => {
  test('no two rows of a table are called the same', () => {
    const names = startsOf(day, zone, QUARTER_MS).map((ms) => clock(new Date(ms).toISOString(), zone));
    expect(new Set(names).size).toBe(names.length);
  });

  test.each([QUARTER_MS, 2 * QUARTER_MS])('no interval ends where it begins', (stepMs) => {
    for (const ms of startsOf(day, zone, stepMs)) {
      const [from = '', to = ''] = clockSpan(ms, ms + stepMs, zone).split(' to ');
      expect(from.endsWith(to)).toBe(false);
    }
  });
});

test('the hours that occur twice name their zone, and no others do', () => {
  const at = (iso: string) => clock(iso, 'Europe/Amsterdam');
  expect(
    ['2026-10-24T23:45Z', '2026-10-25T00:00Z', '2026-10-25T01:00Z', '2026-10-25T02:00Z'].map(at),
  ).toEqual(['25 Oct 01:45', '25 Oct 02:00 CEST', '25 Oct 02:00 CET', '25 Oct 03:00']);
  const span = (from: string, to: string) => clockSpan(Date.parse(from), Date.parse(to), 'Europe/Amsterdam');
  expect(span('2026-10-25T00:00Z', '2026-10-25T01:00Z')).toBe('25 Oct 02:00 CEST to 02:00 CET');
  expect(span('2026-10-25T02:00Z', '2026-10-25T03:00Z')).toBe('25 Oct 03:00 to 04:00');
  expect(span('2026-10-24T21:45Z', '2026-10-24T22:15Z')).toBe('24 Oct 23:45 to 25 Oct 00:15');
});

test('another instant has another name, whenever it is', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 366 * 96 }), fc.integer({ min: 1, max: 8 }), (quarter, later) => {
      const ms = Date.UTC(2026, 0, 1) + quarter * QUARTER_MS;
      const names = [ms, ms + later * QUARTER_MS].map((each) =>
        clock(new Date(each).toISOString(), 'Europe/Amsterdam'),
      );
      expect(names[0]).not.toBe(names[1]);
    }),
    { numRuns: runs(300) },
  );
});
