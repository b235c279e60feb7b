/**
 * Arrow as an IPC stream: one record batch per page, series as a dictionary that is rewritten when it grows (for readers
 * without support for delta dictionaries), instants in milliseconds of UTC.
 */
import {
  Bool,
  type Data,
  type DataType,
  DateDay,
  Dictionary,
  Field,
  Float64,
  Int32,
  Int64,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  TimestampMillisecond,
  Utf8,
  type Vector,
  vectorFromArray,
} from 'apache-arrow';
import type { Column, ColumnKind } from '../../../domain/dataset/relation.ts';
import type { Cell, Cells } from '../../queries/answers/cells.ts';
import { type Chunks, integersOf, type Rows } from './columns.ts';

export async function* arrow({ columns, pages, meta }: Rows): Chunks {
  const writer = new PieceWriter();
  const series = new SeriesDictionary();
  const types = columns.map(({ kind }) => (kind === 'series' ? series.type : TYPES[kind]()));
  const fields = columns.map(({ name }, index) => new Field(name, types[index] as DataType, true));
  const schema = new Schema(fields, metadataOf(meta));
  writer.reset(undefined, schema);
  yield writer.take();
  for await (const page of pages) {
    const children = columns.map((column, index) => dataOf(column, index, page, series));
    const data = makeData({ type: new Struct(fields), length: page.length, nullCount: 0, children });
    writer.write(new RecordBatch(schema, data as Data<Struct>));
    yield writer.take();
  }
  writer.finish();
  yield writer.take();
}

/** Hands over what was written so far instead of queueing it without limit. */
class PieceWriter extends RecordBatchStreamWriter {
  #pieces: Uint8Array[] = [];

  protected override _write(chunk: ArrayBufferView): this {
    if (this._started) this.#pieces.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    return this;
  }

  take(): Uint8Array {
    const whole = Buffer.concat(this.#pieces);
    this.#pieces = [];
    return whole;
  }
}

const TYPES: Readonly<Record<Exclude<ColumnKind, 'series'>, () => DataType>> = {
  day: () => new DateDay(),
  instant: () => new TimestampMillisecond('UTC'),
  number: () => new Float64(),
  integer: () => new Int64(),
  boolean: () => new Bool(),
  text: () => new Utf8(),
  json: () => new Utf8(),
};

function dataOf({ kind }: Column, index: number, page: readonly Cells[], series: SeriesDictionary): Data {
  const cells = page.map((row) => row[index] as Cell);
  if (kind === 'series') return series.dataOf(cells as string[]);
  const type = TYPES[kind]();
  if (kind === 'text' || kind === 'json') return textsOf(cells as (string | null)[], type);
  return makeData({ type, length: cells.length, data: arrayOf(kind, cells), ...nullsOf(cells) } as never);
}

function textsOf(cells: readonly (string | null)[], type: DataType): Data {
  const bytes = cells.map((cell) => Buffer.from(cell ?? ''));
  const valueOffsets = new Int32Array(cells.length + 1);
  bytes.forEach(({ length }, row) => {
    valueOffsets[row + 1] = (valueOffsets[row] ?? 0) + length;
  });
  const data = Buffer.concat(bytes);
  return makeData({ type, length: cells.length, data, valueOffsets, ...nullsOf(cells) } as never);
}

function arrayOf(kind: Exclude<ColumnKind, 'series' | 'text' | 'json'>, cells: readonly Cell[]) {
  if (kind === 'number') return Float64Array.from(cells, Number);
  return kind === 'boolean' ? bitsOf(cells, (cell) => cell === true) : integersOf(kind, cells);
}

/** A bit per row, the first one lowest. */
function bitsOf(cells: readonly Cell[], isSet: (cell: Cell) => boolean): Uint8Array {
  const bits = new Uint8Array(Math.ceil(cells.length / 8));
  cells.forEach((cell, row) => {
    if (isSet(cell)) bits[row >> 3] = (bits[row >> 3] ?? 0) | (1 << (row & 7));
  });
  return bits;
}

/** A bit per row, set where there is a value; left out where all are there. */
function nullsOf(cells: readonly Cell[]): { nullCount: number; nullBitmap?: Uint8Array } {
  const nullCount = cells.reduce<number>((count, cell) => count + Number(cell === null), 0);
  return nullCount === 0 ? { nullCount } : { nullCount, nullBitmap: bitsOf(cells, (cell) => cell !== null) };
}

/** The series seen so far. A page with new ones gets a new dictionary, which begins with the old ones. */
class SeriesDictionary {
  readonly type = new Dictionary(new Utf8(), new Int32(), 0);
  readonly #places = new Map<string, number>();
  #names: Vector<Utf8> | undefined;

  dataOf(cells: readonly string[]): Data {
    const before = this.#places.size;
    const data = Int32Array.from(cells, (name) => this.#placeOf(name));
    if (!this.#names || this.#places.size > before)
      this.#names = vectorFromArray([...this.#places.keys()], new Utf8());
    return makeData({ type: this.type, length: cells.length, nullCount: 0, data, dictionary: this.#names });
  }

  #placeOf(name: string): number {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    this.#places.set(name, this.#places.size);
    return this.#places.size - 1;
  }
}

function metadataOf(meta: unknown): Map<string, string> {
  return new Map([['tidemark', JSON.stringify(meta)]]);
}
