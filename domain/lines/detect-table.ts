/** The first lines of a file, split into cells. */

import type { FileForm } from '../files/file-form.ts';
import { Failure } from '../workflow/failures.ts';
import { isComment } from './comment.ts';
import { refusal } from './refusal.ts';
import { splitLine, trimCell } from './split-line.ts';

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
