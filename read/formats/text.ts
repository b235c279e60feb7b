/** JSON objects, NDJSON and CSV. Hand-written: twice as fast as JSON.stringify, since few kinds of cells can need quoting. */
import type { Cell, Cells } from '../../db/queries/answers/cells.ts';
import type { Column, ColumnKind } from '../../domain/dataset/relation.ts';
import { csvHead, csvText } from '../../domain/values/csv.ts';
import type { Chunks, Rows } from './columns.ts';

/** A row as a JSON object. */
export function objectWriter(columns: readonly Column[]): (cells: Cells) => string {
  const parts = columns.map(({ name, kind }, index) => ({
    lead: `${index === 0 ? '{' : ','}"${name}":`,
    textOf: JSON_OF[kind](),
  }));
  return (cells) => {
    let text = '';
    for (let index = 0; index < parts.length; index++) {
      const { lead, textOf } = parts[index] as (typeof parts)[number];
      const cell = cells[index] as Cell;
      text += lead + (cell === null ? 'null' : textOf(cell));
    }
    return `${text}}`;
  };
}

/** Serializes each kind of cell as JSON. */
const JSON_OF: Readonly<Record<ColumnKind, () => (cell: NonNullable<Cell>) => string>> = {
  day: () => (cell) => `"${cell}"`,
  instant: () => (cell) => `"${cell}"`,
  series: () => remembered(JSON.stringify),
  text: () => JSON.stringify,
  number: () => String,
  integer: () => String,
  boolean: () => String,
  json: () => String,
};

export async function* ndjson({ columns, pages }: Rows): Chunks {
  const objectOf = objectWriter(columns);
  for await (const page of pages) yield page.map((cells) => `${objectOf(cells)}\n`).join('');
}

/** The same as CSV. */
const CSV_OF: Readonly<Record<ColumnKind, () => (cell: NonNullable<Cell>) => string>> = {
  day: () => String,
  instant: () => String,
  series: () => remembered(csvText),
  text: () => (cell) => csvText(String(cell)),
  number: () => String,
  integer: () => String,
  boolean: () => String,
  json: () => (cell) => csvText(String(cell)),
};

/** A null is an empty field, an empty text is quoted. */
export async function* csv({ columns, pages }: Rows): Chunks {
  yield csvHead(columns.map(({ name }) => name));
  const texts = columns.map(({ kind }) => CSV_OF[kind]());
  const lineOf = (cells: Cells) => {
    let line = '';
    for (let index = 0; index < cells.length; index++) {
      const cell = cells[index] as Cell;
      if (index > 0) line += ',';
      if (cell !== null) line += texts[index]?.(cell);
    }
    return `${line}\n`;
  };
  for await (const page of pages) yield page.map(lineOf).join('');
}

/** Caches the result per text: names of series repeat. */
function remembered(make: (text: string) => string): (cell: NonNullable<Cell>) => string {
  const known = new Map<string, string>();
  return (cell) => {
    const text = String(cell);
    const found = known.get(text);
    if (found !== undefined) return found;
    const made = make(text);
    known.set(text, made);
    return made;
  };
}

/** Rows as one JSON array; the command writes one row per line. */
export async function* jsonArray({ columns, pages }: Omit<Rows, 'meta'>, lineEnd = ''): Chunks {
  const objectOf = objectWriter(columns);
  let before = `[${lineEnd}`;
  for await (const page of pages) {
    yield before + page.map(objectOf).join(`,${lineEnd}`);
    before = `,${lineEnd}`;
  }
  yield before.startsWith(',') ? `${lineEnd}]${lineEnd}` : `[]${lineEnd}`;
}
