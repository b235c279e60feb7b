/**
 * Observations as rows of plain values for those who pass on many, in order, by key. A range is read a stretch at a time:
 * the order is by start, the index by series, so that a statement over all of it would sort all of it first.
 */
import statement, { empty, raw, type Sql as Statement } from 'sql-template-tag';
import type { CivilDay, Interval } from '../../../domain/time/civil-day.ts';
import {
  daysWithin,
  evenStretches,
  ROWS_OF_A_STRETCH,
  stretchesByDays,
  stretchesOfDays,
} from '../../../domain/time/stretches.ts';
import type { Sql } from '../../connection/client.ts';
import { storageOf } from '../../migration/storage.ts';
import { ledgerDays } from '../days/ledger-days.ts';
import { rowsOfDays } from './day-rollups.ts';
import { type Cells, cellsOf } from './row-types.ts';

/** Which state of knowledge: the latest, that of an instant, or that of an instant per delivery day. */
export type Knowledge =
  | { readonly kind: 'latest' }
  | { readonly kind: 'as-of'; readonly at: Date }
  | { readonly kind: 'gates'; gateOf(day: CivilDay): Date };

export interface RowSelection {
  readonly dataset: string;
  /** Instants; half-open. */
  readonly from: Date;
  readonly to: Date;
  /** Null selects every series. */
  readonly series: readonly string[] | null;
  readonly knowledge: Knowledge;
  /** How much time holds some ten thousand rows. */
  readonly stretchMs: number;
  /** Its rollups then say it, day by day. */
  readonly hasRollups?: boolean;
}

/** The key of a row: its instant and its series. */
export interface Key {
  readonly at: string;
  readonly series: string;
}

export interface Page {
  /** The key of the last row that was read; null begins. */
  readonly after: Key | null;
  /** Null reads to the end. */
  readonly limit: number | null;
}

/** Delivery day, start, series, value, known at, payload id. By start and series; memory does not grow with their number. */
export async function* readRows(sql: Sql, selection: RowSelection, page: Page): AsyncGenerator<Cells[]> {
  const { from, to, stretchMs, hasRollups } = selection;
  const startMs = Math.max(from.getTime(), page.after ? Date.parse(page.after.at) : 0);
  const range = { startMs, endMs: to.getTime() };
  const wanted = { ...selection, from: new Date(startMs) };
  const days = await daysToRead(sql, wanted);
  if (!hasRollups) {
    const stretches = days ? stretchesOfDays(range, stretchMs, days) : evenStretches(range, stretchMs);
    return yield* readStretches(sql, wanted, page, stretches, days);
  }
  const stretches = stretchesByDays(range, await rowsOfDays(sql, selection));
  // What is counted moves when points are added: groups that depend on the rows alone leave the bytes of a pin as they were.
  yield* inGroups(readStretches(sql, wanted, page, stretches, days));
}

/** The days of the ledger in a range; undefined where nothing depends on them: one stretch, of whatever days. */
async function daysToRead(sql: Sql, selection: RowSelection): Promise<CivilDay[] | undefined> {
  const { from, to, stretchMs, hasRollups, knowledge } = selection;
  if (knowledge.kind === 'gates') return await ledgerDays(sql, selection);
  if (hasRollups || to.getTime() - from.getTime() <= stretchMs) return undefined;
  return await ledgerDays(sql, selection);
}

async function* inGroups(pages: AsyncIterable<Cells[]>): AsyncGenerator<Cells[]> {
  let group: Cells[] = [];
  for await (const page of pages) {
    group = group.length === 0 ? page : [...group, ...page];
    for (; group.length >= ROWS_OF_A_STRETCH; group = group.slice(ROWS_OF_A_STRETCH))
      yield group.slice(0, ROWS_OF_A_STRETCH);
  }
  if (group.length > 0) yield group;
}

