/** Are days grouped into batches that one request may ask for, and is no day lost or moved by it? */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PointPull } from '../../../../domain/dataset/pull.ts';
import { batchesOf, usableDays, windowOf } from '../../../../domain/days/batches.ts';
import { AnswerRefused, finding } from '../../../../domain/interpret/finding.ts';
import { addDays, daysFrom, eachDay } from '../../../../domain/time/civil-day.ts';
import { intervalStarts } from '../../../../domain/time/delivery-day.ts';
import { type SampleRow, sampleBody, sampleDataset } from '../../../support/sample-dataset.ts';

const twoDays = sampleDataset({ batch: { maxHours: 48 } });
const week = sampleDataset({ batch: { maxHours: 168 } });
const hours = (days: string[]) => {
  const { startMs, endMs } = windowOf(twoDays, days);
  return (endMs - startMs) / 3_600_000;
};

describe('batches of days', () => {
  test.each<[string, string[], string[][]]>([
    ['none', [], []],
    ['one day', ['2026-11-20'], [['2026-11-20']]],
    ['ascending', ['2026-11-18', '2026-11-19', '2026-11-20'], [['2026-11-18', '2026-11-19'], ['2026-11-20']]],
    [
      'descending',
      ['2026-11-20', '2026-11-19', '2026-11-18'],
      [['2026-11-20', '2026-11-19'], ['2026-11-18']],
    ],
    [
      'holes',
      ['2026-11-20', '2026-11-18', '2026-11-17', '2026-11-15'],
      [['2026-11-20'], ['2026-11-18', '2026-11-17'], ['2026-11-15']],
    ],
    [
      'over the autumn change, 49 hours',
      ['2026-10-24', '2026-10-25', '2026-10-26', '2026-10-27'],
      [['2026-10-24'], ['2026-10-25'], ['2026-10-26', '2026-10-27']],
    ],
    [
      'over the spring change, 47 hours',
      ['2026-03-30', '2026-03-29', '2026-03-28'],
      [['2026-03-30', '2026-03-29'], ['2026-03-28']],
    ],
    ['over the end of a year', ['2025-12-31', '2026-01-01'], [['2025-12-31', '2026-01-01']]],
    ['a day twice', ['2026-11-20', '2026-11-20'], [['2026-11-20'], ['2026-11-20']]],
  ])('%s', (_name, days, batches) => {
    expect(batchesOf(twoDays, days)).toEqual(batches);
  });

  test('a dataset that says nothing of batches has days alone', () => {
    expect(batchesOf(sampleDataset(), ['2026-11-19', '2026-11-20'])).toEqual([
      ['2026-11-19'],
      ['2026-11-20'],
    ]);
  });

  test('longer batches do not turn round', () => {
    const days = ['2026-11-18', '2026-11-19', '2026-11-18', '2026-11-17', '2026-11-16'];
    expect(batchesOf(week, days)).toEqual([
      ['2026-11-18', '2026-11-19'],
      ['2026-11-18', '2026-11-17', '2026-11-16'],
    ]);
  });

  test('whatever the days: each once and in its place, adjacent, in a window that is allowed', () => {
    const someDays = fc
      .uniqueArray(fc.integer({ min: 0, max: 800 }), { maxLength: 120 })
      .map((offsets) => offsets.toSorted((a, b) => a - b).map((offset) => addDays('2025-01-01', offset)));
    fc.assert(
      fc.property(someDays, fc.boolean(), fc.constantFrom(twoDays, week), (ascending, newest, dataset) => {
        const days = newest ? ascending.toReversed() : ascending;
        const batches = batchesOf(dataset, days);
        expect(batches.flat()).toEqual(days);
        for (const batch of batches) {
          expect(Math.abs(daysFrom(batch[0] ?? '', batch.at(-1) ?? ''))).toBe(batch.length - 1);
          if (batch.length > 1) expect(hours(batch)).toBeLessThanOrEqual(dataset.pull.batch?.maxHours ?? 0);
        }
      }),
    );
  });

  test('a full history takes half the requests, and one more for each autumn change', () => {
    const days = eachDay('2022-06-09', '2026-11-21');
    expect(days).toHaveLength(1_627);
    expect(batchesOf(twoDays, days).length).toBeLessThanOrEqual(814 + 5);
  });
});

describe('an answer to several days', () => {
  const days = ['2026-11-19', '2026-11-20'];
  const rows = days.flatMap((day) =>
    intervalStarts(twoDays, day).map((ms): SampleRow => ['a', new Date(ms).toISOString(), 1]),
  );
  const problem = (body: readonly SampleRow[], dataset = twoDays) =>
    usableDays(dataset, days, sampleBody(body)).reason;

  test('with a row for each interval, in any order, is nothing odd; nulls are values too', () => {
    expect(problem(rows)).toBeNull();
    expect(problem(rows.toReversed().map(([series, start]): SampleRow => [series, start, null]))).toBeNull();
  });

  test.each<[string, readonly SampleRow[], string]>([
    ['nothing', [], 'intervals without a row: 2026-11-18T23:00Z, '],
    ['one day alone', rows.slice(24), 'intervals without a row: 2026-11-18T23:00Z, '],
    ['all but the last hour', rows.slice(0, -1), 'intervals without a row: 2026-11-20T22:00Z'],
    [
      'a row after the window',
      [...rows, ['a', '2026-11-20T23:00:00Z', 1]],
      'rows start at no interval of these days: 2026-11-20T23:00Z',
    ],
    [
      'a row between the intervals',
      [...rows, ['a', '2026-11-19T05:15:00Z', 1]],
      'rows start at no interval of these days: 2026-11-19T05:15Z',
    ],
  ])('with %s is odd', (_name, body, reason) => {
    expect(problem(body)).toContain(reason);
  });

  test('that the decoder refuses, or warns of, is unusable; a defect of ours is not', () => {
    const decodes = (decode: PointPull['decode']) => sampleDataset({ decode });
    const refusing = decodes(() => {
      throw new AnswerRefused('rejected', 'the source said no', null);
    });
    expect(problem(rows, refusing)).toBe('the source said no');
    const warning = finding('unknown_column', 'warn', 'a strange column', { points: 0 });
    expect(
      problem(
        rows,
        decodes((body, answer) => ({ ...twoDays.pull.decode(body, answer), findings: [warning] })),
      ),
    ).toBe('a strange column');
    const defective = decodes(() => {
      throw new TypeError('defect');
    });
    expect(() => problem(rows, defective)).toThrow('defect');
  });
});
