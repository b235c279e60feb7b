/**
 * `npm run bench:lines`: lines a second of one thread: reading, reading and collecting into judged days, and the bytes that tell
 * whether a day says the same again; as ratios to a bare search for ends of lines. In seconds of processor time.
 */
import frequency from '../datasets/swissgrid/frequency.ts';
import { canonicalOf } from '../domain/lines/canonical.ts';
import { DayCollector } from '../domain/lines/day-collector.ts';
import type { DayRead } from '../domain/lines/day-read.ts';
import { formOf } from '../domain/lines/form-finder.ts';
import { LineReader, type LineSink } from '../domain/lines/line-reader.ts';
import { addDays } from '../domain/time/civil-day.ts';
import { Grid } from '../scripts/frequency/grid.ts';
import { LineWriter, type WriterForm } from '../scripts/frequency/line-writer.ts';
import { median } from './median.ts';

const ROUNDS = 5;
const DAYS = 14;
const FIRST = '2024-01-03';
const PIECE = 1 << 20;
const FORMS: Readonly<Record<string, WriterForm>> = {
  '2024-01-03T00:00:01+01:00;50.012': { time: 'zoned', delimiter: ';', decimal: '.', header: false },
  '2024-01-03 00:00:01,50.012': { time: 'local', delimiter: ',', decimal: '.', header: false },
  '03.01.2024 00:00:01;50,012': { time: 'day-first', delimiter: ';', decimal: ',', header: true },
  '1704236401,50.012': { time: 'epoch', delimiter: ',', decimal: '.', header: false },
};

const NOBODY: LineSink = { point: () => {}, refused: () => {} };

for (const [example, how] of Object.entries(FORMS)) measure(example, fileOf(how));
measure('"2024-01-03 00:00:01","50.012"', quoted());
measure('Mi. 03.01.24 00:00:01;50,012', withWeekdays());

function measure(example: string, file: Buffer): void {
  const lines = countEnds(file);
  const form = formOf(file.subarray(0, 1 << 16), frequency);
  let days: DayRead[] = [];
  const read = (sinkOf: (reader: LineReader) => LineSink) => {
    const reader = new LineReader(form, { firstByte: 0, firstLine: 1 });
    const sink = sinkOf(reader);
    for (let at = 0; at < file.length; ) {
      const end = Math.min(at + PIECE, file.length);
      at += reader.read(file.subarray(at, end), end === file.length, sink);
    }
    if (sink instanceof DayCollector) days = sink.finish();
  };
  const range = { first: FIRST, last: addDays(FIRST, DAYS - 1) };
  const bare = rate(lines, () => countEnds(file));
  const rates = {
    read: rate(lines, () => read(() => NOBODY)),
    'read and collect': rate(lines, () =>
      read((reader) => new DayCollector(frequency, reader.series, range)),
    ),
    canonical: rate(lines, () => days.forEach(canonicalOf)),
  };
  console.log(`${example}: ${lines} lines, ends alone ${millions(bare)}`);
  for (const [what, each] of Object.entries(rates))
    console.log(`  ${what.padEnd(18)}${millions(each)}, ${(each / bare).toFixed(2)} of that`);
}

function rate(lines: number, work: () => void): number {
  work();
  const seconds = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  });
  return lines / median(seconds);
}

function countEnds(file: Uint8Array): number {
  let ends = 0;
  for (let at = 0; at < file.length; at++) if (file[at] === 10) ends++;
  return ends;
}

function fileOf(how: WriterForm): Buffer {
  const writer = new LineWriter(how, { names: [], isWide: false, zone: 'Europe/Zurich' });
  const grids = [new Grid(7, 1)];
  const rows = DAYS * 86_400;
  const file = Buffer.allocUnsafe(rows * writer.longestRow);
  let used = writer.header(file);
  const startMs = Date.parse(`${FIRST}T00:00:00+01:00`);
  for (let row = 0; row < rows; row++) used = writer.row(file, used, startMs + row * 1000, grids);
  return file.subarray(0, used);
}

function quoted(): Buffer {
  const plain = fileOf({ time: 'local', delimiter: ',', decimal: '.', header: false }).toString('latin1');
  return Buffer.from(
    plain.replaceAll(',', '","').replaceAll('\n', '"\n"').slice(0, -1).replace(/^/, '"'),
    'latin1',
  );
}

function withWeekdays(): Buffer {
  const names = ['So.', 'Mo.', 'Di.', 'Mi.', 'Do.', 'Fr.', 'Sa.'];
  const plain = fileOf({ time: 'day-first', delimiter: ';', decimal: ',', header: true }).toString('latin1');
  const named = plain.replace(/^(\d\d)\.(\d\d)\.20(\d\d)/gm, (date, day, month, year) => {
    const weekday = new Date(Date.UTC(2000 + Number(year), Number(month) - 1, Number(day))).getUTCDay();
    return `${names[weekday]} ${date.slice(0, 6)}${year}`;
  });
  return Buffer.from(named, 'latin1');
}

function millions(perSecond: number): string {
  return `${(perSecond / 1e6).toFixed(1)} M/s`;
}
