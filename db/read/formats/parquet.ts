/**
 * Parquet, written one row group at a time, so that only one group is in memory. The footer, which locates the groups, comes
 * last and grows by some hundred bytes per group.
 */
import { ByteWriter, ParquetWriter, type SchemaElement } from 'hyparquet-writer';
import type { Column, ColumnKind } from '../../../domain/dataset/relation.ts';
import type { Cell, Cells } from '../../queries/answers/cells.ts';
import { type Chunks, integersOf, type Rows } from './columns.ts';

const ROWS_OF_A_GROUP = 50_000;

export async function* parquet({ columns, pages, meta }: Rows): Chunks {
  const writer = new PieceWriter();
  const file = new ParquetWriter({
    writer,
    schema: schemaOf(columns),
    createdBy: 'tidemark',
    kvMetadata: [{ key: 'tidemark', value: JSON.stringify(meta) }],
  });
  for await (const group of groupsOf(pages)) {
    const columnData = columns.map(({ name, kind }, index) => ({
      name,
      data: dataOf(kind, group, index),
      offsetIndex: false,
    }));
    await file.write({ columnData, rowGroupSize: group.length });
    yield writer.take();
  }
  await file.finish();
  yield writer.take();
}

/** Hands over what was written so far. */
class PieceWriter extends ByteWriter {
  take(): Uint8Array {
    const piece = this.getBytes().slice();
    this.index = 0;
    return piece;
  }
}

async function* groupsOf(pages: AsyncIterable<Cells[]>): AsyncGenerator<Cells[]> {
  let group: Cells[] = [];
  for await (const page of pages) {
    group = group.length === 0 ? page : group.concat(page);
    if (group.length < ROWS_OF_A_GROUP) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

const ELEMENTS: Readonly<Record<ColumnKind, Omit<SchemaElement, 'name'>>> = {
  day: { type: 'INT32', converted_type: 'DATE' },
  instant: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MILLIS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
  },
  series: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  number: { type: 'DOUBLE' },
  integer: { type: 'INT64' },
  boolean: { type: 'BOOLEAN' },
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  json: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
};

function schemaOf(columns: readonly Column[]): SchemaElement[] {
  const elements = columns.map(({ name, kind, nullable }) => {
    const repetition_type = nullable ? ('OPTIONAL' as const) : ('REQUIRED' as const);
    return { name, repetition_type, ...ELEMENTS[kind] };
  });
  return [{ name: 'tidemark', num_children: columns.length }, ...elements];
}

function dataOf(kind: ColumnKind, rows: readonly Cells[], index: number) {
  const cells = rows.map((row) => row[index] as Cell);
  if (kind !== 'day' && kind !== 'instant' && kind !== 'integer') return cells;
  const integers = integersOf(kind, cells);
  return cells.includes(null) ? cells.map((cell, row) => (cell === null ? null : integers[row])) : integers;
}
