/** Events as lines: a JSON object each, or CSV whose first line names the fields. Pure. */
import type { Json } from '../../domain/json.ts';
import type { Fields } from './read-event.ts';

export interface Line {
  /** Number, counted from 1. */
  readonly number: number;
  /** As it stands there; bytes that are no UTF-8 are shown as Latin-1. */
  readonly raw: string;
  /** Undefined when it cannot be read. */
  readonly fields: Fields | undefined;
}

const LONGEST = 64 * 1024;
const LINE_FEED = 10;

/** Every line that says something. */
export function readLines(body: Uint8Array): Line[] {
  const lines: Line[] = [];
  let header: readonly string[] | undefined;
  for (let from = 0, number = 1; from < body.length; number += 1) {
    const end = body.indexOf(LINE_FEED, from);
    const bytes = body.subarray(from, end === -1 ? body.length : end);
    from = end === -1 ? body.length : end + 1;
    const { text, isText } = textOf(bytes);
    if (text.trim() === '') continue;
    if (number === 1 && isText && isHeader(text)) {
      header = cellsOf(text) ?? [];
      continue;
    }
    const isReadable = isText && bytes.length <= LONGEST;
    lines.push({ number, raw: text, fields: isReadable ? fieldsOf(text, header) : undefined });
  }
  return lines;
}

/** Whether a first line names the columns of CSV. */
export function isHeader(line: string): boolean {
  return /^\ufeff?"?[a-z_]+"?,/.test(line);
}

/** The fields of one line; undefined when it cannot be read. */
export function fieldsOf(line: string, header: readonly string[] | undefined): Fields | undefined {
  if (header) return fieldsOfCells(cellsOf(line), header);
  try {
    const value = JSON.parse(line) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Fields)
      : undefined;
  } catch {
    return undefined;
  }
}

/** What is a number in an event; other columns of CSV are texts. */
const NUMBERS = new Set(['version', 'price', 'total']);

function fieldsOfCells(cells: readonly string[] | undefined, header: readonly string[]): Fields | undefined {
  if (cells?.length !== header.length) return undefined;
  const named = header.map((name, i): [string, string] => [name, cells[i] ?? '']);
  return Object.fromEntries(
    named.flatMap(([name, cell]) => (cell === '' ? [] : [[name, valueOfCell(name, cell)]])),
  );
}

function valueOfCell(name: string, cell: string): Json {
  if (name === 'deleted') return cell === 'true';
  return NUMBERS.has(name) && /^-?\d+(\.\d+)?$/.test(cell) ? Number(cell) : cell;
}

/** The cells of a line of CSV (RFC 4180, but for line feeds within quotes); undefined when its quotes do not fit. */
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

const decoder = new TextDecoder('utf-8', { fatal: true });

function textOf(bytes: Uint8Array): { text: string; isText: boolean } {
  try {
    return { text: decoder.decode(bytes), isText: true };
  } catch {
    return { text: String.fromCharCode(...bytes.subarray(0, 500)), isText: false };
  }
}
