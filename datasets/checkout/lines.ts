/** Lines with fields: a JSON object each, or CSV whose first line names the columns. Pure. */

import type { DecodedRecord, DecodedRecords } from '../../domain/dataset/records.ts';
import { type Finding, finding } from '../../domain/interpret/finding.ts';
import { glanceJson, readJson, UnreadableJson } from '../../domain/values/exact-json.ts';
import type { Json } from '../../domain/values/json.ts';
import type { Fields } from './fields.ts';
import { isFields, type Names, UnreadableLine } from './names.ts';

export interface Line {
  /** Number, counted from 1. */
  readonly number: number;
  /** As sent; bytes that are not UTF-8 are shown as Latin-1. */
  readonly raw: string;
  readonly read: ReadLine;
}

export type ReadLine = { readonly fields: Fields } | { readonly fault: string };

const LONGEST = 65_536;
const LINE_FEED = 10;

/** Reads lines whose fields have these names. */
export class LineReader {
  readonly #names: Names;
  /** The columns of the header read last: all lines of a body share it. */
  #header: { readonly line: string; readonly columns: readonly string[] } | undefined;

  constructor(names: Names) {
    this.#names = names;
  }

  /** Whether a first line is a CSV header: one of its columns is the key. */
  isHeader(line: string): boolean {
    // Most bodies begin with a JSON object.
    return !line.startsWith('{') && line.includes(',') && this.#names.haveKey(this.#columnsOf(line));
  }

  /** The fields of one line. Does not throw. */
  read(line: string, header: string | undefined): ReadLine {
    try {
      const text = line.charCodeAt(0) === BYTE_ORDER_MARK ? line.slice(1) : line;
      return { fields: header === undefined ? this.#ofJson(text) : this.#ofCells(text, header) };
    } catch (error) {
      if (error instanceof UnreadableLine || error instanceof UnreadableJson) return { fault: error.message };
      throw error;
    }
  }

  /** The same without checking whether a line of JSON can be kept: a faster way to find its day. */
  glance(line: string, header: string | undefined): ReadLine {
    if (header !== undefined) return this.read(line, header);
    try {
      const value = JSON.parse(line) as Json;
      return isFields(value) ? { fields: this.#names.apply(value) } : { fault: 'is no JSON object' };
    } catch {
      return this.read(line, header);
    }
  }

  /** The fields of a line of JSON if a quick scan finds all of them; undefined otherwise. Does not throw. */
  readPlain(line: string): Fields | undefined {
    const value = line.length > LONGEST ? undefined : glanceJson(line);
    if (value === undefined || !isFields(value)) return undefined;
    try {
      return this.#names.apply(value);
    } catch (error) {
      if (error instanceof UnreadableLine || error instanceof UnreadableJson) return undefined;
      throw error;
    }
  }

  /** Every line with content. */
  readAll(body: Uint8Array): Line[] {
    const lines: Line[] = [];
    let header: string | undefined;
    for (const [i, { text, isText }] of textsOf(body).entries()) {
      if (text.trim() === '') continue;
      if (i === 0 && isText && this.isHeader(text)) header = text;
      else lines.push({ number: i + 1, raw: text, read: this.#readText(text, isText, header) });
    }
    return lines;
  }

  #readText(text: string, isText: boolean, header: string | undefined): ReadLine {
    if (!isText) return { fault: 'is no UTF-8' };
    if (text.length > LONGEST) return { fault: `has more than ${LONGEST} characters` };
    return this.read(text, header);
  }

  #ofJson(text: string): Fields {
    const value = readJson(text);
    if (isFields(value)) return this.#names.apply(value);
    throw new UnreadableLine('is no JSON object');
  }

  /** An empty cell is an absent field. */
  #ofCells(text: string, header: string): Fields {
    const columns = this.#columnsOf(header);
    const cells = cellsOf(text);
    if (!cells) throw new UnreadableLine('has quotes that do not fit: write " within a cell as ""');
    if (cells.length !== columns.length)
      throw new UnreadableLine(
        `has ${cells.length} cells where the first line names ${columns.length} columns`,
      );
    const twice = columns.find((name, i) => columns.indexOf(name) < i);
    if (twice !== undefined) throw new UnreadableLine(`has the column "${twice}" twice: send it once`);
    const named = columns.map((name, i) => [name, cells[i] ?? ''] as const);
    return this.#names.collect(named.filter(([, cell]) => cell !== ''));
  }

  #columnsOf(line: string): readonly string[] {
    if (this.#header?.line !== line) {
      const columns = (cellsOf(line) ?? []).map((cell) => this.#names.ofColumn(cell));
      this.#header = { line, columns };
    }
    return this.#header.columns;
  }
}

/** Where a line is, and its fields. */
export interface At {
  readonly place: string;
  readonly raw: string;
}

/** Every line of a body as a record or a finding. */
export function decodeLines(
  reader: LineReader,
  body: Uint8Array,
  toRecord: (fields: Fields, at: At) => DecodedRecord | Finding,
): DecodedRecords {
  const records: DecodedRecord[] = [];
  const findings: Finding[] = [];
  for (const { number, raw, read } of reader.readAll(body)) {
    const at = { place: `line ${number}`, raw };
    const made =
      'fields' in read
        ? toRecord(read.fields, at)
        : finding('unreadable_event', 'block', `the line ${read.fault}`, at);
    if ('rule' in made) findings.push(made);
    else records.push(made);
  }
  return { records, findings };
}

const BYTE_ORDER_MARK = 0xfeff;

/** The cells of a line of CSV (RFC 4180, but without line feeds within quotes); undefined when its quotes are unbalanced. */
export function cellsOf(line: string): string[] | undefined {
  const text = line.replace(/^\ufeff/, '').replace(/\r$/, '');
  if (!text.includes('"')) return text.split(',');
  const cells: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  for (let match = cell.exec(text); match; match = cell.exec(text)) {
    cells.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '') return cell.lastIndex === text.length ? cells : undefined;
  }
  return undefined;
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

interface Text {
  readonly text: string;
  readonly isText: boolean;
}

/** A body is decoded as a whole, and line by line where that fails, to find the invalid lines. */
function textsOf(body: Uint8Array): Text[] {
  const { text, isText } = textOf(body);
  if (isText) return text.split('\n').map((line) => ({ text: line, isText }));
  const texts: Text[] = [];
  for (let from = 0; from < body.length; ) {
    const end = body.indexOf(LINE_FEED, from);
    texts.push(textOf(body.subarray(from, end === -1 ? body.length : end)));
    from = end === -1 ? body.length : end + 1;
  }
  return texts;
}

function textOf(bytes: Uint8Array): Text {
  try {
    return { text: decoder.decode(bytes), isText: true };
  } catch {
    return { text: String.fromCharCode(...bytes.subarray(0, 500)), isText: false };
  }
}
