/** What a table of an answer consists of; all formats are written from it. */
import type { Cell, Cells } from '../../db/queries/points/row-types.ts';
import type { Meta } from '../schemas.ts';

/** `day`, `instant` and `series` are texts, `number` is a double, `integer` a whole number below 2^53. */
export type ColumnKind = 'day' | 'instant' | 'series' | 'number' | 'integer';

export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
}

export interface Rows {
  readonly columns: readonly Column[];
  readonly pages: AsyncIterable<Cells[]>;
  readonly meta: Meta;
}

export type Chunks = AsyncIterable<string | Uint8Array>;

const DAY_MS = 86_400_000;

/** Cells as both Arrow and Parquet keep them: days since 1970, milliseconds since 1970, whole numbers of 64 bits. */
export function integersOf(
  kind: 'day' | 'instant' | 'integer',
  cells: readonly Cell[],
): Int32Array | BigInt64Array {
  const msOf = millisecondsOf();
  switch (kind) {
    case 'day':
      return Int32Array.from(cells, (cell) => msOf(String(cell)) / DAY_MS);
    case 'instant':
      return BigInt64Array.from(cells, (cell) => BigInt(msOf(String(cell))));
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
