/** What do bytes mean, and what of them may be written? */
import { describe, expect, test } from 'vitest';
import type { PulledPoints } from '../../../../domain/dataset/points.ts';
import { answerToDays } from '../../../../domain/days/batches.ts';
import {
  frozen,
  missingIntervals,
  missingSeries,
  nullValues,
  sameAsYesterday,
  suddenStep,
  validRange,
} from '../../../../domain/interpret/checks.ts';
import { AnswerRefused, finding } from '../../../../domain/interpret/finding.ts';
import { type Interpretation, type IsYesterdays, interpret } from '../../../../domain/interpret/interpret.ts';
import { intervalStarts } from '../../../../domain/time/delivery-day.ts';
import { type SampleRow, sampleBody, sampleDataset } from '../../../support/sample-dataset.ts';

const DAY = '2026-11-20';
const plain = sampleDataset();

/** A full day: series a and b, values by hour index. */
function fullDay(
  value: (hour: number, series: string) => number | null,
  dataset: PulledPoints = plain,
  day = DAY,
): SampleRow[] {
  return intervalStarts(dataset, day).flatMap((ms, hour) =>
    ['a', 'b'].map((series): SampleRow => [series, new Date(ms).toISOString(), value(hour, series)]),
  );
}

const moving = (hour: number, series: string) => 100 + hour * (series === 'a' ? 1 : 2);
const rulesOf = (rows: readonly SampleRow[], dataset: PulledPoints, isYesterdays?: IsYesterdays) =>
  interpret(dataset, DAY, sampleBody(rows), isYesterdays).findings.map(({ rule }) => rule);

