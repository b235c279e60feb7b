/** Do the buckets of a range follow the wall clock, also where the clocks change, and hold every point once? */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bucketsOf, pointCounter } from '../../../../domain/time/buckets.ts';
import { dayInterval } from '../../../../domain/time/civil-day.ts';
import { RESOLUTIONS, SPELLINGS, secondsOf, shortestFrom } from '../../../../domain/time/resolutions.ts';
import { sampleDataset } from '../../../support/sample-dataset.ts';

const hours = (zone: string, resolution: (typeof RESOLUTIONS)[number], from: string, to: string) =>
  [...bucketsOf(resolution, zone, range(zone, from, to))].map(
    ({ startMs, endMs }) => (endMs - startMs) / 3_600_000,
  );

const range = (zone: string, from: string, to: string) => ({
  startMs: dayInterval(from, zone).startMs,
  endMs: dayInterval(to, zone).endMs,
});

describe('where the clocks change', () => {
  test.each([
    ['Europe/Amsterdam', 'P1D', '2026-03-28', '2026-03-30', [24, 23, 24]],
    ['Europe/Amsterdam', 'P1D', '2026-10-24', '2026-10-26', [24, 25, 24]],
    ['Europe/Amsterdam', 'PT6H', '2026-10-25', '2026-10-25', [7, 6, 6, 6]],
    ['Europe/Amsterdam', 'PT2H', '2026-03-29', '2026-03-29', [2, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]],
    ['Europe/Lisbon', 'P1W', '2026-10-19', '2026-11-01', [169, 168]],
    ['UTC', 'P1M', '2026-02-01', '2026-03-31', [672, 744]],
    ['Europe/Lisbon', 'P3M', '2026-01-01', '2026-06-30', [90 * 24 - 1, 91 * 24]],
    ['Europe/Amsterdam', 'P1Y', '2026-01-01', '2026-12-31', [8760]],
    // Clocks that change at midnight, by half an hour, and a day that a zone left out.
    ['America/Sao_Paulo', 'P1D', '2018-11-03', '2018-11-05', [24, 23, 24]],
    ['Australia/Lord_Howe', 'PT12H', '2026-10-04', '2026-10-04', [11.5, 12]],
  ] as const)('%s has %s of %s to %s as long as they are', (zone, resolution, from, to, expected) => {
    expect(hours(zone, resolution, from, to)).toEqual(expected);
  });

  test('every hour of a long day has a bucket of its own', () => {
    expect(hours('Europe/Amsterdam', 'PT1H', '2026-10-25', '2026-10-25')).toEqual(new Array(25).fill(1));
  });

  test('a day that a zone left out has no bucket', () => {
    const days = [
      ...bucketsOf('P1D', 'Pacific/Apia', {
        startMs: Date.parse('2011-12-29T10:00:00Z'),
        endMs: Date.parse('2011-12-31T10:00:00Z'),
      }),
    ].map(({ startMs }) => new Date(startMs).toISOString());
    expect(days).toEqual(['2011-12-29T10:00:00.000Z', '2011-12-30T10:00:00.000Z']);
  });
});

test('buckets lie end to end over the range, and together hold all points', () => {
  const dataset = sampleDataset({
    resolution: [
      { from: '2022-01-01', minutes: 60 },
      { from: '2026-10-01', minutes: 15 },
    ],
  });
  const day = fc.integer({ min: 0, max: 1_200 }).map((n) => Date.UTC(2024, 0, 1) + n * 86_400_000);
  fc.assert(
    fc.property(
      fc.constantFrom(...RESOLUTIONS),
      fc.constantFrom('Europe/Amsterdam', 'Europe/Lisbon', 'UTC', 'Asia/Kathmandu', 'America/Havana'),
      day,
      fc.integer({ min: 1, max: 60 * 24 * 50 }),
      (resolution, zone, startMs, minutes) => {
        // Fifty days of seconds would only take longer.
        const lengthMs = (secondsOf(resolution) ?? 3_600) < 900 ? minutes * 1_000 : minutes * 60_000;
        const whole = {
          startMs: startMs + (minutes % 7) * 600_000,
          endMs: startMs + 3_600_000 + lengthMs,
        };
        const buckets = [...bucketsOf(resolution, zone, whole)];
        expect(buckets[0]?.startMs).toBe(whole.startMs);
        expect(buckets.at(-1)?.endMs).toBe(whole.endMs);
        expect(buckets.filter(({ startMs: start, endMs }) => endMs <= start)).toEqual([]);
        expect(buckets.slice(1).map((bucket) => bucket.startMs)).toEqual(
          buckets.slice(0, -1).map((bucket) => bucket.endMs),
        );
        const count = pointCounter(dataset);
        const points = buckets.reduce((sum, bucket) => sum + count(bucket), 0);
        expect(points).toBe(pointCounter(dataset)(whole));
      },
    ),
  );
});

test('the shortest resolution for points so far apart is not finer than they are', () => {
  expect([1, 7, 30, 5 * 60, 40 * 60, 60 * 60, 20 * 3_600].map(shortestFrom)).toEqual([
    ...['PT1S', 'PT10S', 'PT30S', 'PT5M', 'PT1H', 'PT1H', 'P1D'],
  ]);
});

test('lengths are written as people write them', () => {
  const written = '1s 5s 10s 15s 30s 1m 5m 10m 15m 30m 1h 6h 1d 1w hour day month 1M 15min PT15M year 1Q';
  expect(written.split(' ').map((each) => SPELLINGS.get(each))).toEqual([
    ...['PT1S', 'PT5S', 'PT10S', 'PT15S', 'PT30S', 'PT1M', 'PT5M', 'PT10M', 'PT15M', 'PT30M', 'PT1H', 'PT6H'],
    ...['P1D', 'P1W', 'PT1H', 'P1D', 'P1M', 'P1M', 'PT15M', 'PT15M', 'P1Y', 'P3M'],
  ]);
});

test('buckets of seconds and minutes are steps from midnight, cut to the range', () => {
  const own = (resolution: (typeof RESOLUTIONS)[number], from: string, to: string) =>
    [...bucketsOf(resolution, 'Europe/Zurich', { startMs: Date.parse(from), endMs: Date.parse(to) })].map(
      ({ startMs }) => new Date(startMs).toISOString().slice(11, 19),
    );
  expect(own('PT20S', '2026-03-29T00:59:50Z', '2026-03-29T01:00:30Z')).toEqual([
    ...['00:59:50', '01:00:00', '01:00:20'],
  ]);
  expect(own('PT10M', '2026-10-25T00:45:00Z', '2026-10-25T01:15:00Z')).toEqual([
    ...['00:45:00', '00:50:00', '01:00:00', '01:10:00'],
  ]);
});
