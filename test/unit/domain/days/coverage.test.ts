/** Is everything that is expected either present or in exactly one gap, whatever the days look like? */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CoverageGap,
  coverDay,
  type DayToCover,
  GAP_REASONS,
  type GapReason,
  joinGaps,
  reasonOfDay,
  type SeriesOfDay,
  stepOf,
} from '../../../../domain/days/coverage.ts';
import { DAY_STATES } from '../../../../domain/days/ledger.ts';

const STEP = 3_600_000;
const NAMES = ['a', 'b', 'c', 'd', 'e'];

const hours = (count: number) => fc.uniqueArray(fc.integer({ min: 0, max: count - 1 }));

/** A day of up to five series, each with some hours filled, null or quarantined; what has a value is nothing else. */
const anyDay: fc.Arbitrary<DayToCover> = fc.constantFrom(23, 24, 25).chain((count) => {
  const anySeries = fc.tuple(hours(count), hours(count), hours(count));
  return fc
    .record({
      series: fc.dictionary(fc.constantFrom(...NAMES), anySeries),
      expectedSeries: fc.integer({ min: 0, max: 7 }),
      reason: fc.constantFrom(...(Object.keys(GAP_REASONS) as GapReason[])),
      notDueFromMs: fc.integer({ min: 0, max: count * STEP }),
    })
    .map(({ series, expectedSeries, reason, notDueFromMs }) => ({
      day: '2026-11-20',
      starts: Array.from({ length: count }, (_, i) => i * STEP),
      stepMs: STEP,
      ...{ expectedSeries, reason, notDueFromMs },
      series: Object.entries(series).map(([name, [filled, nulls, held]]) => ({
        series: name,
        filled: filled.map((hour) => hour * STEP),
        nulls: nulls.filter((hour) => !filled.includes(hour)).map((hour) => hour * STEP),
        held: held.filter((hour) => !filled.includes(hour)).map((hour) => hour * STEP),
      })),
    }));
});

const anyQuestion = fc.option(fc.uniqueArray(fc.constantFrom(...NAMES, 'x', 'y'), { minLength: 1 }));
const pointsOf = (gaps: readonly CoverageGap[]) => gaps.reduce((sum, { points }) => sum + points, 0);

test('expected is present and the points of all gaps, for whatever day and question', () => {
  fc.assert(
    fc.property(anyDay, anyQuestion, (day, wanted) => {
      const { expected, present, gaps } = coverDay(day, wanted);
      expect(present + pointsOf(gaps)).toBe(expected);
      const values = day.series
        .filter(({ series }) => wanted === null || wanted.includes(series))
        .reduce((sum, { filled }) => sum + filled.length, 0);
      expect(present).toBe(values);
    }),
  );
});

test('a day expects what the ledger expects of it', () => {
  fc.assert(
    fc.property(anyDay, (day) => {
      const seen = day.series.filter(({ filled }) => filled.length > 0).length;
      expect(coverDay(day, null).expected).toBe(day.starts.length * Math.max(day.expectedSeries, seen));
    }),
  );
});

test('no point is in two gaps, none that has a value is in one, and each says why', () => {
  fc.assert(
    fc.property(anyDay, anyQuestion, (day, wanted) => {
      const seen = new Set<string>();
      for (const { fromMs, toMs, series, reason } of coverDay(day, wanted).gaps) {
        for (const name of series) {
          const of = day.series.find((each) => each.series === name);
          for (let ms = fromMs; ms < toMs; ms += STEP) {
            expect(seen).not.toContain(`${name} ${ms}`);
            seen.add(`${name} ${ms}`);
            expect(of?.filled ?? []).not.toContain(ms);
            expect(reason).toBe(whyOf(of, ms, day));
          }
        }
      }
    }),
  );
});

function whyOf(of: SeriesOfDay | undefined, ms: number, { reason, notDueFromMs = 0 }: DayToCover): GapReason {
  if (of?.nulls.includes(ms)) return 'null';
  if (of?.held.includes(ms)) return 'quarantined';
  return ms + STEP > notDueFromMs && reason !== 'absent' ? 'not due' : reason;
}

