/** Answers with a table of rows, in any format, whole or in pages; routes say which rows. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Sql } from '../../db/connection/client.ts';
import { openSnapshot, type Snapshot } from '../../db/connection/snapshot.ts';
import { answerState } from '../../db/queries/answers/answer-state.ts';
import type { Cells } from '../../db/queries/points/row-types.ts';
import type { Page } from '../../db/queries/points/rows.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { MOST_ROWS_OF_A_READ } from '../exports/exports.ts';
import type { Chunks, Column } from '../formats/columns.ts';
import { CONTENT_TYPES, formatOf, WRITERS } from '../formats/formats.ts';
import { objectWriter } from '../formats/text.ts';
import { wrongField } from '../http/problem.ts';
import { noteRead } from '../limits/read-counter.ts';
import { FORMATS, type Format, type Meta, wholeNumber } from '../schemas.ts';
import { isUnchanged, latestOf, metaOf } from './meta.ts';
import { nextPage } from './paging.ts';
import type { Selection } from './selection.ts';
import { noBody, sendChunks } from './send.ts';

const JSON_ROWS = 10_000;
const MOST_ROWS = 100_000;

/** What every table can be asked for. */
export const pageParameters = {
  format: z.enum(FORMATS).optional().describe('default: by Accept, else json'),
  limit: wholeNumber(1, MOST_ROWS)
    .optional()
    .describe(`rows of a page; json: ${JSON_ROWS} when left out, the others: all rows`),
  after: z.string().max(1_000).optional().describe('where the page before ended; stands in "next"'),
};

/** Rows that can be asked for. */
export interface Table {
  readonly columns: readonly Column[];
  /** Which cells are the key: its instant and its series. Rows are in the order of it. */
  readonly key: readonly [at: number, series: number];
  /** What the answer says of itself beside what every answer says. */
  readonly about?: Partial<Meta>;
  read(sql: Sql, page: Page): AsyncIterable<Cells[]>;
}

export interface Paging {
  readonly format: Format;
  readonly page: Page;
  /** JSON alone: as an array of rows without anything around it. */
  readonly plain?: boolean;
}

export interface PageQuery {
  readonly format?: Format | undefined;
  readonly limit?: number | undefined;
  readonly after?: string | undefined;
}

/** @throws Problem 406, 422 */
export function readPaging(request: FastifyRequest, query: PageQuery): Paging {
  const format = formatOf(request, query.format);
  const limit = query.limit ?? (format === 'json' ? JSON_ROWS : null);
  return { format, page: { after: readAfter(query.after), limit } };
}

interface RowQuestion {
  readonly selection: Selection;
  /** Refuses what the rows cannot answer. @throws Problem 422 */
  tableOf(sql: Sql, selection: Selection): Table | Promise<Table>;
  /** How many rows there should be; Infinity where nothing says it. */
  readonly expectedRows: number;
  readonly paging: Paging;
}

/** State and rows are read from one snapshot, so that an answer is what it says it is while days are written. */
export async function answerRows(
  deps: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  { selection, tableOf, expectedRows, paging }: RowQuestion,
): Promise<FastifyReply> {
  const rows = Math.min(expectedRows, paging.page.limit ?? Number.POSITIVE_INFINITY);
  return await answerFromSnapshot(deps, request, reply, { paging, rows }, async (snapshot) => {
    const state = await answerState(snapshot, selection.dataset.id, selection.days, latestOf(selection));
    const table = await tableOf(snapshot, selection);
    const meta: Meta = { ...metaOf(selection, state), ...table.about };
    const columns = table.columns.map(({ name }) => name);
    return { meta, table, state, question: [paging, selection.series, columns] };
  });
}

/** What an answer is about, read before its rows. */
interface Found {
  readonly meta: Meta;
  readonly table: Table;
  /** What the ETag is made of, beside `meta`. */
  readonly state: { readonly fingerprint: string };
  readonly question: unknown;
}

/**
 * A 304 for whoever has the answer, else its rows; the snapshot is given back whatever happens.
 * @param asked `rows`: how many there will be; Infinity where nothing says it.
 */
