/**
 * A recorded body as the text that it is: its cells and rows with their places, read without the dataset's decoder, so that cells can be
 * changed and the reading be held against them. JSON, XML and delimited text; other bodies have no cells.
 */
import { isZip, zipMembers, zipOf } from '../../decode/zip.ts';
import { delimitedRows } from './raw-delimited.ts';
import { jsonRows } from './raw-json.ts';
import { xmlRows } from './raw-xml.ts';

/** A text between tags, quotes or delimiters. */
export interface RawCell {
  /** The name of its column, field or element; of a list in a list its position. */
  readonly column: string;
  /** Without quotes. */
  readonly text: string;
  /** Where it is in the body's text, with quotes. */
  readonly at: number;
  readonly length: number;
}

/** A line, an object of a list, or an element with siblings of its name. */
export interface RawRow {
  readonly at: number;
  readonly length: number;
  readonly cells: readonly RawCell[];
}

export interface RawText {
  readonly rows: readonly RawRow[];
  /** Cells outside of rows: the envelope. */
  readonly beside: readonly RawCell[];
  /** Stands between two rows. */
  readonly between: string;
  /** Stands in place of a number that is not there. */
  readonly nothing: string;
}

export interface RawBody extends RawText {
  readonly text: string;
  /** The same body with another text. */
  with(text: string): Uint8Array;
}

/** @returns undefined for a body that is none of these forms */
export function rawBody(content: Uint8Array): RawBody | undefined {
  if (isZip(content)) return rawMember(content);
  const { text, encoding } = textOf(content);
  const found = readText(text);
  return found && { ...found, text, with: (other) => Buffer.from(other, encoding) };
}

function readText(text: string): RawText | undefined {
  const start = text.trimStart()[0];
  if (start === '{' || start === '[') return jsonRows(text);
  return start === '<' ? xmlRows(text) : delimitedRows(text);
}

/** The first member: the others stay as they are. */
function rawMember(content: Uint8Array): RawBody | undefined {
  const [first, ...others] = zipMembers(content);
  const raw = first && rawBody(first.body);
  return first && raw && { ...raw, with: (text) => zipOf([{ ...first, body: raw.with(text) }, ...others]) };
}

function textOf(content: Uint8Array): { text: string; encoding: 'utf8' | 'latin1' } {
  try {
    return {
      text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content),
      encoding: 'utf8',
    };
  } catch {
    return { text: Buffer.from(content).toString('latin1'), encoding: 'latin1' };
  }
}

/** The body with one cell replaced. @param text as it stands in the body, with quotes where it has some */
export function withCell(body: RawBody, { at, length }: RawCell, text: string): Uint8Array {
  return body.with(body.text.slice(0, at) + text + body.text.slice(at + length));
}

/** The same cell with another content, in the quotes that it has. */
export function withText(body: RawBody, cell: RawCell, text: string): Uint8Array {
  const whole = body.text.slice(cell.at, cell.at + cell.length);
  return withCell(
    body,
    cell,
    whole.replace(cell.text, () => text),
  );
}

/** The body without a row. */
export function withoutRow({ rows, between, text, with: withOther }: RawBody, row: RawRow): Uint8Array {
  const end = row.at + row.length;
  const next = rows.find(({ at }) => at >= end && text.slice(end, at).trim() === between.trim());
  if (next) return withOther(text.slice(0, row.at) + text.slice(next.at));
  const before = text.slice(0, row.at).trimEnd();
  const sep = between.trim();
  const kept = sep !== '' && before.endsWith(sep) ? before.slice(0, -sep.length) : text.slice(0, row.at);
  return withOther(kept + text.slice(end));
}

/** The body with a row that comes a second time, with a cell of it replaced. */
export function withRowAgain(body: RawBody, row: RawRow, cell: RawCell, other: string): Uint8Array {
  const { text, between } = body;
  const whole = text.slice(row.at, row.at + row.length);
  const from = cell.at - row.at;
  const changed = whole.slice(0, from) + other + whole.slice(from + cell.length);
  const end = row.at + row.length;
  return body.with(text.slice(0, end) + between + changed + text.slice(end));
}

/** The body with its rows the other way round, where they follow each other. */
export function withRowsReversed({ text, rows, with: withOther }: RawBody): Uint8Array {
  let other = '';
  let end = 0;
  for (const [i, { at, length }] of rows.entries()) {
    const opposite = rows[rows.length - 1 - i] as RawRow;
    other += text.slice(end, at) + text.slice(opposite.at, opposite.at + opposite.length);
    end = at + length;
  }
  return withOther(other + text.slice(end));
}

const NUMBER = /^[+-]?\d+(?:[.,]\d+)?$/;

/** A number as text, whatever the sign of its decimals. */
export function isNumber({ text }: RawCell): boolean {
  return NUMBER.test(text.trim());
}

/** The number with another last digit: `41.5` becomes `41.6`. */
export function otherNumber(text: string): string {
  return text.replace(/\d(?=\D*$)/, (digit) => String((Number(digit) + 1) % 10));
}
