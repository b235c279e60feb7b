/** Answers with a table of rows, in any format, whole or in pages; the routes decide which rows. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Sql } from '../../db/connection/client.ts';
import { openSnapshot, type Snapshot } from '../../db/connection/snapshot.ts';
import { answerState } from '../../db/queries/answers/answer-state.ts';
import type { Cells } from '../../db/queries/answers/cells.ts';
import { coverAsked } from '../../db/read/cover/cover-asked.ts';
import type { Chunks } from '../../db/read/formats/columns.ts';
import { CONTENT_TYPES, WRITERS } from '../../db/read/formats/formats.ts';
import { jsonArray } from '../../db/read/formats/text.ts';
import { gateMeta, readGateDays } from '../../db/read/gates.ts';
import type { Table } from '../../db/read/table.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { MOST_ROWS_OF_A_READ } from '../exports.ts';
import { noteRead } from '../limits/read-counter.ts';
import type { Meta } from '../schemas.ts';
import { isUnchanged, latestOf, metaOf } from './meta.ts';
import { jsonPage, type Paging, pageOf } from './paging.ts';
import type { Selection } from './selection.ts';
import { noBody, sendChunks } from './send.ts';

/** Up to this many rows are read before the ETag is checked: that is cheaper than a second round trip. */
const FEW_ROWS = 1_000;

interface RowQuestion {
  readonly selection: Selection;
  /** @throws Problem 422 for a query that these rows cannot answer */
  tableOf(sql: Sql): Table | Promise<Table>;
  /** Meta fields in addition to those of every answer. */
  about?(sql: Sql): Promise<Partial<Meta>> | Partial<Meta>;
  /** @throws Problem for an answer that its rows alone would not tell. */
  refuse?(meta: Meta): void;
  /** Infinity where the number is not known in advance. */
  readonly expectedRows: number;
  readonly paging: Paging;
}

/**
 * State and rows are read from one snapshot, so that the meta data fits the rows even while days are written. The queries are
 * sent together: an answer of few rows takes one round trip.
 */
export async function answerRows(
  deps: ApiDependencies,
  request: FastifyRequest,
  reply: FastifyReply,
  { selection, tableOf, about, refuse, expectedRows, paging }: RowQuestion,
): Promise<FastifyReply> {
  const rows = Math.min(expectedRows, paging.limit ?? Number.POSITIVE_INFINITY);
  return await answerFromSnapshot(deps, request, reply, { paging, rows }, async (snapshot) => {
    const { dataset, days, series, personal } = selection;
    const stated = answerState(snapshot, dataset.id, days, latestOf(selection));
    const [state, coverage, more, gates, { table, pages }] = await Promise.all([
      stated,
      coverAsked(snapshot, selection, { nowMs: deps.now().getTime(), stated }),
      about?.(snapshot),
      readGateDays(snapshot, selection),
      readTable(snapshot, tableOf, paging, rows),
    ]);
    const meta: Meta = { ...metaOf(selection, state, coverage), ...(gates ? gateMeta(gates) : {}), ...more };
    refuse?.(meta);
    const columns = table.columns.map(({ name }) => name);
    return { meta, table, pages, state, question: [paging, series, personal, columns] };
  });
}

async function readTable(
  sql: Sql,
  tableOf: RowQuestion['tableOf'],
  paging: Paging,
  rows: number,
): Promise<{ table: Table; pages: AsyncIterable<Cells[]> }> {
  const table = await tableOf(sql);
  const pages = table.read(sql, pageOf(paging, table));
  return { table, pages: rows <= FEW_ROWS ? begun(pages) : pages };
}

/** The same pages, with the query for the first one sent right away. */
function begun(pages: AsyncIterable<Cells[]>): AsyncIterable<Cells[]> {
  const rest = pages[Symbol.asyncIterator]();
  const first = rest.next();
  // A failure reaches the reader through `await first` below; this only keeps it from counting as unhandled.
  first.catch(() => undefined);
  return (async function* () {
    for (let next = await first; !next.done; next = await rest.next()) yield next.value;
  })();
}

/** The meta data of an answer and its rows. */
interface Found {
  readonly meta: Meta;
  readonly table: Table;
  readonly pages: AsyncIterable<Cells[]>;
  /** What the ETag is made of, beside `meta`. */
  readonly state: { readonly fingerprint: string };
  readonly question: unknown;
}

/**
 * Answers 304 where the caller already has the answer, otherwise with its rows; always releases the snapshot.
 * @param options `rows`: the expected number; Infinity where it is not known.
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
    const found = await find(snapshot);
    noteRead(request, found.meta.dataset);
    if (isUnchanged(request, reply, found.meta, found.state, found.question)) {
      snapshot.release();
      return reply.code(304).send(noBody(request));
    }
    return await sendRows(request, reply, snapshot, found, paging);
  } catch (error) {
    snapshot.release();
    throw error;
  }
}

/** Releases the snapshot once all rows are read or the reader stops. */
async function sendRows(
  request: FastifyRequest,
  reply: FastifyReply,
  snapshot: Snapshot,
  { meta, table, pages }: Found,
  paging: Paging,
): Promise<FastifyReply> {
  const type = CONTENT_TYPES[paging.format];
  if (request.method === 'HEAD') {
    snapshot.release();
    return reply.type(type).send(noBody(request));
  }
  const rows = { ...table, pages: released(pages, snapshot), meta };
  return await sendChunks(request, reply, type, chunksOf(rows, paging, request.url));
}

function chunksOf(
  rows: Table & { pages: AsyncIterable<Cells[]>; meta: Meta },
  paging: Paging,
  url: string,
): Chunks {
  if (paging.format !== 'json') return WRITERS[paging.format](rows);
  return paging.plain ? jsonArray(rows) : jsonPage(rows, paging.limit, url);
}

async function* released(pages: AsyncIterable<Cells[]>, snapshot: Snapshot): AsyncGenerator<Cells[]> {
  try {
    yield* pages;
  } finally {
    snapshot.release();
  }
}
