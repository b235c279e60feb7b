/** JSON objects, NDJSON and CSV. Hand-written: twice as fast as JSON.stringify, since few kinds of cells can need quoting. */
import type { Column, ColumnKind } from '../../../domain/dataset/relation.ts';
import type { Cell, Cells } from '../../queries/answers/cells.ts';
import type { Chunks, Rows } from './columns.ts';

/** A row as a JSON object. @param end after it, such as a line end */
export function objectWriter(columns: readonly Column[], end = ''): (cells: Cells) => string {
  const leadOf = (name: string, index: number) => `${index === 0 ? '{' : ','}"${name}":`;
  const pieces = columns.map(({ name, kind }, index) => JSON_OF[kind](leadOf(name, index)));
  return rowWriter(pieces, `}${end}`);
}

export async function* ndjson({ columns, pages }: Rows): Chunks {
  const lineOf = objectWriter(columns, '\n');
  for await (const page of pages) yield page.map(lineOf).join('');
}

/** A null is an empty field, an empty text is quoted. */
export async function* csv({ columns, pages }: Rows): Chunks {
  yield csvHead(columns.map(({ name }) => name));
  const lineOf = rowWriter(
    columns.map(({ kind }, index) => CSV_OF[kind](index === 0 ? '' : ',')),
    '\n',
  );
  for await (const page of pages) yield page.map(lineOf).join('');
}

/** A cell as text, behind what leads to it: one string per cell keeps garbage small. */
type PieceOf = (cell: Cell) => string;

function rowWriter(pieces: readonly PieceOf[], end: string): (cells: Cells) => string {
  return (cells) => {
    let text = '';
    for (let index = 0; index < pieces.length; index++) text += pieces[index]?.(cells[index] as Cell);
    return text + end;
  };
}

type Serializers = Readonly<Record<ColumnKind, (lead: string) => PieceOf>>;

const JSON_OF: Serializers = {
  day: (lead) => sameAsLast((cell) => lead + (cell === null ? 'null' : `"${cell}"`)),
  instant: (lead) => sameAsLast((cell) => lead + (cell === null ? 'null' : `"${cell}"`)),
  series: (lead) => remembered((cell) => lead + JSON.stringify(cell)),
  text: (lead) => (cell) => lead + JSON.stringify(cell),
  number: (lead) => (cell) => lead + cell,
  integer: (lead) => (cell) => lead + cell,
  boolean: (lead) => (cell) => lead + cell,
  json: (lead) => (cell) => lead + cell,
};

const plain = (lead: string) => (cell: Cell) => (cell === null ? lead : lead + cell);
const quoted = (lead: string) => (cell: Cell) => (cell === null ? lead : lead + csvText(String(cell)));

const CSV_OF: Serializers = {
  day: (lead) => sameAsLast(plain(lead)),
  instant: (lead) => sameAsLast(plain(lead)),
  series: (lead) => remembered(quoted(lead)),
  text: quoted,
  number: plain,
  integer: plain,
  boolean: plain,
  json: quoted,
};

/** Caches the last piece, because neighbours are often equal. */
function sameAsLast(make: PieceOf): PieceOf {
  let last: Cell | undefined;
  let piece = '';
  return (cell) => {
    if (cell !== last) [last, piece] = [cell, make(cell)];
    return piece;
  };
}

/** Caches all pieces: names of series repeat. */
function remembered(make: PieceOf): PieceOf {
  const known = new Map<Cell, string>();
  return (cell) => {
    const found = known.get(cell);
    if (found !== undefined) return found;
    const made = make(cell);
    known.set(cell, made);
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

// Texts in a CSV: quoted by RFC 4180, and harmless in a spreadsheet.

/** What a spreadsheet evaluates: signs, their full-width forms, and leading blanks that it ignores. */
const EVALUATED = /^'*[=+\-@＝＋－＠\t\r\n]/;

/**
 * A text as a cell; numbers need none of this. One that a spreadsheet would evaluate gets a leading apostrophe, and so does one that
 * already has apostrophes before such a sign: a reader removes one.
 */
export function csvText(text: string): string {
  const harmless = EVALUATED.test(text) ? `'${text}` : text;
  return harmless === '' || /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** The header line. */
export function csvHead(columns: readonly string[]): string {
  return `${columns.map(csvText).join(',')}\n`;
}
