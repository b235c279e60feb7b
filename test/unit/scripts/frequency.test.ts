/** Are generated files the same again, plausible, and read in whatever form? */
import { expect, test } from 'vitest';
import type { FiledPoints } from '../../../domain/dataset/points.ts';
import { canonicalOf } from '../../../domain/lines/canonical.ts';
import { DayCollector } from '../../../domain/lines/day-collector.ts';
import type { DayRead } from '../../../domain/lines/day-read.ts';
import { formOf } from '../../../domain/lines/form-finder.ts';
import { LineReader } from '../../../domain/lines/line-reader.ts';
import { addDays, dayInterval } from '../../../domain/time/civil-day.ts';
import { Grid } from '../../../scripts/frequency/grid.ts';
import { LineWriter, type WriterForm } from '../../../scripts/frequency/line-writer.ts';
import { bundled } from '../../support/bundled.ts';
import { handOver } from '../../support/reading.ts';

const frequency = bundled<FiledPoints>('swissgrid.frequency');

const ZONE = 'Europe/Zurich';
const FIRST = '2024-10-26';
const LAST = '2024-10-28';

function fileOf(form: WriterForm, names: readonly string[] = [], isWide = false): Buffer {
  const writer = new LineWriter(form, { names, isWide, zone: ZONE });
  const grids = Array.from({ length: Math.max(1, names.length) }, (_, i) => new Grid(7 + i, 30));
  const { startMs } = dayInterval(FIRST, ZONE);
  const { endMs } = dayInterval(LAST, ZONE);
  const rows = (endMs - startMs) / 30_000;
  const file = Buffer.alloc((rows + 1) * writer.longestRow);
  let used = writer.header(file);
  for (let row = 0; row < rows; row++) used = writer.row(file, used, startMs + row * 30_000, grids);
  return file.subarray(0, used);
}

function daysOf(file: Buffer): DayRead[] {
  const reader = new LineReader(formOf(file.subarray(0, 1 << 16), frequency), {
    firstByte: 0,
    firstLine: 1,
  });
  const collector = new DayCollector(frequency, reader.series, { first: FIRST, last: addDays(FIRST, 2) });
  handOver(file, 10_000, reader, collector);
  return collector.finish();
}

const ZONED: WriterForm = { time: 'zoned', delimiter: ';', decimal: '.', header: false };

test.each<[string, WriterForm]>([
  ['UTC', { time: 'utc', delimiter: ',', decimal: '.', header: true }],
  ['wall clock', { time: 'local', delimiter: ',', decimal: '.', header: false }],
  ['decimal comma', { time: 'local', delimiter: ';', decimal: ',', header: true }],
  ['day first', { time: 'day-first', delimiter: ';', decimal: ',', header: true }],
  ['seconds since 1970', { time: 'epoch', delimiter: ',', decimal: '.', header: false }],
])('%s says what the form with zones says, over a clock change', (_, form) => {
  const [plain, other] = [daysOf(fileOf(ZONED)), daysOf(fileOf(form))];
  expect(plain.map(({ findings, lines }) => [findings, lines])).toEqual([
    [[], 2880],
    [[], 3000],
    [[], 2880],
  ]);
  expect(other.map(canonicalOf)).toEqual(plain.map(canonicalOf));
});

test('several series in lines and in columns say the same', () => {
  const names = ['a', 'b', 'c'];
  const header: WriterForm = { ...ZONED, header: true };
  const [long, wide] = [daysOf(fileOf(header, names)), daysOf(fileOf(header, names, true))];
  expect(long.map(({ lines, series }) => [lines, series.length])).toEqual([
    [8640, 3],
    [9000, 3],
    [8640, 3],
  ]);
  expect(wide.map(canonicalOf)).toEqual(long.map(canonicalOf));
});

test('the same seed makes the same values, another one others', () => {
  const values = (seed: number) => {
    const grid = new Grid(seed, 1);
    return Array.from({ length: 1_000 }, () => grid.next());
  };
  expect(values(7)).toEqual(values(7));
  expect(values(8)).not.toEqual(values(7));
});

test('a day of seconds looks like a frequency', () => {
  const grid = new Grid(7, 1);
  const values = Array.from({ length: 86_400 }, () => grid.next());
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  expect(Math.abs(mean - 50_000)).toBeLessThan(10);
  expect(spread).toBeGreaterThan(15);
  expect(spread).toBeLessThan(30);
});
