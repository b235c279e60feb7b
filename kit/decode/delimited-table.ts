/**
 * Tables as delimited text, by RFC 4180. A response is small compared with a loaded file, so a library reads it, with quotes and line
 * breaks in cells; files of millions of lines are read byte by byte (domain/lines). Pure.
 */
import { CsvError, parse } from 'csv-parse/sync';
import type { Decoded } from '../../domain/dataset/points.ts';
import { readDecimal } from '../../domain/lines/decimal.ts';
import type { About, ExamplePoint, TableDecoder } from './decoder.ts';
import { pointsOfRows, type Row, type Rows, shape, show, type TableForm } from './points-of-rows.ts';
import { namesOf, rowsOfPoints } from './rows-of-points.ts';
import { textOf } from './text-of.ts';

export type DelimitedForm = TableForm & {
  /** @default , */
  readonly delimiter?: ',' | ';' | '\t' | '|';
  /** @default . */
  readonly decimal?: '.' | ',';
  /** The thousands separator, if it is a point or a comma. */
  readonly thousands?: '.' | ',';
  /** The names of the columns; @default those in the first line that is read */
  readonly names?: readonly string[];
  /** How many lines to skip at the top: titles, remarks. @default 0 */
  readonly linesAbove?: number;
  /** Texts that mean a published null, besides an empty cell. */
  readonly nulls?: readonly string[];
  /** A label of the WHATWG Encoding Standard. @default utf-8 */
  readonly encoding?: string;
};

/** A decoder of such a table. */
export function delimitedTable(form: DelimitedForm): TableDecoder {
  return Object.assign((body: Uint8Array, about: About): Decoded => decode(body, form, about), {
    encode: (points: readonly ExamplePoint[], about: About) => encode(points, form, about),
    names: (count: number) => namesOf(form, count),
  });
}

function decode(body: Uint8Array, form: DelimitedForm, about: About): Decoded {
  const { rows: list, lines } = delimitedRows(body, form);
  const { decimal = '.', thousands, nulls = [] } = form;
  const rows: Rows = {
    rows: list,
    placeOf: (index) => `line ${lines[index]}`,
    cellPlace: (index, column) => `line ${lines[index]} ${column}`,
    numberOf: (cell) => {
      const text = typeof cell === 'string' ? cell.trim() : '';
      if (text === '' || nulls.includes(text)) return cell === undefined ? undefined : null;
      const value = readDecimal(text, decimal, thousands);
      return Number.isNaN(value) ? undefined : value;
    },
    rawOf: (index, column) => show(list[index]?.[column]),
  };
  return pointsOfRows(rows, form, about);
}

/** A line of the text as a list of cells, and where it ends. */
interface Read {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

/**
 * Rows by the names of their columns, and the line of each.
 * @throws AnswerRefused `not_utf8`, or `shape` where a quote stays open or a line has the wrong number of cells
 */
export function delimitedRows(
  body: Uint8Array,
  { delimiter = ',', names, linesAbove = 0, encoding }: DelimitedForm,
): { readonly rows: readonly Row[]; readonly lines: readonly number[] } {
  const text = textOf(body, encoding);
  const [head, ...others] = readAll(text, delimiter, linesAbove);
  const data = names && head ? [head, ...others] : others;
  const columns = (names ?? head?.record ?? []).map((name) => name.trim());
  const twice = columns.find((name, i) => columns.indexOf(name) < i);
  if (twice !== undefined) throw shape(`the column "${twice}" is there twice`, columns);
  const rows = data.map(({ record, info }) => {
    if (record.length === columns.length) return rowOf(columns, record);
    throw shape(
      `line ${info.lines} has ${record.length} cells, the table has ${columns.length} columns`,
      record,
    );
  });
  return { rows, lines: data.map(({ info }) => info.lines) };
}

function readAll(text: string, delimiter: string, linesAbove: number): Read[] {
  try {
    const options = {
      delimiter,
      from_line: linesAbove + 1,
      bom: true,
      info: true,
      skip_empty_lines: true,
      relax_column_count: true,
    };
    return parse(text, options) as unknown as Read[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw shape(`the answer is not delimited text: ${error.message}`, text.slice(0, 100));
  }
}

/** Without a prototype: a column may have any name. */
function rowOf(columns: readonly string[], cells: readonly string[]): Row {
  const row: Record<string, unknown> = Object.create(null);
  for (const [i, name] of columns.entries()) row[name] = cells[i];
  return row;
}

function encode(points: readonly ExamplePoint[], form: DelimitedForm, about: About): Uint8Array {
  const { delimiter = ',', decimal = '.', linesAbove = 0, names } = form;
  const cellOf = (value: number | null) => (value === null ? '' : String(value).replace('.', decimal));
  const rows = rowsOfPoints(points, form, about, cellOf);
  const columns = names ?? [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const lines = [...(names ? [] : [columns]), ...rows.map((row) => columns.map((name) => row[name] ?? ''))];
  const text = lines.map((cells) => cells.map((cell) => quoted(String(cell), delimiter)).join(delimiter));
  const above = Array.from({ length: linesAbove }, () => '#');
  return new TextEncoder().encode([...above, ...text, ''].join('\n'));
}

function quoted(cell: string, delimiter: string): string {
  return cell.includes(delimiter) || /["\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