test('gaps that go on over midnight are one, and joining loses no point', () => {
  const gap = (fromMs: number, toMs: number, series: string[], reason: GapReason = 'late') => ({
    ...{ fromMs, toMs, reason, series, unnamed: 0, points: series.length * (toMs - fromMs) },
  });
  expect(
    joinGaps([
      gap(0, 2, ['a']),
      gap(0, 2, ['b']),
      gap(2, 4, ['a']),
      gap(2, 4, ['b'], 'null'),
      gap(5, 6, ['a']),
    ]),
  ).toEqual([gap(0, 4, ['a']), gap(0, 2, ['b']), gap(2, 4, ['b'], 'null'), gap(5, 6, ['a'])]);
  const anyGaps = fc
    .array(fc.tuple(fc.nat(20), fc.integer({ min: 1, max: 3 }), fc.subarray(NAMES, { minLength: 1 })))
    .map((all) =>
      all
        .map(([from, length, series]) => gap(from, from + length, series))
        .toSorted((a, b) => a.fromMs - b.fromMs),
    );
  fc.assert(fc.property(anyGaps, (gaps) => pointsOf(joinGaps(gaps)) === pointsOf(gaps)));
});

describe('of series that are not there', () => {
  const day = (series: SeriesOfDay[], expectedSeries: number): DayToCover => ({
    ...{ day: '2026-11-20', starts: [0], stepMs: STEP, reason: 'missing', series, expectedSeries },
  });
  const nothing = (series: string, nulls: number[] = []) => ({ series, filled: [], nulls, held: [] });

  test('those that the day speaks of are expected before those of the week before', () => {
    const [gap] = coverDay(day([nothing('a'), nothing('b', [0])], 1), null).gaps;
    expect(gap).toMatchObject({ series: ['b'], reason: 'null', unnamed: 0 });
  });

  test('those that nobody has seen lately are counted without a name', () => {
    const { gaps } = coverDay(day([nothing('a')], 3), null);
    expect(gaps).toEqual([
      { fromMs: 0, toMs: STEP, reason: 'missing', series: ['a'], unnamed: 0, points: 1 },
      { fromMs: 0, toMs: STEP, reason: 'missing', series: [], unnamed: 2, points: 2 },
    ]);
  });

  test('one that is not needed for a whole day is not expected', () => {
    const whole = { series: 'a', filled: [0], nulls: [], held: [] };
    expect(coverDay(day([whole, nothing('b', [0])], 1), null)).toEqual({ expected: 1, present: 1, gaps: [] });
  });
});

test('every state of a day has its reason', () => {
  const reasons = DAY_STATES.map((state) => reasonOfDay({ state, isPublished: false }, true));
  expect(reasons).toEqual([
    ...[
      'not loaded',
      'awaiting',
      'awaiting',
      'late',
      'missing',
      'missing',
      'quarantined',
      'failed',
      'absent',
    ],
  ]);
  expect(reasonOfDay({ state: 'quarantined', isPublished: true }, true)).toBe('missing');
  expect(reasonOfDay({ state: 'in_progress', isPublished: true }, true)).toBe('awaiting');
  expect([true, false].map((isOpen) => reasonOfDay(undefined, isOpen))).toEqual(['not loaded', 'not due']);
});

describe('series with steps of their own', () => {
  const QUARTER = STEP / 4;
  const quarters = Array.from({ length: 96 }, (_, i) => i * QUARTER);
  const grid = { startMs: 0, gridMs: QUARTER };

  test('the step is where the points stand: an hour, unless one stands between', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 95 }), { minLength: 2 }), (slots) => {
        const step = stepOf(
          slots.map((slot) => slot * QUARTER),
          grid,
        );
        for (const slot of slots) expect((slot * QUARTER) % step).toBe(0);
        expect([QUARTER, 2 * QUARTER, STEP]).toContain(step);
      }),
    );
    expect(stepOf([0], grid)).toBe(QUARTER);
  });

  test('an hour that is missing is one point, a quarter that is missing another', () => {
    const hourly = quarters.filter((ms) => ms % STEP === 0 && ms !== 5 * STEP);
    const quarterly = quarters.filter((ms) => ms !== 5 * STEP);
    const nothing = { nulls: [], held: [] };
    const day: DayToCover = {
      ...{ day: '2026-11-20', starts: quarters, stepMs: QUARTER, expectedSeries: 3, reason: 'missing' },
      series: [
        { series: 'a', filled: hourly, ...nothing, stepMs: STEP },
        { series: 'b', filled: quarterly, ...nothing },
      ],
    };
    const { expected, present, gaps } = coverDay(day, null);
    expect({ expected, present }).toEqual({ expected: 24 + 96 + 96, present: 23 + 95 });
    expect(gaps.filter(({ unnamed }) => unnamed === 0)).toMatchObject([
      { fromMs: 5 * STEP, toMs: 5 * STEP + QUARTER, series: ['b'], points: 1 },
      { fromMs: 5 * STEP, toMs: 6 * STEP, series: ['a'], points: 1 },
    ]);
  });
});