export async function answerFromSnapshot(
  deps: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  { paging, rows }: { readonly paging: Paging; readonly rows: number },
  find: (snapshot: Snapshot) => Promise<Found>,
): Promise<FastifyReply> {
  if (rows > MOST_ROWS_OF_A_READ && request.method !== 'HEAD') {
    if (await request.server.exports.begin(request, reply)) return reply;
  }
  const snapshot = await openSnapshot(deps.database);
  try {
    const { meta, table, state, question } = await find(snapshot);
    noteRead(request, meta.dataset);
    if (isUnchanged(request, reply, meta, state, question)) {
      snapshot.release();
      return reply.code(304).send(noBody(request));
    }
    return await sendRows(request, reply, snapshot, { meta, table, paging });
  } catch (error) {
    snapshot.release();
    throw error;
  }
}

interface Answer {
  readonly meta: Meta;
  readonly table: Table;
  readonly paging: Paging;
}

/** Releases the snapshot when the rows are read, or nobody wants more of them. */
async function sendRows(
  request: FastifyRequest,
  reply: FastifyReply,
  snapshot: Snapshot,
  { meta, table, paging }: Answer,
): Promise<FastifyReply> {
  const { format, page, plain } = paging;
  if (request.method === 'HEAD') {
    snapshot.release();
    return reply.type(CONTENT_TYPES[format]).send(noBody(request));
  }
  const inPages = format === 'json' && !plain;
  const pages = released(table.read(snapshot, inPages ? more(page) : page), snapshot);
  const chunks =
    format !== 'json'
      ? WRITERS[format]({ columns: table.columns, pages, meta })
      : plain
        ? arrayOf(pages, table)
        : pageOf(pages, { meta, table, paging }, request.url);
  return await sendChunks(request, reply, CONTENT_TYPES[format], chunks);
}

async function* released(pages: AsyncIterable<Cells[]>, snapshot: Snapshot): AsyncGenerator<Cells[]> {
  try {
    yield* pages;
  } finally {
    snapshot.release();
  }
}

/** A page says where the next one begins, so it looks one row further. */
function more({ after, limit }: Page): Page {
  return { after, limit: limit === null ? null : limit + 1 };
}

async function* pageOf(pages: AsyncIterable<Cells[]>, { meta, table, paging }: Answer, url: string): Chunks {
  const objectOf = objectWriter(table.columns);
  let left = paging.page.limit ?? Number.POSITIVE_INFINITY;
  let last: Cells | undefined;
  let next: string | null = null;
  let before = `{"meta":${JSON.stringify(meta)},"data":[\n`;
  for await (const page of pages) {
    const taken = page.length > left ? page.slice(0, left) : page;
    left -= taken.length;
    last = taken.at(-1) ?? last;
    if (taken.length < page.length) next = nextUrl(url, meta, last, table.key);
    if (taken.length === 0) continue;
    yield before + taken.map(objectOf).join(',\n');
    before = ',\n';
  }
  yield `${before === ',\n' ? '' : before}\n],"next":${JSON.stringify(next)}}\n`;
}

async function* arrayOf(pages: AsyncIterable<Cells[]>, { columns }: Table): Chunks {
  const objectOf = objectWriter(columns);
  let before = '[';
  for await (const page of pages) {
    yield before + page.map(objectOf).join();
    before = ',';
  }
  yield before === ',' ? ']' : '[]';
}

/** The same question from the key on, with its as-of written out: pages of one answer fit together. */
function nextUrl(
  url: string,
  { as_of, pin }: Meta,
  last: Cells | undefined,
  [at, series]: Table['key'],
): string | null {
  if (!last) return null;
  const after = Buffer.from(JSON.stringify([last[at], last[series]])).toString('base64url');
  const fixed = as_of !== null && pin === undefined ? { as_of } : {};
  return nextPage(url, { after, ...fixed });
}

const keySchema = z.tuple([z.iso.datetime(), z.string().refine((text) => !text.includes('\0'))]);

function readAfter(text: string | undefined): Page['after'] {
  if (text === undefined) return null;
  try {
    const [at, series] = keySchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    return { at, series };
  } catch {
    throw wrongField('after', text, 'take it from "next" of the page before, unchanged', 422);
  }
}
