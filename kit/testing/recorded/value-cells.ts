/**
 * Which numbers of a recorded body are values: a cell is one where another number in it gives one point another value, and changes nothing
 * else. That tells which point a cell became, without trusting the decoder's own account of it.
 */
import { isNumber, otherNumber, type RawBody, type RawCell, type RawRow, withText } from './raw-body.ts';

/** What a body says: a text for each thing, by its name; undefined where it is refused. */
export type Reading = (body: Uint8Array) => ReadonlyMap<string, string> | undefined;

export interface ValueCell {
  readonly row: RawRow;
  readonly cell: RawCell;
  /** The name of what it became. */
  readonly of: string;
}

const MOST_COLUMNS = 30;
const MOST_CELLS = 60;

/** Some of them, from all over the body. @param of rows whose cells count */
export function valueCells(body: RawBody, read: Reading, before: ReadonlyMap<string, string>): ValueCell[] {
  const numeric = new Set(
    body.rows.flatMap(({ cells }) => cells.filter(isNumber).map(({ column }) => column)),
  );
  const columns = spread([...numeric], MOST_COLUMNS);
  const each = Math.max(2, Math.floor(MOST_CELLS / Math.max(1, columns.length)));
  return columns.flatMap((column) => {
    const filled = body.rows.filter(({ cells }) =>
      cells.some((cell) => cell.column === column && isNumber(cell)),
    );
    const found: ValueCell[] = [];
    for (const [i, row] of spread(filled, each).entries()) {
      const cell = row.cells.find((one) => one.column === column && isNumber(one)) as RawCell;
      const of = changedBy(body, cell, read, before);
      if (of !== undefined) found.push({ row, cell, of });
      else if (i === 1 && found.length === 0) break;
    }
    return found;
  });
}

function changedBy(
  body: RawBody,
  cell: RawCell,
  read: Reading,
  before: ReadonlyMap<string, string>,
): string | undefined {
  const after = read(withText(body, cell, otherNumber(cell.text)));
  if (after?.size !== before.size) return undefined;
  const changed = [...after].filter(([name, value]) => before.get(name) !== value);
  return changed.length === 1 ? changed[0]?.[0] : undefined;
}

/** So many of them at the most, evenly spread. */
export function spread<T>(all: readonly T[], most: number): T[] {
  if (all.length <= most) return [...all];
  return Array.from({ length: most }, (_, i) => all[Math.floor((i * (all.length - 1)) / (most - 1))] as T);
}
