/** The first and the last points of a file, with their lines. */
import type { FileHandle } from 'node:fs/promises';
import type { FileForm } from '../../domain/files/file-form.ts';
import type { FileRange } from '../../domain/files/load.ts';
import { type Line, LineReader, type LineSink } from '../../domain/lines/line-reader.ts';

/** A point, and the line that has it. */
export interface EndRow {
  /** Counted from 1. */
  readonly line: number;
  readonly text: string;
  /** ISO, UTC. */
  readonly startsAt: string;
  readonly series: string;
  /** Null where the line has none. */
  readonly value: number | null;
}

export interface EndRows {
  readonly first: readonly EndRow[];
  readonly last: readonly EndRow[];
}

const ROWS = 3;

export async function endRowsOf(
  handle: FileHandle,
  form: FileForm,
  ranges: readonly FileRange[],
): Promise<EndRows> {
  const [begin, end] = [ranges.at(0), ranges.at(-1)];
  if (!begin || !end) return { first: [], last: [] };
  const first = await rowsOf(handle, form, begin);
  return { first: first.first, last: begin === end ? first.last : (await rowsOf(handle, form, end)).last };
}

async function rowsOf(handle: FileHandle, form: FileForm, range: FileRange): Promise<EndRows> {
  const { byteFrom, byteTo, firstLine } = range;
  const bytes = Buffer.allocUnsafe(byteTo - byteFrom);
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, byteFrom);
  const reader = new LineReader(form, { firstByte: byteFrom, firstLine });
  const ends = new Ends();
  for (let taken = 0; taken < bytesRead; ) taken += reader.read(bytes.subarray(taken, bytesRead), true, ends);
  const textOf = ({ from, to }: LinePoint) =>
    bytes
      .toString('utf8', from - byteFrom, to - byteFrom)
      .replace(/[\r\n]+$/, '')
      .slice(0, 200);
  const rowOf = (point: LinePoint) => ({
    ...{ line: point.line, text: textOf(point), startsAt: new Date(point.startsAtMs).toISOString() },
    series: reader.series[point.series] ?? '',
    value: Number.isNaN(point.value) ? null : point.value,
  });
  return { first: ends.first.map(rowOf), last: ends.last().map(rowOf) };
}

interface LinePoint {
  readonly line: number;
  readonly from: number;
  readonly to: number;
  readonly startsAtMs: number;
  readonly series: number;
  readonly value: number;
}

class Ends implements LineSink {
  readonly first: LinePoint[] = [];
  #last: LinePoint[] = [];

  point(
    { number: line, byteFrom: from, byteTo: to }: Line,
    series: number,
    startsAtMs: number,
    value: number,
  ) {
    const point = { line, from, to, startsAtMs, series, value };
    if (this.first.length < ROWS) this.first.push(point);
    this.#last.push(point);
    if (this.#last.length > 100 * ROWS) this.#last = this.last();
  }

  refused(): void {}

  last(): LinePoint[] {
    return this.#last.slice(-ROWS);
  }
}
