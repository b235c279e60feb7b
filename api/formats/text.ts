/** JSON objects, NDJSON and CSV. By hand: half the time of JSON.stringify, and only a series can need quoting. */
import type { Cell, Cells } from '../../db/queries/points/row-types.ts';
import { csvHead, csvText } from '../../domain/values/csv.ts';
import type { Chunks, Column, Rows } from './columns.ts';

/** A row as a JSON object. */
export function objectWriter(columns: readonly Column[]): (cells: Cells) => string {
  const parts = columns.map(({ name, kind }, index) => {
    const isText = kind === 'day' || kind === 'instant';
    return { lead: `${index === 0 ? '{' : ','}"${name}":`, kind: isText ? 'text' : kind };
  });
  const quoted = remembered(JSON.stringify);
  return (cells) => {
    let text = '';
    for (let index = 0; index < parts.length; index++) {
      const { lead, kind } = parts[index] as (typeof parts)[number];
      const cell = cells[index] as Cell;
      if (cell === null) text += `${lead}null`;
      else if (kind === 'text') text += `${lead}"${cell}"`;
      else text += lead + (kind === 'series' ? quoted(String(cell)) : cell);
    }
    return `${text}}`;
  };
}

export async function* ndjson({ columns, pages }: Rows): Chunks {
  const objectOf = objectWriter(columns);
  for await (const page of pages) yield page.map((cells) => `${objectOf(cells)}\n`).join('');
}

/** A null is an empty field, which no value of ours is. */
export async function* csv({ columns, pages }: Rows): Chunks {
  yield csvHead(columns.map(({ name }) => name));
  const quoted = remembered(csvText);
  const series = columns.findIndex(({ kind }) => kind === 'series');
  const lineOf = (cells: Cells) => {
    let line = '';
    for (let index = 0; index < cells.length; index++) {
      const cell = cells[index] as Cell;
      if (index > 0) line += ',';
      if (cell !== null) line += index === series ? quoted(String(cell)) : cell;
    }
    return `${line}\n`;
  };
  for await (const page of pages) yield page.map(lineOf).join('');
}

/** Names of series come again and again. */
function remembered(make: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const made = make(text);
    known.set(text, made);
    return made;
  };
}
