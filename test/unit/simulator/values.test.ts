// Are the generated values the same for ever, and of the size and the liveliness of the recorded ones?
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { BORDERS } from '../../../simulator/borders.ts';
import { seriesOf, valueMw } from '../../../simulator/values.ts';
import { HAS_RECORDINGS, RECORDED_STATISTICS } from '../../support/recordings.ts';
import { requestDay, still } from '../../support/simulator/ask.ts';

const FIRST_HOUR = Date.parse('2026-04-20T00:00:00Z') / 3_600_000;

const median = (numbers: readonly number[]) =>
  [...numbers].sort((left, right) => left - right)[Math.floor(numbers.length / 2)] ?? Number.NaN;

/** Mean, extremes and median hourly change over two days of one border, as the recorded statistics have them. */
function statisticsOf(seed: number, key: string) {
  const border = BORDERS.find((candidate) => candidate.key === key);
  if (!border) throw new Error(`${key} is no border`);
  const series = seriesOf(seed, border);
  const values = Array.from({ length: 48 }, (_, hour) => valueMw(series, FIRST_HOUR + hour));
  const changes = values.slice(1).map((value, hour) => Math.abs(value - (values[hour] ?? 0)));
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { min: Math.min(...values), mean, max: Math.max(...values), change: median(changes) };
}

describe('determinism', () => {
  test('two simulations with the same seed answer the same bytes', () => {
    expect(requestDay(still({ seed: 5 }), '2026-08-01').body).toBe(
      requestDay(still({ seed: 5 }), '2026-08-01').body,
    );
  });

  test('it does not matter which days were asked for before', () => {
    const worn = still({ seed: 5 });
    for (let day = 10; day < 29; day += 1) requestDay(worn, `2026-07-${day}`);
    expect(requestDay(worn, '2026-08-01').body).toBe(requestDay(still({ seed: 5 }), '2026-08-01').body);
  });

  test('another seed answers other values', () => {
    expect(requestDay(still({ seed: 5 }), '2026-08-01').body).not.toBe(
      requestDay(still({ seed: 6 }), '2026-08-01').body,
    );
  });

  test('the bytes of a day never change between versions of the simulator', () => {
    const digest = createHash('sha256').update(requestDay(still(), '2026-04-20').body).digest('hex');
    expect(digest).toBe('f3222bb423cd3ad854f2d2430f70e07477b5a8445c323d386eb83a9737e8733a');
  });
});

describe.each([1, 2, 3, 4])('the values of seed %i', (seed) => {
  const zones = BORDERS.filter(({ virtual }) => !virtual).map(({ key }) => statisticsOf(seed, key));

  test('lie between hundreds and some fifteen thousand MW, around three thousand', () => {
    expect(Math.min(...zones.map(({ min }) => min))).toBeGreaterThan(300);
    expect(Math.max(...zones.map(({ max }) => max))).toBeGreaterThan(9_000);
    expect(Math.max(...zones.map(({ max }) => max))).toBeLessThan(20_000);
    expect(median(zones.map(({ mean }) => mean))).toBeGreaterThan(2_500);
    expect(median(zones.map(({ mean }) => mean))).toBeLessThan(3_600);
  });

  test('move from hour to hour, some borders little and some much', () => {
    const changes = zones.map(({ change }) => change);
    expect(median(changes)).toBeGreaterThan(70);
    expect(median(changes)).toBeLessThan(280);
    expect(Math.min(...changes)).toBeLessThan(50);
    expect(Math.max(...changes)).toBeGreaterThan(300);
  });

  test('of virtual hubs are the size of a cable', () => {
    for (const { key } of BORDERS.filter(({ virtual }) => virtual)) {
      expect(statisticsOf(seed, key).mean).toBeGreaterThan(200);
      expect(statisticsOf(seed, key).mean).toBeLessThan(4_000);
    }
  });
});

test('the values never leave the order of magnitude over a year', () => {
  const series = BORDERS.map((border) => seriesOf(1, border));
  const extremes = series.map((one) => {
    const values = Array.from({ length: 8760 }, (_, hour) => valueMw(one, FIRST_HOUR + hour));
    return { min: Math.min(...values), max: Math.max(...values), level: one.levelMw };
  });
  for (const { min, max, level } of extremes) {
    expect(min).toBeGreaterThan(0);
    expect(max).toBeLessThan(2.5 * level);
  }
});

if (HAS_RECORDINGS)
  describe('beside the recorded statistics', () => {
    const recorded = readFileSync(RECORDED_STATISTICS, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','))
      .map(([key = '', min, mean, max, change]) => ({
        key,
        min,
        mean: Number(mean),
        max,
        change: Number(change),
      }));

    test('each border has the recorded order of magnitude, most are within half of it', () => {
      const ratios = recorded.map(({ key, mean }) => statisticsOf(1, key).mean / mean);
      expect(recorded).toHaveLength(132);
      expect(Math.min(...ratios)).toBeGreaterThan(1 / 3);
      expect(Math.max(...ratios)).toBeLessThan(3);
      expect(ratios.filter((ratio) => ratio > 0.5 && ratio < 1.5).length).toBeGreaterThan(0.85 * 132);
    });

    test('the typical hourly change is that of the recording within a factor of two', () => {
      const generated = median(recorded.map(({ key }) => statisticsOf(1, key).change));
      const ratio = generated / median(recorded.map(({ change }) => change));
      expect(ratio).toBeGreaterThan(0.5);
      expect(ratio).toBeLessThan(2);
    });
  });
