/** Rows of the plain calls: a timestamp, the series where a table has several, and the value under the name in its dataset. */

import type { Cell, Cells } from '../../db/queries/answers/cells.ts';
import type { AggregateFunction } from '../../db/queries/points/bucket-values.ts';
import type { Table } from '../../db/read/table.ts';
import type { PointDataset } from '../../domain/dataset/points.ts';
import type { Column } from '../../domain/dataset/relation.ts';
import { valueName } from '../../domain/dataset/relation-names.ts';

export interface PlainForm {
  readonly dataset: PointDataset;
  /** Whether rows name their series. */
  readonly hasSeries: boolean;
  /** Aggregated rows only. With several functions, each value is named after its function; a count always is. */
  readonly functions?: readonly AggregateFunction[];
}

/** The plain form of observations, or of buckets. */
export function plainTable(table: Table, { dataset, hasSeries, functions = [] }: PlainForm): Table {
  const [at = 0, series = 0] = table.key;
  const isNamed = functions.length > 1 || functions[0] === 'count';
  const values = isNamed ? functions : [valueName(dataset)];
  // In both kinds of tables the values follow the series.
  const cells = [at, ...(hasSeries ? [series] : []), ...values.map((_, index) => series + 1 + index)];
  const columns: Column[] = [
    { name: 'timestamp', kind: 'instant' },
    ...(hasSeries ? [{ name: 'series', kind: 'series' } as const] : []),
    ...values.map((name) => ({ name, kind: 'number', nullable: true }) as const),
  ];
  return {
    ...table,
    columns,
    key: hasSeries ? [0, 1] : [0],
    async *read(sql, page) {
      for await (const rows of table.read(sql, page)) yield rows.map((row) => picked(row, cells));
    },
  };
}

function picked(row: Cells, cells: readonly number[]): Cell[] {
  const made = cells.map((index) => row[index] as Cell);
  made[0] = String(made[0]).replace('.000Z', 'Z');
  return made;
}
