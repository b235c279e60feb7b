/** Does the contract refuse definitions that cannot work, and say everything that is wrong with them? */
import { describe, expect, test } from 'vitest';
import { catalogOf } from '../../../../datasets/catalog.ts';
import { effectiveOn } from '../../../../domain/dataset/facts.ts';
import type { PlainNames } from '../../../../domain/dataset/relation-names.ts';
import { eachDay } from '../../../../domain/time/civil-day.ts';
import {
  deadlineOf,
  expectedPoints,
  isLate,
  isOpen,
  newestDueDay,
} from '../../../../domain/time/delivery-day.ts';
import { sampleDataset } from '../../../support/sample-dataset.ts';

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

test('names for the plain calls that cannot be asked for, or hide a column', () => {
  const wrong = (plain: PlainNames) => () => sampleDataset({ plain });
  expect(wrong({ tables: ['Grid Data'] })).toThrow('plain.tables has "Grid Data"');
  expect(wrong({ value: 'größe' })).toThrow('plain.value "größe" is no lower_case name');
  expect(wrong({ value: 'timestamp' })).toThrow('name of another column');
  expect(wrong({ tables: ['grid_data'], value: 'frequency' })).not.toThrow();
});

test('a further table name that another dataset has already', () => {
  const { source } = sampleDataset();
  const named = (id: string, tables: string[]) => sampleDataset({ id, source, plain: { tables } });
  expect(() => catalogOf([named('sample.one', ['two']), named('sample.two', [])])).toThrow(
    'dataset "sample.one": the table name "two" is one of "sample.two" already',
  );
  expect(() => catalogOf([named('sample.one', ['x']), named('sample.two', ['y'])])).not.toThrow();
});

test('a quota that leaves nothing for backfills', () => {
  const { source } = sampleDataset();
  const quota = { requests: 10, windowMs: 60_000, reservedForLive: 10 };
  expect(() => sampleDataset({ source: { ...source, quota } })).toThrow('reservedForLive below requests');
});

test.each([0, 24, 46, 47.5, -48, Number.NaN, Number.POSITIVE_INFINITY])(
  'a batch of %d hours, which holds no two days',
  (maxHours) => {
    expect(() => sampleDataset({ batch: { maxHours } })).toThrow('pull.batch.maxHours');
  },
);

test.each([47, 48, 744])('a batch of %d hours', (maxHours) => {
  expect(sampleDataset({ batch: { maxHours } }).pull.batch).toEqual({ maxHours });
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

describe('late by business days', () => {
  const { publication } = sampleDataset().pull;
  const businessDays = { holidays: 'sample.holidays', country: 'NL', subdivision: null };
  const dataset = sampleDataset({ publication: { ...publication, businessDays } });
  const at = (iso: string) => Date.parse(iso);
  const lateAt = (day: string, holidays: string[]) =>
    new Date(deadlineOf(dataset, day, new Set(holidays))).toISOString();

  test('a deadline on a weekend or holiday is at the same time of the next business day', () => {
    // The deadline is 11:00 of the day before: of Friday, Saturday, Sunday and Monday.
    expect(lateAt('2026-05-23', [])).toBe('2026-05-22T09:00:00.000Z');
    expect(lateAt('2026-05-24', [])).toBe('2026-05-25T09:00:00.000Z');
    expect(lateAt('2026-05-25', ['2026-05-25'])).toBe('2026-05-26T09:00:00.000Z');
    expect(isLate(dataset, '2026-05-26', at('2026-05-25T09:00:00Z'), new Set(['2026-05-25']))).toBe(false);
    expect(isLate(dataset, '2026-05-26', at('2026-05-25T09:00:00Z'))).toBe(true);
  });

  test('across a change of the clocks, and over a run of free days', () => {
    expect(lateAt('2026-03-29', [])).toBe('2026-03-30T09:00:00.000Z');
    const days = eachDay('2026-12-24', '2027-01-03');
    expect(lateAt('2026-12-25', days)).toBe('2027-01-04T10:00:00.000Z');
  });

  test('does not count for a dataset that does not say so', () => {
    expect(deadlineOf(sampleDataset(), '2026-05-24', new Set(['2026-05-23']))).toBe(
      at('2026-05-23T09:00:00Z'),
    );
  });

  test('the newest day that is due is found behind free days', () => {
    const monday = at('2026-05-25T12:00:00Z');
    expect(newestDueDay(dataset, monday)).toBe('2026-05-26');
    expect(newestDueDay(dataset, monday, new Set(['2026-05-25']))).toBe('2026-05-23');
  });
});

test('open and late by the wall clock of the source', () => {
  const dataset = sampleDataset();
  const at = (iso: string) => Date.parse(iso);
  expect(isOpen(dataset, '2026-07-02', at('2026-07-01T06:59:59Z'))).toBe(false);
  expect(isOpen(dataset, '2026-07-02', at('2026-07-01T07:00:00Z'))).toBe(true);
  expect(isLate(dataset, '2026-01-02', at('2026-01-01T09:59:59Z'))).toBe(false);
  expect(isLate(dataset, '2026-01-02', at('2026-01-01T10:00:00Z'))).toBe(true);
});
