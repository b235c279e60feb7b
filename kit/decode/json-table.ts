/** Tables as JSON: a list of rows, alone or inside an envelope. Pure. */
import type { Decoded } from '../../domain/dataset/points.ts';
import { AnswerRefused } from '../../domain/interpret/finding.ts';
import type { About, ExamplePoint, TableDecoder } from './decoder.ts';
import { isRow, pointsOfRows, type Row, type Rows, shape, show, type TableForm } from './points-of-rows.ts';
import { namesOf, rowsOfPoints } from './rows-of-points.ts';
import { textOf } from './text-of.ts';

export type JsonTableForm = TableForm & {
  /** Path to the rows, name by name; without it the answer is the list. */
  readonly rows?: readonly string[];
  /** Path to the names of the columns, where rows are lists of cells. */
  readonly names?: readonly string[];
  /** Why the answer is a refusal, if it is one: `rejected: bad range`. */
  refused?(envelope: Row): string | undefined;
  /** Fields of the envelope besides its rows, for examples. */
  readonly beside?: Row;
};

/** A decoder of such a table. */
export function jsonTable(form: JsonTableForm): TableDecoder {
  return Object.assign((body: Uint8Array, about: About): Decoded => decode(body, form, about), {
    encode: (points: readonly ExamplePoint[], about: About) => encode(points, form, about),
    names: (count: number) => namesOf(form, count),
  });
}

function decode(body: Uint8Array, form: JsonTableForm, about: About): Decoded {
  const { value, text } = parseJson(body);
  const list = rowsIn(value, form);
  const path = form.rows?.join('.') ?? '';
  let sent: readonly unknown[] | undefined;
  const rows: Rows = {
    rows: list,
    placeOf: (index) => `${path}[${index}]`,
    cellPlace: (index, column) => `${path}[${index}].${column}`,
    numberOf: (cell) => (cell === null || Number.isFinite(cell) ? (cell as number | null) : undefined),
    rawOf: (index, column) => {
      const cell = (list[index] as Row)[column];
      if (typeof cell !== 'number') return show(cell);
      // A number that JSON.parse cannot represent.
      sent ??= rowsIn(JSON.parse(numbersAsTexts(text)), form);
      return String((sent[index] as Row)[column]);
    },
  };
  return pointsOfRows(rows, form, about);
}

/** @throws AnswerRefused `not_utf8`, `not_json` */
export function parseJson(body: Uint8Array): { readonly value: unknown; readonly text: string } {
  const text = textOf(body);
  try {
    return { value: JSON.parse(text), text };
  } catch {
    const start = text.trimStart().slice(0, 60);
    throw new AnswerRefused(
      'not_json',
      `the answer is not JSON; it begins with ${JSON.stringify(start)}`,
      start,
    );
  }
}

const TEXT_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;

/** The same JSON with each number as the text that was sent: JSON.parse turns 1e400 into Infinity. */
function numbersAsTexts(json: string): string {
  return json.replace(TEXT_OR_NUMBER, (token) => (token.startsWith('"') ? token : `"${token}"`));
}

/** The rows of an answer as objects. @throws AnswerRefused `shape`, `rejected` */
export function rowsIn(
  value: unknown,
  { rows: path = [], names, refused }: Pick<JsonTableForm, 'rows' | 'names' | 'refused'>,
): readonly unknown[] {
  if (path.length > 0 && !isRow(value)) throw shape('the answer is not a JSON object', value);
  const reason = isRow(value) ? refused?.(value) : undefined;
  if (reason !== undefined)
    throw new AnswerRefused('rejected', `the source rejected the request: ${reason}`, show(value));
  const rows = at(value, path);
  if (!Array.isArray(rows))
    throw shape(path.length > 0 ? `"${path.join('.')}" is not a list` : 'the answer is not a list', rows);
  if (!names) return rows;
  const columns = at(value, names);
  if (!Array.isArray(columns)) throw shape(`"${names.join('.')}" is not a list`, columns);
  return rows.map((row: unknown) => (Array.isArray(row) ? objectOf(columns, row) : row));
}

/** Without a prototype: a column may have any name. */
function objectOf(columns: readonly unknown[], cells: readonly unknown[]): Row {
  const row: Record<string, unknown> = Object.create(null);
  for (const [i, name] of columns.entries()) row[String(name)] = cells[i];
  return row;
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (found, name) => (isRow(found) && Object.hasOwn(found, name) ? found[name] : undefined),
    value,
  );
}

function encode(points: readonly ExamplePoint[], form: JsonTableForm, about: About): Uint8Array {
  const rows = rowsOfPoints(points, form, about, (value) => value);
  const { rows: path = [], names, beside = {} } = form;
  if (!names) return asBytes(within(path, rows, beside));
  const columns = Object.keys(rows[0] ?? {});
  const lists = rows.map((row) => columns.map((name) => row[name]));
  return asBytes({ ...(within(path, lists, beside) as object), ...(within(names, columns, {}) as object) });
}

function within(path: readonly string[], rows: unknown, beside: Row): unknown {
  return path
    .toReversed()
    .reduce<unknown>((inner, name, i) => ({ [name]: inner, ...(i === path.length - 1 ? beside : {}) }), rows);
}

function asBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
