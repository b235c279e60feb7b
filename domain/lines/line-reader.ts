/**
 * Lines of a file to points. Lines of the usual form are split byte by byte (LineScanner), all others cell by cell (readCells); both give
 * the same result for a line. Keeps no state between lines except what distinguishes the two hours of an autumn night.
 */
import { type FileForm, headerLinesOf, isWallClock } from '../files/file-form.ts';
import type { FileRule } from '../interpret/rules.ts';
import { aboutWhen } from './about-when.ts';
import { CellReader, type LineCells } from './cell-reader.ts';
import { LineScanner } from './line-scanner.ts';
import { MOST_SERIES, SeriesIndex } from './series-index.ts';
import { unquote } from './split-line.ts';
import { TimeScanner } from './time-scanner.ts';
import { WallClock } from './wall-clock.ts';

/** A longer line has lost its line end. */
export const LONGEST_LINE = 1 << 20;
/** A longer one with quotes takes the slow path. */
const LONGEST_QUOTED = 4_000;
/** How much of a line is kept for findings. */
const RAW_LENGTH = 500;
const LF = 10;
const HOUR_MS = 3_600_000;

/** The line being reported. */
export interface Line {
  /** Its position in the file, half-open, including its line end. */
  readonly byteFrom: number;
  readonly byteTo: number;
  /** Counted from 1. */
  readonly number: number;
  /** As it is in the file, shortened to 500 characters. */
  text(): string;
}

/** Receives the lines, in file order. */
export interface LineSink {
  /** @param value NaN: a published null */
  point(line: Line, series: number, startsAtMs: number, value: number): void;
  /**
   * @param series -1 when it has no readable series
   * @param startsAtMs NaN when the line has no readable instant
   * @param aboutMs an instant of the line's day; NaN when that cannot be read either
   */
  refused(
    line: Line,
    rule: FileRule,
    reason: string,
    series: number,
    startsAtMs: number,
    aboutMs: number,
  ): void;
}

export class LineReader implements Line {
  byteFrom = 0;
  byteTo = 0;
  number: number;
  /** Names of the series by their number in points. Grows. */
  readonly series: readonly string[];
  readonly #form: FileForm;
  readonly #index = new SeriesIndex();
  readonly #clock: WallClock;
  readonly #isLocal: boolean;
  readonly #headerLines: number;
  readonly #isNamed: boolean;
  readonly #scanner: LineScanner;
  readonly #delimiter: number;
  /** A line without its quotes, padded for look-ahead, and its reader. */
  readonly #unquoted = new Uint8Array(LONGEST_QUOTED + 100);
  readonly #unquotedScanner: LineScanner;
  readonly #cells: CellReader;
  /** Series by column of values. */
  readonly #columns: readonly number[];
  /** File offset of the first byte not taken yet. */
  #byte: number;
  /** A line that is too long and has not ended yet. */
  #endless: { readonly byteFrom: number; readonly head: Uint8Array } | undefined;
  /** The bytes being read, and their file offset. */
  #bytes: Uint8Array = new Uint8Array();
  #base = 0;

