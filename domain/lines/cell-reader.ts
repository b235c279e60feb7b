/** Splits a line into cells: quotes, blanks, odd spellings, and the reasons why a line cannot be read. The slow path. */
import type { FileForm } from '../files/file-form.ts';
import type { FileRule } from '../interpret/rules.ts';
import { isDoubtful, readDecimal } from './decimal.ts';
import { isComment, splitLine, trimCell } from './split-line.ts';
import { readTime, type WallTime } from './time-text.ts';

/** The content of a line. */
export interface LineCells {
  readonly time: WallTime;
  /** The name in the line, if it has one. */
  readonly series: string | null;
  /** NaN: null; a text: why it is not a value. */
  readonly values: readonly (number | string)[];
}

/** Why a line is unusable. */
export interface LineFault {
  readonly rule: FileRule;
  readonly reason: string;
}

export class CellReader {
  readonly #form: FileForm;
  readonly #needed: number;
  readonly #text = new TextDecoder();

  constructor(form: FileForm) {
    this.#form = form;
    const columns = [form.timeColumn, form.seriesColumn ?? 0, ...form.values.map(({ column }) => column)];
    this.#needed = Math.max(...columns) + 1;
  }

  /** @returns null for lines without data: blank ones, comments, headers. */
  read(bytes: Uint8Array): LineCells | LineFault | null {
    const line = this.#text.decode(bytes).replace(/\r$/, '');
    if (line.trim() === '') return null;
    const cells = splitLine(line, this.#form.delimiter)?.map(trimCell);
    if (!cells) return { rule: 'unreadable_line', reason: 'a quote is not closed, or something follows it' };
    if (cells.every((cell) => cell === '')) return null;
    const fault = this.#columnsFault(cells);
    if (fault) return this.#isMissed(cells) ? { rule: 'unreadable_line', reason: fault } : null;
    const time = readTime(cells[this.#form.timeColumn] ?? '', this.#form.time);
    if (typeof time !== 'string') return { time, series: this.#series(cells), values: this.#values(cells) };
    return this.#isMissed(cells) ? { rule: 'unreadable_time', reason: time } : null;
  }

  /** Empty cells at the end do not count as columns. */
  #columnsFault(cells: readonly string[]): string | null {
    const { columns } = this.#form;
    let count = cells.length;
    while (columns !== undefined && count > columns && cells[count - 1] === '') count--;
    if (columns !== undefined && count !== columns) return `the line has ${count} columns, not ${columns}`;
    return count < this.#needed ? `the line has ${count} columns, at least ${this.#needed} are needed` : null;
  }

  #isMissed(cells: readonly string[]): boolean {
    return !isComment(cells[0] ?? '') && !this.#isHeader(cells);
  }

  /** Concatenated files have their header again in the middle. */
  #isHeader(cells: readonly string[]): boolean {
    const { header, timeColumn, values } = this.#form;
    const isWords = (cell: string | undefined) => cell !== undefined && /^\D+$/.test(cell);
    return (
      header &&
      isWords(cells[timeColumn]) &&
      values.every(({ column }) => typeof this.#value(cells[column]) === 'string')
    );
  }

  #series(cells: readonly string[]): string | null {
    const { seriesColumn } = this.#form;
    return seriesColumn === null ? null : (cells[seriesColumn] ?? '');
  }

  #values(cells: readonly string[]): (number | string)[] {
    return this.#form.values.map(({ column }) => this.#value(cells[column]));
  }

  #value(cell = ''): number | string {
    if (cell === '' || this.#form.nulls.includes(cell)) return Number.NaN;
    const { decimal, thousands } = this.#form;
    const value = readDecimal(cell, decimal, thousands);
    if (!Number.isNaN(value)) return value;
    const [name, other] = decimal === ',' ? ['comma', 'point'] : ['point', 'comma'];
    const hint = isDoubtful(cell, decimal) ? `; where a ${other} parts thousands, --thousands says so` : '';
    return `"${cell}" is not a number with a decimal ${name}${hint}`;
  }
}
