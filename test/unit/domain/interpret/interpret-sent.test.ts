/** What do lines of points that were sent mean, and what do checks of records keep out? */
import { describe, expect, test } from 'vitest';
import type { PushedPoints } from '../../../../domain/dataset/points.ts';
import { suddenStep, validField, validRange } from '../../../../domain/interpret/checks.ts';
import { interpretRecords } from '../../../../domain/interpret/interpret-records.ts';
import { interpretSent } from '../../../../domain/interpret/interpret-sent.ts';
import { sentPoints } from '../../../../domain/lines/sent-points.ts';
import { sampleDataset } from '../../../support/sample-dataset.ts';
import { recordLines, sampleRecordDataset } from '../../../support/sample-record-dataset.ts';

const DAY = '2026-11-20';
const checks = [validRange(0, 1_000, 'MW'), suddenStep(100, 0, 'MW')];
const dataset = sampleDataset(
  { silence: 'nothing', push: sentPoints() } as never,
  checks,
) as unknown as PushedPoints;
const at = (hour: number, minute = 0) => new Date(Date.UTC(2026, 10, 20, hour, minute)).toISOString();
const read = (lines: readonly unknown[]) =>
  interpretSent(
    dataset,
    DAY,
    Buffer.from(lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')),
  );
const shown = ({ points }: ReturnType<typeof read>) =>
  points.map(({ series, startsAtMs, value }) => [series, new Date(startsAtMs).getUTCHours(), value]);

describe('lines of points', () => {
  test('are points by series and time; of one that comes twice the last counts; a null is a null', () => {
    const lines = [
      { series: 'b', starts_at: at(2), value: 3 },
      { series: 'a', starts_at: at(3), value: 1 },
      { series: 'a', starts_at: at(1), value: null },
      { series: 'a', starts_at: at(3), value: 2 },
    ];
    expect(read(lines)).toMatchObject({ kind: 'points', findings: [], quarantined: [] });
    expect(shown(read(lines))).toEqual([
      ['a', 1, null],
      ['a', 3, 2],
      ['b', 2, 3],
    ]);
    expect(read([])).toMatchObject({ kind: 'empty', points: [], findings: [] });
  });

  test('one that is quarantined leaves the last good one before it, as it would in the next payload', () => {
    const lines = [
      { series: 'b', starts_at: at(1), value: 5_000 },
      { series: 'a', starts_at: at(1), value: 1 },
      { series: 'a', starts_at: at(1), value: 2 },
      { series: 'a', starts_at: at(1), value: 5_000 },
      { series: 'a', starts_at: at(1), value: 6_000 },
      { series: 'b', starts_at: at(1), value: 7_000 },
    ];
    const { quarantined, findings, canonical } = read(lines);
    expect(shown(read(lines))).toEqual([['a', 1, 2]]);
    expect(quarantined).toMatchObject([
      { series: 'a', value: 6_000 },
      { series: 'b', value: 7_000 },
    ]);
    expect(findings.map(({ rule, raw }) => [rule, raw])).toEqual([
      ['range', '6000'],
      ['range', '7000'],
    ]);
    // Without the good one the same lines mean something else.
    expect(read(lines.toSpliced(1, 2)).canonical).not.toBe(canonical);
    expect(read(lines.toSpliced(3, 1)).canonical).toBe(canonical);
  });

  test('may be CSV, with columns in any order; an empty cell is a null', () => {
    expect(shown(read(['value,starts_at,series', `1.5,${at(1)},a`, `,${at(2)},a`]))).toEqual([
      ['a', 1, 1.5],
      ['a', 2, null],
    ]);
  });

  test.each([
    ['[1]', 'unreadable_line'],
    ['{', 'unreadable_line'],
    [{ series: 'a', starts_at: '2026-11-20T01:00:00', value: 1 }, 'unreadable_time'],
    [{ series: 'a', value: 1 }, 'unreadable_time'],
    [{ starts_at: at(1), value: 1 }, 'unreadable_series'],
    [{ series: 'a', starts_at: at(1), value: 'much' }, 'unreadable_value'],
    [{ series: 'a', starts_at: at(1) }, 'unreadable_value'],
    [{ series: 'a', starts_at: at(1, 15), value: 1 }, 'off_grid'],
  ])('%j is quarantined as %s, and the others are written', (line, rule) => {
    const { points, quarantined, findings } = read([line, { series: 'b', starts_at: at(5), value: 1 }]);
    expect(findings).toMatchObject([{ rule, severity: 'block', place: 'line 1' }]);
    expect([points.length, quarantined.length]).toEqual([1, 0]);
  });

  test('are judged by the checks of the dataset', () => {
    const { points, quarantined, findings } = read([
      { series: 'a', starts_at: at(1), value: 1 },
      { series: 'a', starts_at: at(2), value: 900 },
      { series: 'a', starts_at: at(4), value: 2_000 },
    ]);
    expect(points.map(({ value }) => value)).toEqual([1, 900]);
    expect(quarantined).toMatchObject([{ series: 'a', value: 2_000 }]);
    expect(findings).toMatchObject([
      { rule: 'range', raw: '2000', place: 'line 3', reason: 'a is 2000 MW, outside 0 to 1000 MW' },
      { rule: 'sudden_step', raw: '900', place: 'line 2' },
    ]);
  });
});

describe('a check of records', () => {
  const record = (key: string, price: number | null) => ({
    key,
    at: `${DAY}T10:00:00Z`,
    version: 1,
    body: { price },
  });
  const body = recordLines([record('a', 5), record('b', -1), record('c', null)]);

  test.each(['nothing', 'withdraw'] as const)(
    'quarantines the record that it names, where silence is %s',
    (silence) => {
      const priced = sampleRecordDataset({ silence, checks: [validField('price', 0, 10)] });
      const { records, findings } = interpretRecords(priced, DAY, body);
      expect(records.map(({ key }) => key)).toEqual(['a', 'c']);
      expect(findings).toMatchObject([
        {
          rule: 'price_range',
          severity: 'block',
          series: 'b',
          place: 'line 2',
          reason: '"price" of b is -1, outside 0 to 10',
        },
      ]);
    },
  );
});
