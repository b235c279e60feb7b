/** Paging: where a page begins, and where the next one does. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Cell, Cells } from '../../db/queries/answers/cells.ts';
import type { Page } from '../../db/queries/answers/knowledge.ts';
import { FORMATS, type Format } from '../../db/read/formats/formats.ts';
import type { Column, ColumnKind, Relation } from '../../domain/dataset/relation.ts';
import { isCivilDay } from '../../domain/time/civil-day.ts';
import { formatOf } from '../formats/formats.ts';
import { wrongField } from '../http/problem.ts';
import { wholeNumber } from '../schemas.ts';

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