  /** @param at the file offset of the first bytes */
  constructor(form: FileForm, at: { readonly firstByte: number; readonly firstLine: number }) {
    this.#form = form;
    this.series = this.#index.names;
    this.#byte = at.firstByte;
    this.number = at.firstLine - 1;
    this.#clock = new WallClock(form.zone);
    this.#isLocal = isWallClock(form.time);
    this.#headerLines = headerLinesOf(form);
    this.#isNamed = form.seriesColumn !== null;
    const columns = this.#isNamed ? [] : form.values;
    this.#columns = columns.map(({ series }) => this.#index.numberOf(series));
    const scanner = () => new LineScanner(form, new TimeScanner(form.time, this.#clock), this.#index);
    this.#scanner = scanner();
    this.#unquotedScanner = scanner();
    this.#unquotedScanner.begin(this.#unquoted);
    this.#delimiter = form.delimiter.charCodeAt(0);
    this.#cells = new CellReader(form);
  }

  /**
   * Reads whole lines and reports them to the sink.
   * @param bytes those after the bytes taken so far, starting with what the last call left
   * @param isLast whether the file, or the part of it that is read, ends with these bytes
   * @returns how many bytes were taken
   */
  read(bytes: Uint8Array, isLast: boolean, sink: LineSink): number {
    this.#bytes = bytes;
    this.#base = this.#byte;
    this.#scanner.begin(bytes);
    const end = bytes.lastIndexOf(LF) + 1;
    let at = this.#endless && end > 0 ? this.#endEndless(bytes.indexOf(LF) + 1, sink) : this.#afterMark();
    while (at < end) at = this.#line(at, sink);
    if (at < bytes.length && this.#isEndless(at)) at = bytes.length;
    if (isLast && this.#endless) at = this.#endEndless(at, sink);
    if (isLast && at < bytes.length) at = this.#slowLine(at, bytes.length, bytes.length, sink);
    this.#byte = this.#base + at;
    return at;
  }

  text(): string {
    const from = this.byteFrom - this.#base;
    const to = Math.min(this.byteTo - this.#base, from + 4 * RAW_LENGTH);
    const bytes = this.#endless?.head ?? this.#bytes.subarray(from, to);
    const line = new TextDecoder().decode(bytes).replace(/[\r\n]+$/, '');
    return line.slice(0, RAW_LENGTH);
  }

  /** A byte order mark at the start of the file is not part of the first line. */
  #afterMark(): number {
    const [first, second, third] = this.#bytes;
    return this.#byte === 0 && first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0;
  }

  #line(from: number, sink: LineSink): number {
    const isHeader = this.number < this.#headerLines;
    const next = isHeader ? -1 : this.#scanner.scan(from);
    if (next >= 0 && next - from <= LONGEST_LINE) return this.#tell(from, next, this.#scanner, sink);
    const end = this.#bytes.indexOf(LF, from);
    if (!isHeader && this.#isQuoted(from, end)) return this.#tell(from, end + 1, this.#unquotedScanner, sink);
    return this.#slowLine(from, end, end + 1, sink);
  }

  #isQuoted(from: number, end: number): boolean {
    if (end - from > LONGEST_QUOTED) return false;
    const length = unquote(this.#bytes, from, end, this.#delimiter, this.#unquoted);
    return length > 0 && this.#unquotedScanner.scan(0) === length;
  }

  #tell(from: number, next: number, { time, values, series }: LineScanner, sink: LineSink): number {
    this.#moveTo(from, next);
    const named = this.#isNamed;
    const first = named ? series.found : (this.#columns[0] as number);
    const startsAtMs = this.#instant(first, time.wallMs, time.offsetMs);
    if (Number.isNaN(startsAtMs)) this.#refuseSkipped(first, sink);
    else if (named || values.length === 1) sink.point(this, first, startsAtMs, values[0] as number);
    else this.#tellColumns(values, startsAtMs, sink);
    return next;
  }

  #moveTo(from: number, next: number): void {
    this.number++;
    this.byteFrom = this.#base + from;
    this.byteTo = this.#base + next;
  }

  #tellColumns(values: Float64Array, startsAtMs: number, sink: LineSink): void {
    for (let column = 0; column < values.length; column++)
      sink.point(this, this.#columns[column] as number, startsAtMs, values[column] as number);
  }

  #instant(series: number, wallMs: number, offsetMs: number): number {
    if (!this.#isLocal) return wallMs - offsetMs;
    if (Number.isNaN(offsetMs)) return this.#clock.resolve(series, wallMs);
    this.#clock.pass(series, wallMs);
    return wallMs - offsetMs;
  }

  #slowLine(from: number, end: number, next: number, sink: LineSink): number {
    this.#moveTo(from, next);
    if (end - from > LONGEST_LINE) this.#refuseLong(sink);
    else if (this.number > this.#headerLines) this.#tellCells(this.#bytes.subarray(from, end), sink);
    return next;
  }

  #tellCells(bytes: Uint8Array, sink: LineSink): void {
    const read = this.#cells.read(bytes);
    if (read === null) return;
    if ('rule' in read) this.#refuse(read.rule, read.reason, -1, sink);
    else this.#tellRead(read, sink);
  }

  #tellRead({ time: { wallMs, offsetMs }, series, values }: LineCells, sink: LineSink): void {
    const named = series === null ? null : this.#index.numberOf(series);
    if (named === -1) {
      const reason = `${JSON.stringify(series)} is no name of a series, or beyond the ${MOST_SERIES} that are kept apart`;
      this.#refuse('unreadable_series', reason, -1, sink);
      return;
    }
    const first = named ?? (this.#columns[0] as number);
    const hourMs = Math.floor(wallMs / HOUR_MS) * HOUR_MS;
    const startsAtMs = this.#instant(first, wallMs, offsetMs ?? this.#clock.offsetOfHour(hourMs));
    if (Number.isNaN(startsAtMs)) this.#refuseSkipped(first, sink);
    else this.#tellValues(values, named, startsAtMs, sink);
  }

  #tellValues(values: LineCells['values'], named: number | null, startsAtMs: number, sink: LineSink): void {
    values.forEach((value, column) => {
      const series = named ?? (this.#columns[column] as number);
      if (typeof value === 'number') sink.point(this, series, startsAtMs, value);
      else sink.refused(this, 'unreadable_value', value, series, startsAtMs, startsAtMs);
    });
  }

  #refuseSkipped(series: number, sink: LineSink): void {
    const reason = `the clocks of ${this.#form.zone} skip this time`;
    this.#refuse('unreadable_time', reason, series, sink);
  }

  #refuseLong(sink: LineSink): void {
    this.#refuse('unreadable_line', `the line is longer than ${LONGEST_LINE} bytes`, -1, sink);
  }

  /** Refuses a line without an instant; its series may still be readable. */
  #refuse(rule: FileRule, reason: string, series: number, sink: LineSink): void {
    const aboutMs = aboutWhen(this.text(), this.#form, this.#clock);
    sink.refused(this, rule, reason, series, Number.NaN, aboutMs);
  }

  /** Consumes an overlong line as it arrives, so that it need not be buffered. */
  #isEndless(at: number): boolean {
    if (!this.#endless && this.#bytes.length - at <= LONGEST_LINE) return false;
    this.#endless ??= { byteFrom: this.#base + at, head: this.#bytes.slice(at, at + 4 * RAW_LENGTH) };
    return true;
  }

  #endEndless(next: number, sink: LineSink): number {
    this.#moveTo((this.#endless?.byteFrom ?? 0) - this.#base, next);
    this.#refuseLong(sink);
    this.#endless = undefined;
    return next;
  }
}
