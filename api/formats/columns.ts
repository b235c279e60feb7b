/** What a table of an answer consists of; all formats are written from it. */
import type { Cells } from '../../db/queries/row-types.ts';
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

/** Remembers the last text, because neighbours are often equal. */
export function millisecondsOf(): (iso: string) => number {
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
