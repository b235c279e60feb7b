/** The parts of a table, from which all formats are written. */

import type { Column } from '../../../domain/dataset/relation.ts';
import type { Cell, Cells } from '../../queries/answers/cells.ts';

export interface Rows {
  readonly columns: readonly Column[];
  readonly pages: AsyncIterable<Cells[]>;
  /** Meta data; formats with room for it embed it as JSON. */
  readonly meta: unknown;
}

export type Chunks = AsyncIterable<string | Uint8Array>;

const DAY_MS = 86_400_000;

/** Cells as Arrow and Parquet store them: days since 1970, milliseconds since 1970, 64-bit integers. Nulls are 0. */
export function integersOf(
  kind: 'day' | 'instant' | 'integer',
  cells: readonly Cell[],
): Int32Array | BigInt64Array {
  const msOf = millisecondsOf();
  switch (kind) {
    case 'day':
      return Int32Array.from(cells, (cell) => (cell === null ? 0 : msOf(String(cell)) / DAY_MS));
    case 'instant':
      return BigInt64Array.from(cells, (cell) => (cell === null ? 0n : BigInt(msOf(String(cell)))));
    case 'integer':
      return BigInt64Array.from(cells, (cell) => BigInt(cell ?? 0));
  }
}

/** Caches the last text, because neighbours are often equal. */
function millisecondsOf(): (iso: string) => number {
  let last = '';
  let ms = 0;
  return (iso) => {
    if (iso !== last) {
      last = iso;
      ms = Date.parse(iso);
    }
    return ms;
  };
}
