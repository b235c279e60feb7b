/** Are series of different steps put onto one grid, with nulls and holes told apart? */
import { describe, expect, test } from 'vitest';
import { combined, onGrid } from '../../../../domain/values/on-grid.ts';

const HOUR_MS = 3_600_000;
const QUARTER_MS = HOUR_MS / 4;
const series = (stepMs: number, values: readonly (number | null | undefined)[]) => {
  const points = values
    .map((value, i) => ({ at: i * stepMs, value }))
    .filter(({ value }) => value !== undefined);
  return {
    stepMs,
    startsAtMs: Float64Array.from(points, ({ at }) => at),
    values: Float64Array.from(points, ({ value }) => value ?? Number.NaN),
  };
};
const hours = [0, HOUR_MS];
const quarters = Array.from({ length: 8 }, (_, i) => i * QUARTER_MS);
const END = 2 * HOUR_MS;

describe('onGrid', () => {
  test('an hour says the same of each of its quarters', () => {
    expect(onGrid(series(HOUR_MS, [8, 4]), quarters, END)).toEqual([8, 8, 8, 8, 4, 4, 4, 4]);
  });

  test('quarters say their mean of the hour; with a null it is null, with a hole nobody knows', () => {
    expect(onGrid(series(QUARTER_MS, [1, 2, 3, 4, 5, 5, 5, 5]), hours, END)).toEqual([2.5, 5]);
    expect(onGrid(series(QUARTER_MS, [1, null, 3, 4, 5, 5, undefined, 5]), hours, END)).toEqual([
      null,
      undefined,
    ]);
  });

  test('of the same step each value stands where it stood', () => {
    expect(onGrid(series(HOUR_MS, [undefined, null]), hours, END)).toEqual([undefined, null]);
    expect(onGrid(undefined, hours, END)).toEqual([undefined, undefined]);
  });

  test('what begins before the first interval and reaches into it counts', () => {
    const day = series(24 * HOUR_MS, [7]);
    expect(onGrid(day, [6 * HOUR_MS], 7 * HOUR_MS)).toEqual([7]);
  });
});

test('a combination is unknown before it is null, and null before it is a number', () => {
  const sum = (...values: number[]) => values.reduce((total, value) => total + value, 0);
  expect(combined([1, 2], sum)).toBe(3);
  expect(combined([1, null], sum)).toBeNull();
  expect(combined([undefined, null], sum)).toBeUndefined();
});
