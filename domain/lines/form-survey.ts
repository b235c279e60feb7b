/**
 * Scans all lines of a file for what its first lines leave open: the decimal sign, the order of day and month. Cells that cannot add
 * anything are skipped byte by byte.
 */
import { type FileForm, headerLinesOf, type TimeForm } from '../files/file-form.ts';
import { NumberEvidence, TimeEvidence } from './evidence.ts';
import { LONGEST_LINE } from './line-reader.ts';
import { splitLine, trimCell } from './split-line.ts';

const [LF, QUOTE, COMMA, POINT, COLON] = [10, 34, 44, 46, 58];

export interface SurveyQuestions {
  /** If there are several, the choice is open. */
  readonly times: readonly TimeForm[];
  readonly isDecimalOpen: boolean;
}

export class FormSurvey {
  readonly numbers = new NumberEvidence();
  readonly times: TimeEvidence;
  readonly #form: FileForm;
  readonly #questions: SurveyQuestions;
  readonly #isValue: readonly boolean[];
  readonly #delimiter: number;
  /** The time column if its form is open, else none. */
  readonly #timeColumn: number;
  readonly #headerLines: number;
  readonly #text = new TextDecoder();
  #line = 0;
  /** The beginning of a line whose end has not arrived yet. */
  #rest: Uint8Array = new Uint8Array();
  /** The date and hour of the previous line, as text. */
  #date: Uint8Array = new Uint8Array();

  constructor(form: FileForm, questions: SurveyQuestions) {
    this.#form = form;
    this.#questions = questions;
    this.times = new TimeEvidence(questions.times);
    this.#delimiter = form.delimiter.charCodeAt(0);
    this.#timeColumn = questions.times.length > 1 ? form.timeColumn : -1;
    this.#headerLines = headerLinesOf(form);
    const columns = form.values.map(({ column }) => column);
    this.#isValue = Array.from({ length: Math.max(...columns) + 1 }, (_, i) => columns.includes(i));
  }

  /** Takes the bytes that follow the previous ones. */
  add(piece: Uint8Array): void {
    const bytes = this.#rest.length > 0 ? joined(this.#rest, piece) : piece;
    const end = bytes.lastIndexOf(LF) + 1;
    for (let at = 0; at < end; ) at = this.#see(bytes, at, bytes.indexOf(LF, at));
    // An endless line is not worth keeping.
    this.#rest = bytes.length - end > LONGEST_LINE ? new Uint8Array() : bytes.slice(end);
  }

  end(): void {
    if (this.#rest.length > 0) this.#see(this.#rest, 0, this.#rest.length);
  }

  /** @returns where the next line begins */
  #see(bytes: Uint8Array, from: number, end: number): number {
    this.#line++;
    if (this.#line > this.#headerLines) this.#seeCells(bytes, from, end);
    return end + 1;
  }

  #seeCells(bytes: Uint8Array, from: number, end: number): void {
    const delimiter = this.#delimiter;
    let [column, begin, hasSign] = [0, from, false];
    for (let at = from; at <= end; at++) {
      const byte = at === end ? delimiter : (bytes[at] as number);
      if (byte === delimiter) {
        if (hasSign || column === this.#timeColumn) this.#seeCell(bytes, begin, at, column);
        column++;
        begin = at + 1;
        hasSign = false;
      } else if (byte === QUOTE) {
        this.#seeQuoted(bytes, from, end);
        return;
      } else if (byte === COMMA || byte === POINT) hasSign ||= this.#isNew(byte);
    }
  }

  #isNew(byte: number): boolean {
    return this.#questions.isDecimalOpen && this.numbers.isOpen(byte === COMMA ? ',' : '.');
  }

  #seeCell(bytes: Uint8Array, from: number, to: number, column: number): void {
    if (this.#isValue[column]) this.numbers.see(this.#cell(bytes, from, to), this.#line);
    else if (column === this.#timeColumn) this.#seeTime(bytes, from, to);
  }

  /** Repeated dates and hours are examined once. */
  #seeTime(bytes: Uint8Array, from: number, to: number): void {
    const date = this.#date;
    let same = 0;
    while (same < date.length && bytes[from + same] === date[same]) same++;
    if (same === date.length && same > 0 && bytes[from + same] === COLON) return;
    const colon = bytes.indexOf(COLON, from);
    this.#date = bytes.slice(from, colon > from && colon < to ? colon : from);
    this.times.see(this.#cell(bytes, from, to), this.#line);
  }

  #seeQuoted(bytes: Uint8Array, from: number, end: number): void {
    const line = this.#text.decode(bytes.subarray(from, end)).replace(/\r$/, '');
    const cells = splitLine(line, this.#form.delimiter)?.map(trimCell) ?? [];
    if (this.#timeColumn >= 0) this.times.see(cells[this.#timeColumn] ?? '', this.#line);
    if (!this.#questions.isDecimalOpen) return;
    for (const { column } of this.#form.values) this.numbers.see(cells[column] ?? '', this.#line);
  }

  #cell(bytes: Uint8Array, from: number, to: number): string {
    return trimCell(this.#text.decode(bytes.subarray(from, to)).replace(/\r$/, ''));
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