async function* readStretches(
  sql: Sql,
  selection: RowSelection,
  page: Page,
  stretches: Iterator<Interval>,
  days: readonly CivilDay[] | undefined,
): AsyncGenerator<Cells[]> {
  let left = page.limit ?? Number.POSITIVE_INFINITY;
  const read = () => {
    const { value, done } = stretches.next();
    if (done) return undefined;
    const stretch = { from: new Date(value.startMs), to: new Date(value.endMs) };
    const gates = gatesOfDays(selection.knowledge, daysWithin(days ?? [], value));
    const limit = page.limit === null ? null : left;
    const rows = rowsOf(sql, { ...selection, ...stretch }, gates, { after: page.after, limit });
    // Awaited below; until then a failure is nobody's.
    rows.catch(() => undefined);
    return rows;
  };
  let next = read();
  try {
    while (next && left > 0) {
      const rows = await next;
      left -= rows.length;
      // The database reads on while these are passed on, unless nobody may want more.
      next = page.limit === null ? read() : undefined;
      if (rows.length > 0) yield rows;
      if (left > 0) next ??= read();
    }
  } finally {
    await next?.catch(() => undefined);
  }
}

async function rowsOf(
  sql: Sql,
  { dataset, from, to, series, knowledge }: RowSelection,
  gates: readonly Gate[],
  { after, limit }: Page,
): Promise<Cells[]> {
  const beyond = after
    ? statement`and (o.starts_at, o.series) > (${after.at}::timestamptz, ${after.series}::text)`
    : empty;
  const made = statement`
    select o.delivery_day, o.starts_at, o.series, o.value, o.known_at, o.payload_id
    from ${relationOf(dataset, knowledge, gates)} o
    where o.starts_at >= ${from} and o.starts_at < ${to} ${ofSeries(series)} ${beyond}
    order by o.starts_at, o.series
    ${limit === null ? empty : statement`limit ${limit}`}`;
  const { rows } = await sql.query(cellsOf(made));
  return rows as Cells[];
}

/** A condition on the series of `o`; none for every series. */
export function ofSeries(series: readonly string[] | null): Statement {
  return series ? statement`and o.series = any(${series}::text[])` : empty;
}

/** Until when what became known of a delivery day counts. */
export interface Gate {
  readonly day: CivilDay;
  readonly at: Date;
}

/** The gates of days that have any; none under other knowledge. */
function gatesOfDays(knowledge: Knowledge, days: readonly CivilDay[]): Gate[] {
  if (knowledge.kind !== 'gates') return [];
  return days.map((day) => ({ day, at: knowledge.gateOf(day) }));
}

/** The gates of the days of the ledger in a range. */
export async function gatesInRange(sql: Sql, selection: RowSelection): Promise<Gate[]> {
  return selection.knowledge.kind === 'gates'
    ? gatesOfDays(selection.knowledge, await ledgerDays(sql, selection))
    : [];
}

/** Of gates, ascending by day, those whose days may touch an interval. */
export function gatesWithin(gates: readonly Gate[], interval: Interval): readonly Gate[] {
  const within = new Set(
    daysWithin(
      gates.map(({ day }) => day),
      interval,
    ),
  );
  return gates.filter(({ day }) => within.has(day));
}

/** Everything that can be selected from, with the columns of the public relation. @param gates of the days that are read. */
export function relationOf(dataset: string, knowledge: Knowledge, gates: readonly Gate[]): Statement {
  const { relation, versions, asOf } = storageOf(dataset);
  if (knowledge.kind === 'latest') return raw(relation);
  if (knowledge.kind === 'as-of') return statement`${raw(asOf)}(${knowledge.at})`;
  return statement`(
    select v.delivery_day, v.starts_at, v.series, v.value, v.known_from as known_at, v.payload_id
    from ${raw(versions)} v
    join unnest(${gates.map(({ day }) => day)}::date[], ${gates.map(({ at }) => at)}::timestamptz[]) as gate(day, at)
      on gate.day = v.delivery_day
    where v.known_from <= gate.at and (v.known_to is null or v.known_to > gate.at)
  )`;
}
