/**
 * Points as rows of plain values, for readers that pass on many; ordered by key. A range is read a chunk at a time: the order is by start,
 * the index by series, so that one statement over all of it would first sort all of it.
 */

import statement, { empty } from 'sql-template-tag';
import { isOfRecords } from '../../../domain/dataset/dataset.ts';
import type { PointDataset } from '../../../domain/dataset/points.ts';
import {
  chunksByDays,
  chunksOfDays,
  daysWithin,
  evenChunks,
  ROWS_OF_A_CHUNK,
} from '../../../domain/time/chunks.ts';
import type { CivilDay, Interval } from '../../../domain/time/civil-day.ts';
import type { Sql } from '../../connection/client.ts';
import { ledgerDays } from '../days/ledger-days.ts';
import { rowsOfDays } from '../points/day-rollups.ts';
import { type Cells, cellsOf } from './cells.ts';
import { type Gate, gatesInRange, gatesOfDays, type Page } from './knowledge.ts';
import {
  behind,
  columnsOf,
  conditionsOf,
  orderOf,
  type RowSelection,
  relationOf,
  sourceOf,
} from './relation.ts';

/** Points of a range. */
export interface PointSelection extends RowSelection {
  readonly dataset: PointDataset;
  readonly from: Date;
  readonly to: Date;
  /** The time that holds some ten thousand rows. */
  readonly chunkMs: number;
  /** Then its rollups give that figure, day by day. */
  readonly hasRollups?: boolean;
}

/** By start and series; memory does not grow with their number. */
export async function* readPoints(sql: Sql, selection: PointSelection, page: Page): AsyncGenerator<Cells[]> {
  const { from, to, chunkMs, hasRollups } = selection;
  const startMs = Math.max(from.getTime(), page.after ? Date.parse(String(page.after[0])) : 0);
  const range = { startMs, endMs: to.getTime() };
  const wanted = { ...selection, from: new Date(startMs) };
  const days = await daysToRead(sql, wanted);
  if (!hasRollups) {
    const chunks = days ? chunksOfDays(range, chunkMs, days) : evenChunks(range, chunkMs);
    return yield* readChunks(sql, wanted, page, chunks, days);
  }
  const chunks = chunksByDays(range, await rowsOfDays(sql, selection));
  // Counts change when points are added: groups that depend only on the rows keep the bytes of a pin unchanged.
  yield* inGroups(readChunks(sql, wanted, page, chunks, days));
}

/** The days of the ledger in a range; undefined where they do not matter: one chunk, of any days. */
async function daysToRead(sql: Sql, selection: PointSelection): Promise<CivilDay[] | undefined> {
  const { from, to, chunkMs, hasRollups, knowledge } = selection;
  if (knowledge.kind === 'gates') return await ledgerDays(sql, selection);
  if (hasRollups || to.getTime() - from.getTime() <= chunkMs) return undefined;
  return await ledgerDays(sql, selection);
}

async function* inGroups(pages: AsyncIterable<Cells[]>): AsyncGenerator<Cells[]> {
  let group: Cells[] = [];
  for await (const page of pages) {
    group = group.length === 0 ? page : [...group, ...page];
    for (; group.length >= ROWS_OF_A_CHUNK; group = group.slice(ROWS_OF_A_CHUNK))
      yield group.slice(0, ROWS_OF_A_CHUNK);
  }
  if (group.length > 0) yield group;
}

async function* readChunks(
  sql: Sql,
  selection: PointSelection,
  page: Page,
  chunks: Iterator<Interval>,
  days: readonly CivilDay[] | undefined,
): AsyncGenerator<Cells[]> {
  let left = page.limit ?? Number.POSITIVE_INFINITY;
  const read = () => {
    const { value, done } = chunks.next();
    if (done) return undefined;
    const chunk = { from: new Date(value.startMs), to: new Date(value.endMs) };
    const gates = gatesOfDays(selection.knowledge, daysWithin(days ?? [], value));
    const limit = page.limit === null ? null : left;
    const rows = rowsOf(sql, { ...selection, ...chunk }, gates, { after: page.after, limit });
    // Awaited below; until then an error must not count as unhandled.
    rows.catch(() => undefined);
    return rows;
  };
  let next = read();
  try {
    while (next && left > 0) {
      const rows = await next;
      left -= rows.length;
      // The database reads ahead while these are passed on, unless the reader may stop here.
      next = page.limit === null ? read() : undefined;
      if (rows.length > 0) yield rows;
      if (left > 0) next ??= read();
    }
  } finally {
    await next?.catch(() => undefined);
  }
}

// Some rows of a relation from one statement, in order of their key, as cells.

/** @param gates of the days that are read; empty for states of knowledge without gates. */
async function rowsOf(
  sql: Sql,
  selection: RowSelection,
  gates: readonly Gate[],
  { after, limit }: Page,
): Promise<Cells[]> {
  const relation = relationOf(selection);
  const made = statement`
    select ${columnsOf(selection)}
    from ${sourceOf(selection.dataset, selection.knowledge, gates)} o
    where ${conditionsOf(selection)} ${after ? statement`and ${behind(relation, after)}` : empty}
    order by ${orderOf(relation)}
    ${limit === null ? empty : statement`limit ${limit}`}`;
  const { rows } = await sql.query(cellsOf(made));
  return rows as Cells[];
}

// Records as rows of plain values, in order of their key, some thousand per statement.

/** Memory does not grow with their number. */
async function* readRecords(
  sql: Sql,
  selection: RowSelection,
  { after: first, limit }: Page,
): AsyncGenerator<Cells[]> {
  const { key } = relationOf(selection);
  const gates = await gatesInRange(sql, selection);
  let left = limit ?? Number.POSITIVE_INFINITY;
  for (let after = first; left > 0; ) {
    const most = Math.min(left, ROWS_OF_A_CHUNK);
    const rows = await rowsOf(sql, selection, gates, { after, limit: most });
    if (rows.length > 0) yield rows;
    const last = rows.at(-1);
    if (!last || rows.length < most) return;
    left -= rows.length;
    after = key.map((index) => last[index] as Cells[number]);
  }
}

// The rows of a query, in order of their key, in pieces of some thousand.

/** Cells are in the order of the columns of `relationOf`; memory does not grow with the number of rows. */
export function readRows(
  sql: Sql,
  selection: RowSelection | PointSelection,
  page: Page,
): AsyncIterable<Cells[]> {
  return isOfPointSelection(selection) ? readPoints(sql, selection, page) : readRecords(sql, selection, page);
}

function isOfPointSelection(selection: RowSelection | PointSelection): selection is PointSelection {
  return !isOfRecords(selection.dataset);
}
