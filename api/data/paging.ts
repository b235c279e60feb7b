/** Paging: where a page begins, and where the next one does. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Cell, Cells } from '../../db/queries/answers/cells.ts';
import type { Page } from '../../db/queries/answers/knowledge.ts';
import type { Chunks, Rows } from '../../db/read/formats/columns.ts';
import { FORMATS, type Format } from '../../db/read/formats/formats.ts';
import { objectWriter } from '../../db/read/formats/text.ts';
import type { Table } from '../../db/read/table.ts';
import type { Column, ColumnKind, Relation } from '../../domain/dataset/relation.ts';
import { isCivilDay } from '../../domain/time/civil-day.ts';
import { Problem, wrongField } from '../http/problem.ts';
import { type Meta, wholeNumber } from '../schemas.ts';

const JSON_ROWS = 10_000;
const MOST_ROWS = 100_000;

/** Query parameters of every table. */
export const pageParameters = {
  format: z.enum(FORMATS).optional().describe('default: by Accept, else json'),
  limit: wholeNumber(1, MOST_ROWS)
    .optional()
    .describe(`rows of a page; json: ${JSON_ROWS} when left out, the others: all rows`),
  after: z.string().max(1_000).optional().describe('where the previous page ended; taken from "next"'),
};

export interface PageQuery {
  readonly format?: Format | undefined;
  readonly limit?: number | undefined;
  readonly after?: string | undefined;
}

export interface Paging {
  readonly format: Format;
  /** Null: all rows. */
  readonly limit: number | null;
  /** The `next` cursor of the previous page. */
  readonly after: string | undefined;
  /** JSON only: a bare array of rows, without the envelope. */
  readonly plain?: boolean;
}

/** @throws Problem 406 */
export function readPaging(request: FastifyRequest, query: PageQuery): Paging {
  const format = formatOf(request, query.format);
  return { format, limit: query.limit ?? (format === 'json' ? JSON_ROWS : null), after: query.after };
}

/** What to read. A JSON page reads one row more, to know whether there is a next page. @throws Problem 422 */
export function pageOf({ format, limit, after, plain }: Paging, table: Relation): Page {
  const looksFurther = format === 'json' && !plain && limit !== null;
  return { after: readAfter(after, table), limit: looksFurther ? limit + 1 : limit };
}

function readAfter(text: string | undefined, { columns, key }: Relation): Cells | null {
  if (text === undefined) return null;
  try {
    const cells = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Cell[];
    const isKey = Array.isArray(cells) && cells.length === key.length;
    if (isKey && key.every((index, place) => mayBe(columns[index] as Column, cells[place]))) return cells;
  } catch {
    // Reported below.
  }
  throw wrongField('after', text, 'take it from "next" of the page before, unchanged', 422);
}

const instant = z.iso.datetime();

const KEYS: Readonly<Partial<Record<ColumnKind, (cell: unknown) => boolean>>> = {
  instant: (cell) => instant.safeParse(cell).success,
  day: (cell) => typeof cell === 'string' && isCivilDay(cell),
  integer: Number.isSafeInteger,
};

function mayBe({ kind }: Column, cell: unknown): boolean {
  // PostgreSQL takes no NUL in a text.
  const isText = (text: unknown) => typeof text === 'string' && !text.includes('\0');
  return (KEYS[kind] ?? isText)(cell);
}

/** The same query from a key on; null after the last page. */
export function nextPage(url: string, key: Readonly<Record<string, string>> | null): string | null {
  if (key === null) return null;
  const [path, query = ''] = url.split('?');
  const parameters = new URLSearchParams(query);
  for (const [name, value] of Object.entries(key)) parameters.set(name, value);
  return `${path}?${parameters}`;
}

/** @param limit rows of the page; `pages` brings one row more when there is a next page. */
export async function* jsonPage(
  { columns, key, pages, meta }: Rows & Pick<Table, 'key'> & { readonly meta: Meta },
  limit: number | null,
  url: string,
): Chunks {
  const objectOf = objectWriter(columns);
  let left = limit ?? Number.POSITIVE_INFINITY;
  let last: Cells | undefined;
  let next: string | null = null;
  let before = `{"meta":${JSON.stringify(meta)},"data":[\n`;
  for await (const page of pages) {
    const taken = page.length > left ? page.slice(0, left) : page;
    left -= taken.length;
    last = taken.at(-1) ?? last;
    if (taken.length < page.length) next = nextUrl(url, meta, last, key);
    if (taken.length === 0) continue;
    yield before + taken.map(objectOf).join(',\n');
    before = ',\n';
  }
  yield `${before === ',\n' ? '' : before}\n],"next":${JSON.stringify(next)}}\n`;
}

/** The same query from a key on, with its as-of written out, so that all pages show one state of knowledge. */
function nextUrl(url: string, { as_of, pin }: Meta, last: Cells | undefined, key: Table['key']) {
  if (!last) return null;
  const after = Buffer.from(JSON.stringify(key.map((index) => last[index] as Cell))).toString('base64url');
  const isFixed = as_of === null || pin !== undefined || url.startsWith('/v1/versions');
  return nextPage(url, { after, ...(isFixed ? {} : { as_of }) });
}

/** Media types accepted in Accept, best first. */
const ACCEPTED: Readonly<Record<string, Format>> = {
  'application/json': 'json',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'text/csv': 'csv',
  'application/vnd.apache.arrow.stream': 'arrow',
  'application/vnd.apache.parquet': 'parquet',
};

/** The documented content of an answer: JSON by its schema, and the same rows in the other formats. */
export function inEveryFormat<T extends z.ZodType>(schema: T) {
  const binary = z.string().meta({ format: 'binary' });
  return {
    'application/json': { schema },
    'application/x-ndjson': { schema: z.string().describe('one object per line') },
    'text/csv': { schema: z.string().describe('with a header line; null is an empty field') },
    'application/vnd.apache.arrow.stream': { schema: binary },
    'application/vnd.apache.parquet': { schema: binary },
  };
}

/** By `format`, else by Accept. @throws Problem 406 */
function formatOf(request: FastifyRequest, chosen: Format | undefined): Format {
  if (chosen !== undefined) return chosen;
  // Most clients send no Accept, or accept anything.
  const { accept = '*/*' } = request.headers;
  if (accept === '*/*') return 'json';
  const type = request.accepts().type(Object.keys(ACCEPTED));
  const format = typeof type === 'string' ? ACCEPTED[type] : undefined;
  if (format) return format;
  const types = [...new Set(Object.keys(ACCEPTED))].join(', ');
  throw new Problem(406, `this can be had as ${types}; or write "format" (${FORMATS.join(', ')})`, {
    faults: [{ field: 'Accept', value: request.headers.accept, hint: `write one of ${types}` }],
  });
}
