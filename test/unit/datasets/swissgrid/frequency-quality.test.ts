/** Does the quality of a day of frequency come out as a person would count it? */
import { describe, expect, test } from 'vitest';
import quality from '../../../../datasets/swissgrid/frequency-quality.ts';
import { deliveryInterval, intervalStarts } from '../../../../domain/time/delivery-day.ts';

/** @param hzAt a value; null for a null, undefined for a second that is not there. */
function ofDay(day: string, stepMs: number, hzAt: (second: number) => number | null | undefined) {
  const { startMs, endMs } = deliveryInterval(quality, day);
  const all = Array.from({ length: (endMs - startMs) / stepMs }, (_, i) => ({
    at: startMs + i * stepMs,
    hz: hzAt((i * stepMs) / 1_000),
  })).filter(({ hz }) => hz !== undefined);
  const points = {
    stepMs,
    startsAtMs: Float64Array.from(all, ({ at }) => at),
    values: Float64Array.from(all, ({ hz }) => hz ?? Number.NaN),
  };
  const unit = { day, starts: intervalStarts(quality, day), endMs };
  const computed = quality.derive.compute({
    ...unit,
    inputs: { measured: new Map([['frequency', points]]) },
  });
  expect(computed.every(({ startsAtMs }) => startsAtMs === startMs)).toBe(true);
  return Object.fromEntries(computed.map(({ series, value }) => [series.replace('frequency.', ''), value]));
}

describe('a day of seconds', () => {
  test('that stays within the band has nothing outside, and nothing missing on days of 23 to 25 hours', () => {
    for (const day of ['2026-03-29', '2026-07-01', '2026-10-25'])
      expect(ofDay(day, 1_000, () => 49.95)).toEqual({ outside_share: 0, longest_excursion: 0, missing: 0 });
  });

  test('counts seconds outside, the longest time without a break, and what is not there', () => {
    const outside = (second: number) => (second >= 100 && second < 160) || (second >= 500 && second < 590);
    const day = ofDay('2026-07-01', 1_000, (second) => {
      if (second === 530) return null;
      if (second >= 1_000 && second < 1_100) return undefined;
      return outside(second) ? 50.06 : 50;
    });
    expect(day.missing).toBe(101);
    expect(day.outside_share).toBeCloseTo((100 * 149) / (86_400 - 101), 10);
    // The null in the second excursion breaks it: 30 and 59 seconds; the first has 60.
    expect(day.longest_excursion).toBe(60);
  });
});

test('a day of half minutes counts by the time that a value stands for', () => {
  const day = ofDay('2026-07-01', 30_000, (second) => (second < 90 ? 49.9 : 50));
  expect(day).toEqual({ outside_share: (100 * 90) / 86_400, longest_excursion: 90, missing: 0 });
});

test('of a day of nulls no share is known', () => {
  expect(ofDay('2026-07-01', 600_000, () => null)).toEqual({ missing: 86_400 });
});
