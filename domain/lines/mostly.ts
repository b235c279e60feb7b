import type { Row } from './detect-table.ts';

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
