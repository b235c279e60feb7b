/** What a table of an answer consists of; all formats are written from it. */
import type { Cell, Cells } from '../../db/queries/answers/cells.ts';
import type { Column } from '../../domain/dataset/relation.ts';

export interface Rows {
  readonly columns: readonly Column[];
  readonly pages: AsyncIterable<Cells[]>;
  /** What the rows are about; formats that have room for it carry it as JSON. */
  readonly meta: unknown;
}

export type Chunks = AsyncIterable<string | Uint8Array>;

const DAY_MS = 86_400_000;

/** Cells as both Arrow and Parquet keep them: days since 1970, milliseconds since 1970, whole numbers of 64 bits. Nulls are 0. */
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

/** Remembers the last text, because neighbours are often equal. */
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