describe('arranging', () => {
  test('a clean day comes through whole, by series and time, with nothing to warn of', () => {
    const read = interpret(plain, DAY, sampleBody(fullDay(moving).toReversed()));
    expect(read.kind).toBe('points');
    expect(read.points).toHaveLength(48);
    expect(read.findings).toEqual([]);
    expect(read.points.slice(0, 2)).toMatchObject([
      { series: 'a', startsAtMs: Date.parse('2026-11-19T23:00:00Z'), value: 100 },
      { series: 'a', startsAtMs: Date.parse('2026-11-20T00:00:00Z'), value: 101 },
    ]);
  });

  test('the same content in another order means the same', () => {
    const rows = fullDay(moving);
    const one = interpret(plain, DAY, sampleBody(rows));
    const other = interpret(plain, DAY, sampleBody(rows.toReversed()));
    expect(one.canonical).toBe(other.canonical);
  });

  test('the same broken content in another order means the same', () => {
    const conflict: SampleRow = ['a', '2026-11-20T05:00:00Z', 999];
    const rows = [...fullDay(moving), conflict];
    const [one, other] = [rows, rows.toReversed()].map((body) => interpret(plain, DAY, sampleBody(body)));
    expect(one?.findings).toMatchObject([{ rule: 'conflicting_duplicate' }]);
    expect(one?.canonical).toBe(other?.canonical);
  });

  test('another value, a null or a missing point means something else', () => {
    const rows = fullDay(moving);
    const contents = [
      rows,
      rows.map((row, i): SampleRow => (i === 5 ? [row[0], row[1], 7] : row)),
      rows.map((row, i): SampleRow => (i === 5 ? [row[0], row[1], null] : row)),
      rows.map((row, i): SampleRow => (i === 5 ? [row[0], row[1], 0] : row)),
      rows.toSpliced(5, 1),
    ].map((body) => interpret(plain, DAY, sampleBody(body)).canonical);
    expect(new Set(contents).size).toBe(contents.length);
  });

  test('nothing at all is empty, not refused', () => {
    expect(interpret(plain, DAY, sampleBody([]))).toMatchObject({ kind: 'empty', points: [], findings: [] });
  });

  test('rows outside the day are ignored and reported; a day of nothing else is empty', () => {
    const extra: SampleRow = ['a', '2026-11-20T23:00:00Z', 1];
    const read = interpret(plain, DAY, sampleBody([...fullDay(moving), extra]));
    expect(read.points).toHaveLength(48);
    expect(read.findings).toMatchObject([
      { rule: 'outside_day', severity: 'info', points: 1, place: '[48]' },
    ]);
    expect(interpret(plain, DAY, sampleBody([extra]))).toMatchObject({ kind: 'empty' });
  });

  describe('in an answer to several days', () => {
    const days = ['2026-11-19', DAY] as const;
    const both = days.flatMap((day) => fullDay(moving, plain, day));
    const readBatch = (day: string, rows: readonly SampleRow[], dataset = plain) =>
      interpret(dataset, day, sampleBody(rows), undefined, answerToDays(plain, days, { unit: day }));

    test.each(days)('%s means what it means alone: the other day is nothing to warn of', (day) => {
      const alone = interpret(plain, day, sampleBody(fullDay(moving, plain, day)));
      const read = readBatch(day, both);
      expect(read).toMatchObject({ kind: 'points', findings: [], canonical: alone.canonical });
      const values = ({ points }: Interpretation) =>
        points.map(({ series, startsAtMs, value }) => [series, startsAtMs, value]);
      expect(values(read)).toEqual(values(alone));
    });

    test('rows that nobody asked for are reported as ever; rows between the intervals of the other day are its own', () => {
      const read = readBatch(DAY, [
        ...both,
        ['a', '2026-11-18T22:00:00Z', 1],
        ['a', '2026-11-20T23:00:00Z', 1],
        ['a', '2026-11-19T05:15:00Z', 1],
      ]);
      expect(read.findings).toMatchObject([{ rule: 'outside_day', points: 2 }]);
      expect(read.points).toHaveLength(48);
    });

    test('what a decoder found about a point of the other day is the other day’s', () => {
      const bad = (startsAtMs: number | null) =>
        finding('unreadable_value', 'block', 'no number', { series: 'a', startsAtMs });
      const [theirs = 0] = intervalStarts(plain, days[0]);
      const [ours = 0] = intervalStarts(plain, DAY);
      const finds = sampleDataset({
        decode: (body, answer) => ({
          ...plain.pull.decode(body, answer),
          findings: [bad(theirs), bad(ours), bad(null)],
        }),
      });
      expect(readBatch(DAY, both, finds).findings.map(({ startsAtMs }) => startsAtMs)).toEqual([ours, null]);
    });
  });

  test('equal repetitions are dropped with a warning; different ones block the point and no other', () => {
    const at = '2026-11-20T05:00:00Z';
    const rows = fullDay(moving);
    const [, , value] =
      rows.find(([series, start]) => series === 'a' && start === new Date(at).toISOString()) ?? [];
    expect(interpret(plain, DAY, sampleBody([...rows, ['a', at, value ?? null]]))).toMatchObject({
      findings: [{ rule: 'duplicate', severity: 'info', points: 1 }],
    });
    const read = interpret(plain, DAY, sampleBody([...rows, ['a', at, 999]]));
    expect(read.points).toHaveLength(47);
    expect(read.findings).toMatchObject([
      {
        rule: 'conflicting_duplicate',
        severity: 'block',
        series: 'a',
        startsAtMs: Date.parse(at),
        raw: `${value} and 999`,
      },
    ]);
  });

  test('rows between the intervals reject the whole response: even the others may mean something else', () => {
    const read = interpret(plain, DAY, sampleBody([...fullDay(moving), ['a', '2026-11-20T05:15:00Z', 1]]));
    expect(read).toMatchObject({
      kind: 'refused',
      points: [],
      findings: [{ rule: 'off_grid', severity: 'block', points: 0 }],
    });
  });

  test('what a decoder refuses is a finding, never an exception; other errors are ours and come through', () => {
    const refusing = sampleDataset({
      decode: () => {
        throw new AnswerRefused('rejected', 'the source said no', '"no"');
      },
    });
    expect(interpret(refusing, DAY, Buffer.alloc(0))).toMatchObject({
      kind: 'refused',
      findings: [{ rule: 'rejected', reason: 'the source said no', raw: '"no"' }],
    });
    const defective = sampleDataset({
      decode: () => {
        throw new TypeError('defect');
      },
    });
    expect(() => interpret(defective, DAY, Buffer.alloc(0))).toThrow('defect');
  });

  test.each([
    ['2026-03-29', 46],
    ['2026-10-25', 50],
  ])('%s has %i points of two series', (day, points) => {
    expect(interpret(plain, day, sampleBody(fullDay(moving, plain, day))).points).toHaveLength(points);
  });
});

