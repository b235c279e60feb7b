/** The first lines of a file, split into cells. */
import type { FileForm } from '../files/file-form.ts';
import { Failure } from '../workflow/failures.ts';
import { readDecimal } from './decimal.ts';
import { refusal } from './refusal.ts';
import { isComment, splitLine, trimCell } from './split-line.ts';

export interface Row {
  /** Number of the line in the file, counted from 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

export interface Table {
  readonly delimiter: FileForm['delimiter'];
  /** Lines with content, including comments with as many columns. */
  readonly rows: readonly Row[];
  /** How many columns most lines have, not counting those at the end that are always empty. */
  readonly columns: number;
  readonly nulls: readonly string[];
  /** The first line as it is in the file. */
  readonly first: string;
}

const DELIMITERS = [';', '\t', '|', ','] as const;
/** What publishers write for a missing value. */
const NULLS = ['null', 'NULL', 'NaN', 'nan', 'NA', 'N/A', 'n/a', '-'];
/** How many lines are used to detect the form of a file. */
const SAMPLED_LINES = 500;

interface TextLine {
  readonly line: number;
  readonly text: string;
}

/** The lines split by the stated delimiter, or by the first that gives equal columns. @throws Failure BAD_INPUT */
export function tableOf(head: string, known: Partial<FileForm>): Table {
  const { first, lines } = linesOf(head);
  const nulls = known.nulls ?? NULLS;
  const candidates = known.delimiter ? [known.delimiter] : DELIMITERS;
  const tables = candidates.map((delimiter) => ({ delimiter, nulls, first, ...split(lines, delimiter) }));
  const found = tables.find(({ columns, share }) => columns > 1 && share > 0.5);
  if (found) return { ...found, columns: found.columns - emptyAtEnd(found.rows, found.columns) };
  const what = known.delimiter
    ? `the delimiter ${JSON.stringify(known.delimiter)} makes no equal columns of its lines`
    : 'no delimiter out of ; , | and tab makes equal columns of its lines';
  throw refusal(what, first, '--delimiter');
}

/** Those with content. The last one may be cut. */
function linesOf(head: string): { first: string; lines: TextLine[] } {
  const all = head.split('\n').map((text, i) => ({ line: i + 1, text: text.replace(/\r$/, '') }));
  if (all.length > 1) all.pop();
  const lines = all.filter(({ text }) => text.trim() !== '').slice(0, SAMPLED_LINES);
  const [first] = lines;
  if (first) return { first: first.text, lines };
  throw new Failure('BAD_INPUT', 'the file has no lines');
}

function split(lines: readonly TextLine[], delimiter: string) {
  const all = lines.map(({ line, text }) => ({
    line,
    cells: splitLine(text, delimiter)?.map(trimCell) ?? [],
  }));
  const rows = all.filter(({ cells }) => !isComment(cells[0] ?? ''));
  const counts = new Map<number, number>();
  // The first lines may be a title, or a header with fewer or more columns than the data.
  const begin = Math.max(
    0,
    rows.findIndex(({ cells }) => cells.length > 1),
  );
  const data = rows.length > begin + 1 ? rows.slice(begin + 1) : rows.slice(begin);
  for (const { cells } of data) counts.set(cells.length, (counts.get(cells.length) ?? 0) + 1);
  const [columns, often] = [...counts].toSorted(([, a], [, b]) => b - a)[0] ?? [0, 0];
  // A header may be written as a comment.
  const kept = all.filter((row) => row.cells.length === columns || rows.includes(row));
  return { rows: kept, columns, share: often / data.length };
}

/** How many columns at the end are empty on all lines and have no name. At least one remains. */
function emptyAtEnd(rows: readonly Row[], columns: number): number {
  const isEmpty = (column: number) => rows.every(({ cells }) => (cells[column] ?? '') === '');
  let empty = 0;
  while (empty < columns - 2 && isEmpty(columns - 1 - empty)) empty++;
  return empty;
}

// What precedes the data lines: titles, names of columns, their units.

export interface Above {
  /** The names of the columns, and the line below them if it has their units. */
  readonly names: readonly string[] | null;
  readonly units: readonly string[] | null;
  /** Number of file lines up to and including them. */
  readonly lines: number;
  /** Number of table rows up to and including them. */
  readonly rows: number;
}

/**
 * @param rows of the table up to the first with a time
 * @param isNamed whether a person stated that the first line names the columns, or that none does
 */
export function aboveOf(rows: readonly Row[], timeColumn: number, isNamed: boolean | undefined): Above {
  if (isNamed === false) return { names: null, units: null, lines: 0, rows: 0 };
  const last = rows.findLastIndex((row) => !hasNumbers(row, timeColumn));
  const end = last >= 0 ? last : rows.findLastIndex(({ cells }) => /^\D+$/.test(cells[timeColumn] ?? ''));
  const row = rows[end];
  if (!row) return { names: null, units: null, lines: 0, rows: 0 };
  const about = { lines: row.line, rows: end + 1 };
  const before = rows[end - 1];
  if (before && isOfUnits(row, timeColumn) && isOfNames(before))
    return { names: before.cells, units: row.cells, ...about };
  return { names: isOfNames(row) ? row.cells : null, units: null, ...about };
}

/** A line with numbers is data with an unreadable time, not a header. */
export function hasNumbers({ cells }: Row, timeColumn: number): boolean {
  return cells.some((cell, column) => column !== timeColumn && isNumber(cell));
}

function isOfNames({ cells }: Row): boolean {
  return cells.filter((cell) => cell !== '').length > 1;
}

/** `;[MW];[MW]`, `;MW`: its time column is empty. */
function isOfUnits({ cells }: Row, timeColumn: number): boolean {
  return /^([[(].*[\])])?$/.test(cells[timeColumn] ?? '') && cells.some((cell) => cell !== '');
}

/** In any notation for numbers. */
export function isNumber(cell: string): boolean {
  return !Number.isNaN(readDecimal(cell, '.', ',')) || !Number.isNaN(readDecimal(cell, ',', '.'));
}

/** Share of a column that must be of a kind: a few broken lines at the start do not hide it. */
const MOST = 0.8;

/** @param more further rows that are not of the kind */
export function isMostly(
  rows: readonly Row[],
  column: number,
  is: (cell: string) => boolean,
  more = 0,
): boolean {
  const good = rows.filter(({ cells }) => cells[column] !== undefined && is(cells[column])).length;
  return good > 0 && good >= (rows.length + more) * MOST;
}
