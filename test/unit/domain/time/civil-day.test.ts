/** Is the calendar right for every day and zone, judged by the platform's own time-zone data? */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addDays,
  dayAt,
  dayInterval,
  daysFrom,
  eachDay,
  instantAt,
  isCivilDay,
} from '../../../../domain/time/civil-day.ts';

const HOUR_MS = 3_600_000;
const ZONES = ['Europe/Amsterdam', 'Europe/Lisbon', 'Europe/Helsinki', 'UTC'];
const DAYS = eachDay('2022-01-01', '2030-12-31');

/** The platform's own answer, by another road than the code under test: the date as the locale's calendar prints it. */
function platformDay(ms: number, timeZone: string): string {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-CA', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
    });
    formats.set(timeZone, format);
  }
  return format.format(ms);
}
const formats = new Map<string, Intl.DateTimeFormat>();

describe.each(ZONES)('every day from 2022 to 2030 in %s', (zone) => {
  test('begins and ends where the platform says that the date changes', () => {
    const seen = DAYS.map((day) => {
      const { startMs, endMs } = dayInterval(day, zone);
      return [startMs - 1, startMs, endMs - 1, endMs].map((ms) => platformDay(ms, zone)).join();
    });
    expect(seen).toEqual(DAYS.map((day) => [addDays(day, -1), day, day, addDays(day, 1)].join()));
  });

  test('every hour of it maps back to it', () => {
    const elsewhere = DAYS.filter((day) => hoursOf(day).some((ms) => dayAt(ms, zone) !== day));
    expect(elsewhere).toEqual([]);

    function hoursOf(day: string): number[] {
      const { startMs, endMs } = dayInterval(day, zone);
      return Array.from({ length: (endMs - startMs) / HOUR_MS }, (_, hour) => startMs + hour * HOUR_MS);
    }
  });

  test('has 23, 24 or 25 hours, one short and one long day a year where clocks change', () => {
    const days = (length: number) => DAYS.filter((day) => hours(day) === length).length;
    const changes = zone === 'UTC' ? 0 : 9;
    expect([days(23), days(24), days(25)]).toEqual([changes, DAYS.length - 2 * changes, changes]);

    function hours(day: string): number {
      const { startMs, endMs } = dayInterval(day, zone);
      return (endMs - startMs) / HOUR_MS;
    }
  });
});

describe('any zone', () => {
  const anyInstant = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2037, 0, 1) });
  const anyZone = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));

  test('an instant lies in the interval of its own day', () => {
    fc.assert(
      fc.property(anyInstant, anyZone, (ms, zone) => {
        const day = dayAt(ms, zone);
        expect(day).toBe(platformDay(ms, zone));
        const { startMs, endMs } = dayInterval(day, zone);
        expect(startMs <= ms && ms < endMs).toBe(true);
      }),
      { numRuns: 2_000, seed: 1 },
    );
  });

  test('days follow each other without gap or overlap', () => {
    fc.assert(
      fc.property(anyInstant, fc.constantFrom(...ZONES), (ms, zone) => {
        const day = dayAt(ms, zone);
        expect(dayInterval(day, zone).endMs).toBe(dayInterval(addDays(day, 1), zone).startMs);
      }),
    );
  });
});

describe('particular days', () => {
  test('a day whose midnight does not exist begins with the clock change', () => {
    // Beirut 2022-03-27: 00:00 did not exist, the day began at 01:00 summer time.
    expect(new Date(dayInterval('2022-03-27', 'Asia/Beirut').startMs).toISOString()).toBe(
      '2022-03-26T22:00:00.000Z',
    );
  });

  test('a day that a zone skipped is refused', () => {
    expect(() => dayInterval('2011-12-30', 'Pacific/Apia')).toThrow(
      '2011-12-30 does not exist in Pacific/Apia',
    );
  });

  test('wall-clock times: plain, skipped and repeated', () => {
    const at = (day: string, time: string) =>
      new Date(instantAt(day, time, 'Europe/Amsterdam')).toISOString();
    expect(at('2026-11-20', '10:30')).toBe('2026-11-20T09:30:00.000Z');
    expect(at('2026-07-01', '10:30')).toBe('2026-07-01T08:30:00.000Z');
    expect(at('2026-03-29', '02:30')).toBe('2026-03-29T01:30:00.000Z'); // 02:30 is skipped: 03:30 summer time
    expect(at('2026-10-25', '02:30')).toBe('2026-10-25T00:30:00.000Z'); // occurs twice: the first
    expect(() => at('2026-10-25', '24:00')).toThrow('time "24:00" is not HH:MM');
  });

  test.each(['2026-02-29', '2026-13-01', '20261120', '2026-11-20 ', '', null, 20261120])(
    '%j is no day',
    (text) => {
      expect(isCivilDay(text)).toBe(false);
      expect(() => addDays(text as string, 1)).toThrow('is not an existing date');
    },
  );

  test('arithmetic', () => {
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29');
    expect(daysFrom('2026-10-20', '2026-10-30')).toBe(10);
    expect(daysFrom('2026-10-30', '2026-10-20')).toBe(-10);
    expect(eachDay('2026-10-30', '2026-10-29')).toEqual([]);
    expect(eachDay('2026-10-30', '2026-11-01')).toEqual(['2026-10-30', '2026-10-31', '2026-11-01']);
  });
});
