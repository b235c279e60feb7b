// Does a day appear, and change, at its own instant of the simulator's clock, whatever happened before?
import { describe, expect, test } from 'vitest';
import {
  createClock,
  dayEndMs,
  dayOf,
  dayStartMs,
  HOUR_MS,
  nextDay,
} from '../../../simulator/business-day.ts';
import { editionsAt, publishedAtMs, revisedAtMs } from '../../../simulator/publication.ts';
import { ask, iso, requestDay, rowsOf, still } from '../../support/simulator/ask.ts';

const days = (first: string, count: number) => {
  const all = [first];
  while (all.length < count) all.push(nextDay(all.at(-1) ?? first));
  return all;
};
const amsterdamTime = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Amsterdam',
  hour: '2-digit',
  minute: '2-digit',
});

describe('the first publication', () => {
  test('is between 09:15 and 10:30 in Amsterdam on the day before, also when the clocks change', () => {
    for (const day of days('2025-10-20', 200)) {
      const atMs = publishedAtMs(1, day);
      const time = amsterdamTime.format(atMs);
      expect(nextDay(dayOf(atMs))).toBe(day);
      expect(time >= '09:15' && time < '10:30', `${day} ${time}`).toBe(true);
    }
  });

  test('has its own time on every day', () => {
    const times = days('2026-01-01', 100).map((day) => amsterdamTime.format(publishedAtMs(1, day)));
    expect(new Set(times).size).toBeGreaterThan(40);
  });

  test('brings the rows, and not a millisecond earlier', () => {
    const simulation = still();
    const atMs = publishedAtMs(1, '2026-11-21');
    simulation.clock.set({ nowMs: atMs - 1 });
    expect(requestDay(simulation, '2026-11-21').body).toBe('{"data":[],"rejected":false,"messages":null}');
    simulation.clock.set({ nowMs: atMs });
    expect(rowsOf(requestDay(simulation, '2026-11-21'))).toHaveLength(24);
    simulation.clock.set({ nowMs: atMs - 1 });
    expect(rowsOf(requestDay(simulation, '2026-11-21'))).toEqual([]);
  });

  test('never reaches beyond tomorrow', () => {
    const simulation = still({ now: '2026-11-20T22:59:59Z' });
    expect(rowsOf(requestDay(simulation, '2026-11-21'))).toHaveLength(24);
    expect(rowsOf(requestDay(simulation, '2026-11-22'))).toEqual([]);
  });

  test('gives half a window when half of it is published', () => {
    const simulation = still({ now: '2026-11-20T23:30:00Z' });
    const rows = rowsOf(ask(simulation, iso(dayStartMs('2026-11-21')), iso(dayEndMs('2026-11-22'))));
    expect(rows).toHaveLength(24);
    expect(rows.at(-1)?.dateTimeUtc).toBe('2026-11-21T22:00:00Z');
  });
});

describe('revisions in place', () => {
  const revised = days('2025-01-01', 600).filter((day) => revisedAtMs(1, day, 0.04).length > 0);

  test('happen to about four days in a hundred, once or twice, some hours after the publication', () => {
    expect(revised.length).toBeGreaterThan(10);
    expect(revised.length).toBeLessThan(45);
    const times = revised.map((day) => revisedAtMs(1, day, 0.04));
    expect(new Set(times.map(({ length }) => length))).toEqual(new Set([1, 2]));
    for (const [index, day] of revised.entries()) {
      const first = (times[index]?.[0] ?? 0) - publishedAtMs(1, day);
      expect(first).toBeGreaterThanOrEqual(2 * HOUR_MS);
      expect(first).toBeLessThanOrEqual(8 * HOUR_MS);
    }
  });

  test('happen to every day or to none when asked', () => {
    expect(days('2026-01-01', 50).every((day) => revisedAtMs(1, day, 1).length > 0)).toBe(true);
    expect(days('2026-01-01', 50).some((day) => revisedAtMs(1, day, 0).length > 0)).toBe(false);
  });

  test.each(revised.slice(0, 5))('of %s change some values of some borders and nothing else', (day) => {
    const atMs = revisedAtMs(1, day, 0.04)[0] ?? 0;
    const before = rowsOf(requestDay(still({ revisionShare: 0.04, now: iso(atMs - 1) }), day));
    const after = rowsOf(requestDay(still({ revisionShare: 0.04, now: iso(atMs) }), day));
    const changed = before.flatMap((row, hour) =>
      Object.keys(row).filter((key) => row[key] !== after[hour]?.[key]),
    );
    expect(after.map(({ id, dateTimeUtc }) => [id, dateTimeUtc])).toEqual(
      before.map(({ id, dateTimeUtc }) => [id, dateTimeUtc]),
    );
    expect(changed.length).toBeGreaterThan(0);
    expect(changed.length).toBeLessThan(0.2 * 24 * 150);
    expect(new Set(changed).size).toBeLessThan(60);
  });

  test('are the same after a restart and do not depend on the way there', () => {
    const [day = ''] = revised;
    const lastMs = revisedAtMs(1, day, 0.04).at(-1) ?? 0;
    const watched = still({ revisionShare: 0.04, now: iso(publishedAtMs(1, day)) });
    requestDay(watched, day);
    watched.clock.set({ nowMs: lastMs + HOUR_MS });
    const fresh = still({ revisionShare: 0.04, now: iso(lastMs + HOUR_MS) });
    expect(requestDay(watched, day).body).toBe(requestDay(fresh, day).body);
    expect(editionsAt(1, day, lastMs, 0.04)).toHaveLength(1 + revisedAtMs(1, day, 0.04).length);
  });
});

describe('the clock', () => {
  test('is the real time by default', () => {
    expect(createClock(() => 42).nowMs()).toBe(42);
  });

  test('runs at its rate from where it was set, and goes on from there when only the rate is set', () => {
    let wallMs = 1000;
    const clock = createClock(() => wallMs);
    clock.set({ nowMs: 5_000_000, rate: 60 });
    wallMs += 1000;
    expect(clock.nowMs()).toBe(5_060_000);
    clock.set({ rate: 0 });
    wallMs += 1000;
    expect(clock.nowMs()).toBe(5_060_000);
    clock.set({ nowMs: 7 });
    expect([clock.nowMs(), clock.rate()]).toEqual([7, 0]);
  });
});