describe('checks', () => {
  test('range blocks the point and keeps the others', () => {
    const dataset = sampleDataset({}, [validRange(0, 1_000, 'MW')]);
    const rows = fullDay((hour, series) =>
      hour === 3 && series === 'a' ? 1_001 : hour === 4 && series === 'b' ? -1 : 5,
    );
    const read = interpret(dataset, DAY, sampleBody(rows));
    expect(read.points).toHaveLength(46);
    expect(read.findings.map(({ rule, severity, series, raw }) => [rule, severity, series, raw])).toEqual([
      ['range', 'block', 'a', '1001'],
      ['range', 'block', 'b', '-1'],
    ]);
    expect(read.findings[0]?.reason).toBe('a is 1001 MW, outside 0 to 1000 MW');
  });

  test('a step must be large in absolute and in relative terms', () => {
    const dataset = sampleDataset({}, [suddenStep(100, 0.5, 'MW')]);
    const step = (from: number, to: number) =>
      rulesOf(
        fullDay((hour) => (hour < 12 ? from : to)),
        dataset,
      );
    expect(step(100, 300)).toEqual(['sudden_step', 'sudden_step']);
    expect(step(1_000, 1_200)).toEqual([]); // large, but a fifth only
    expect(step(10, 60)).toEqual([]); // six times as much, but small
  });

  test('frozen: every series stands still all day', () => {
    const dataset = sampleDataset({}, [frozen()]);
    expect(
      rulesOf(
        fullDay((_, series) => (series === 'a' ? 5 : 6)),
        dataset,
      ),
    ).toEqual(['frozen']);
    expect(
      rulesOf(
        fullDay((hour, series) => (series === 'a' ? 5 : hour)),
        dataset,
      ),
    ).toEqual([]);
  });

  test('same as yesterday: the same values in the same hours of the day before', () => {
    const dataset = sampleDataset({}, [sameAsYesterday()]);
    const before = interpret(plain, '2026-11-19', sampleBody(fullDay(moving, plain, '2026-11-19'))).canonical;
    const isYesterdays: IsYesterdays = (canonical) => canonical === before;
    expect(rulesOf(fullDay(moving), dataset, isYesterdays)).toEqual(['same_as_yesterday']);
    expect(
      rulesOf(
        fullDay((hour, series) => moving(hour, series) + (hour === 3 ? 1 : 0)),
        dataset,
        isYesterdays,
      ),
    ).toEqual([]);
    expect(rulesOf(fullDay(moving), dataset)).toEqual([]);
  });

  test('missing intervals and missing series', () => {
    const dataset = sampleDataset({}, [missingIntervals(), missingSeries()]);
    const rows = fullDay(moving);
    expect(rulesOf(rows, dataset)).toEqual([]);
    expect(interpret(dataset, DAY, sampleBody(rows.slice(0, -4))).findings).toMatchObject([
      {
        rule: 'missing_intervals',
        points: 4,
        reason: expect.stringContaining('2 of 24 intervals are missing: 2026-11-20T21:00Z'),
      },
    ]);
    expect(
      interpret(dataset, DAY, sampleBody(rows.filter(([series]) => series === 'a'))).findings,
    ).toMatchObject([{ rule: 'missing_series', points: 24 }]);
    // A hole in one series alone.
    expect(interpret(dataset, DAY, sampleBody(rows.slice(0, -1))).findings).toMatchObject([
      { rule: 'missing_intervals', points: 1, reason: '1 series lack intervals that others have: b' },
    ]);
  });

  test('null values are kept and reported', () => {
    const dataset = sampleDataset({}, [nullValues()]);
    const read = interpret(dataset, DAY, sampleBody(fullDay((hour) => (hour < 2 ? null : hour))));
    expect(read.points.filter(({ value }) => value === null)).toHaveLength(4);
    expect(read.findings).toMatchObject([
      { rule: 'null_values', points: 4, reason: '4 points without a value, in a, b' },
    ]);
  });
});
