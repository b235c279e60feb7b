/** Does the contract refuse definitions that cannot work, and say everything that is wrong with them? */
import { expect, test } from 'vitest';
import { effectiveOn } from '../../domain/dataset.ts';
import { expectedPoints, isLate, isOpen } from '../../domain/delivery-day.ts';
import { sampleDataset } from './sample-dataset.ts';

test('all faults at once', () => {
  const wrong = () =>
    sampleDataset({
      id: 'Other.Table',
      firstDay: '2022-02-30',
      chunkDays: 0,
      decoderVersion: 0,
      retentionDays: 30,
      resolution: [{ from: '2022-01-01', minutes: 45 }],
      expectedSeries: [
        { from: '2022-01-02', count: 1 },
        { from: '2022-01-01', count: 2 },
      ],
    });
  for (const part of [
    'kebab-case',
    'start with its source',
    'firstDay "2022-02-30"',
    'decoderVersion',
    'retentionDays',
    'chunkDays',
    'divide an hour',
    'expectedSeries',
  ]) {
    expect(wrong).toThrow(part);
  }
});

test('a quota that leaves nothing for backfills', () => {
  const { source } = sampleDataset();
  const quota = { requests: 10, windowMs: 60_000, reservedForLive: 10 };
  expect(() => sampleDataset({ source: { ...source, quota } })).toThrow('reservedForLive below requests');
});

test.each([0, 24, 46, 47.5, -48, Number.NaN, Number.POSITIVE_INFINITY])(
  'a span of %d hours, which holds no two days',
  (maxHours) => {
    expect(() => sampleDataset({ span: { maxHours } })).toThrow('span.maxHours');
  },
);

test.each([47, 48, 744])('a span of %d hours', (maxHours) => {
  expect(sampleDataset({ span: { maxHours } }).span).toEqual({ maxHours });
});

test('what holds on a day is the last entry that has begun', () => {
  const entries = [
    { from: '2022-01-01', count: 1 },
    { from: '2026-06-11', count: 2 },
  ];
  expect(
    ['2021-01-01', '2022-01-01', '2026-06-10', '2026-06-11', '2030-01-01'].map(
      (day) => effectiveOn(entries, day).count,
    ),
  ).toEqual([1, 1, 1, 2, 2]);
});

test('expected points: by resolution, by declared series, by series seen', () => {
  const quarterly = sampleDataset({
    resolution: [
      { from: '2022-01-01', minutes: 60 },
      { from: '2025-10-01', minutes: 15 },
    ],
  });
  expect(expectedPoints(quarterly, '2025-09-30', 0)).toBe(24 * 2);
  expect(expectedPoints(quarterly, '2025-10-01', 0)).toBe(96 * 2);
  expect(expectedPoints(quarterly, '2025-10-26', 0)).toBe(100 * 2);
  expect(expectedPoints(quarterly, '2025-10-01', 3)).toBe(96 * 3);
});

test('open and late by the wall clock of the source', () => {
  const dataset = sampleDataset();
  const at = (iso: string) => Date.parse(iso);
  expect(isOpen(dataset, '2026-07-02', at('2026-07-01T06:59:59Z'))).toBe(false);
  expect(isOpen(dataset, '2026-07-02', at('2026-07-01T07:00:00Z'))).toBe(true);
  expect(isLate(dataset, '2026-01-02', at('2026-01-01T09:59:59Z'))).toBe(false);
  expect(isLate(dataset, '2026-01-02', at('2026-01-01T10:00:00Z'))).toBe(true);
});
