/** Lines as tests write them, and what the reader tells of them. */
import { expect } from 'vitest';
import { defineDataset } from '../../domain/dataset/dataset.ts';
import type { FiledPoints, PointFiles } from '../../domain/dataset/points.ts';
import type { FileForm } from '../../domain/files/file-form.ts';
import { suddenStep, validRange } from '../../domain/interpret/checks.ts';
import { type Line, LineReader, type LineSink } from '../../domain/lines/line-reader.ts';

export const FORM: FileForm = {
  delimiter: ';',
  decimal: '.',
  header: false,
  time: 'iso',
  zone: 'Europe/Zurich',
  timeColumn: 0,
  seriesColumn: null,
  values: [{ column: 1, series: 'frequency' }],
  nulls: [],
};

/** @param changes also of how its lines look. */
export function sampleFileDataset({
  onlySeries = 'frequency',
  form = {},
  ...changes
}: Partial<FiledPoints & PointFiles> = {}): FiledPoints {
  return defineDataset<FiledPoints>({
    shape: 'points',
    silence: 'keep',
    files: { onlySeries, form },
    id: 'sample.lines',
    source: { id: 'sample', title: 'Sample', link: 'https://localhost/', timeZone: 'Europe/Zurich' },
    title: 'Sample lines',
    description: 'Lines of a file.',
    unit: 'Hz',
    owner: 'nobody',
    licence: 'none',
    link: 'https://localhost/lines',
    access: 'open',
    retentionDays: null,
    firstDay: '2010-01-01',
    chunkDays: 7,
    decoderVersion: 1,
    finestSeconds: 1,
    checks: [validRange(45, 55, 'Hz'), suddenStep(0.1, 0, 'Hz', [45, 55])],
    seriesAttributes: () => ({}),
    ...changes,
  });
}

/** What became of a line: `2024-01-03T00:00:00Z frequency 50`, or `unreadable_time`, with its place. */
export interface ReadLine {
  readonly outcome: string;
  readonly line: number;
  readonly bytes: readonly [from: number, to: number];
  readonly raw: string;
}

export interface ReadOptions {
  readonly chunk?: number;
  readonly firstByte?: number;
  readonly firstLine?: number;
}

/** Hands bytes over in pieces, as a file is read, and keeps what became of each line. */
export function readLines(
  content: string | Uint8Array,
  form: FileForm = FORM,
  { chunk = 1 << 20, firstByte = 0, firstLine = 1 }: ReadOptions = {},
): ReadLine[] {
  const reader = new LineReader(form, { firstByte, firstLine });
  const lines: ReadLine[] = [];
  handOver(Buffer.from(content as Uint8Array), chunk, reader, teller(reader, lines));
  return lines;
}

export function handOver(bytes: Uint8Array, chunk: number, reader: LineReader, sink: LineSink): void {
  for (let at = 0, size = chunk; at < bytes.length; ) {
    const end = Math.min(at + size, bytes.length);
    const taken = reader.read(bytes.subarray(at, end), end === bytes.length, sink);
    // A line longer than the piece: pass on more at once.
    size = taken === 0 ? size + chunk : chunk;
    at += taken;
  }
}

function teller(reader: LineReader, lines: ReadLine[]): LineSink {
  const tell = (line: Line, outcome: string) =>
    lines.push({ outcome, line: line.number, bytes: [line.byteFrom, line.byteTo], raw: line.text() });
  return {
    point: (line, series, startsAtMs, value) =>
      tell(line, `${instant(startsAtMs)} ${reader.series[series]} ${Number.isNaN(value) ? 'null' : value}`),
    refused: (line, rule, reason, series, startsAtMs) => {
      const where = Number.isNaN(startsAtMs) ? '' : ` ${instant(startsAtMs)} ${reader.series[series]}`;
      tell(line, `${rule}${where}: ${reason}`);
    },
  };
}

export function instant(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

/** What became of each line, without the reasons. Both ways of reading have to agree. */
export function outcomesOf(content: string | Uint8Array, form: FileForm = FORM): string[] {
  const bytes = Buffer.from(content as Uint8Array);
  const [slow, fast] = [bytes, Buffer.concat([bytes, ROOM])].map((each) =>
    readLines(each, form).map((line) => line.outcome.replace(/: .*$/s, '')),
  );
  expect(fast).toEqual(slow);
  return slow as string[];
}

/** The last bytes of what is passed on are read the slow way; blank lines there leave the fast way to the lines before. */
const ROOM = Buffer.from(`\n${' '.repeat(80)}\n`);
