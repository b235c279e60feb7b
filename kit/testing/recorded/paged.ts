/** A recorded body served in pages, where its envelope counts rows or names a next page: a fetcher has to request them all. */
import type { SourceRequest } from '../../../domain/dataset/pull.ts';
import type { RawBody, RawCell } from './raw-body.ts';
import { isNext, isTotal } from './second-reading.ts';

const PAGES = 3;
const TOKEN = 'page-';

/** What a paged source answers. */
export type Serve = (request: SourceRequest) => Uint8Array;

/** @returns undefined where nothing says that there are pages */
export function inPages(body: RawBody): Serve | undefined {
  const counts = body.beside.filter(({ column }) => isTotal(column) || isNext(column));
  if (counts.length === 0 || body.rows.length < PAGES) return undefined;
  const size = Math.ceil(body.rows.length / PAGES);
  return ({ query }) => page(body, counts, pageOf(query, size), size);
}

/** The page that is requested, from 0 on: by its number, by how many rows to leave out, or by what the last one called the next. */
function pageOf(query: Readonly<Record<string, string>>, size: number): number {
  for (const [name, value] of Object.entries(query)) {
    const token = new RegExp(`${TOKEN}(\\d+)`).exec(value)?.[1];
    if (token !== undefined) return Number(token);
    if (/^(offset|skip|start|from_?row|start_?index)$/i.test(name)) return Math.floor(Number(value) / size);
    if (/^(page|page_?(number|no|num|index))$/i.test(name)) return Math.max(0, Number(value) - 1);
  }
  return 0;
}

function page(
  { text, rows, with: withOther }: RawBody,
  counts: readonly RawCell[],
  number: number,
  size: number,
) {
  const shown = rows.slice(number * size, (number + 1) * size);
  const first = rows[0] as RawBody['rows'][number];
  const last = rows.at(-1) as RawBody['rows'][number];
  const list = shown.map(({ at, length }) => text.slice(at, at + length)).join(',');
  const edits = [
    { at: first.at, end: last.at + last.length, text: list },
    ...counts.map((cell) => ({
      at: cell.at,
      end: cell.at + cell.length,
      text: counted(cell, rows.length, number),
    })),
  ];
  const sorted = edits.toSorted((a, b) => b.at - a.at);
  return withOther(
    sorted.reduce((whole, { at, end, text: other }) => whole.slice(0, at) + other + whole.slice(end), text),
  );
}

function counted({ column, text }: RawCell, rows: number, number: number): string {
  if (isTotal(column)) return String(rows);
  const isLast = number + 1 >= PAGES;
  if (/^(true|false)$/.test(text)) return String(!isLast);
  return isLast ? 'null' : JSON.stringify(`${TOKEN}${number + 1}`);
}
