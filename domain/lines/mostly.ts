import type { Row } from './detect-table.ts';

/** How much of a column has to be of a kind: a broken line among the first ones does not hide the others. */
const MOST = 0.8;

/** @param more rows beyond those given that are not of the kind */
export function isMostly(
  rows: readonly Row[],
  column: number,
  is: (cell: string) => boolean,
  more = 0,
): boolean {
  const good = rows.filter(({ cells }) => cells[column] !== undefined && is(cells[column])).length;
  return good > 0 && good >= (rows.length + more) * MOST;
}
