/** What precedes the data lines: titles, names of columns, their units. */
import { readDecimal } from './decimal.ts';
import type { Row } from './detect-table.ts';

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
