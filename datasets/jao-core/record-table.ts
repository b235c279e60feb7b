/**
 * Tables of the Publication Tool with several rows an interval: records. A day is requested page by page (`Skip`, `Take`) and assembled
 * into one envelope, so that an answer is complete for its day. How rows are identified: record-rows.ts.
 */

import type { Source } from '../../domain/dataset/facts.ts';
import type { FetchContext, Fetched } from '../../domain/dataset/fetcher.ts';
import type { LocalMoment } from '../../domain/dataset/pull.ts';
import type { PulledRecords, RecordField } from '../../domain/dataset/records.ts';
import { type CivilDay, dayInterval } from '../../domain/time/civil-day.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import { parseJson, rowsIn } from '../../kit/decode/json-table.ts';
import type { Row } from '../../kit/decode/points-of-rows.ts';
import { ENVELOPE, rowsOf } from './envelope.ts';
import { exampleOfRecords } from './example.ts';
import { decodeRows, type RowForm } from './record-rows.ts';

export interface JaoRecordTable
  extends Partial<RowForm>,
    Pick<PulledRecords, 'title' | 'description' | 'unit' | 'explains'> {
  readonly source: Source;
  /** The second half of the dataset's id. */
  readonly name: string;
  readonly region: string;
  /** As the source spells it: `activeFbConstraints`. */
  readonly table: string;
  /** Its part of the API path. @default data */
  readonly api?: string;
  readonly firstDay: CivilDay;
  readonly fields: readonly RecordField[];
  /** When a day is published at the latest, if it may have no rows. */
  readonly publishedBy?: LocalMoment;
  /** How often yesterday, today and tomorrow are polled. @default 60 */
  readonly everyMinutes?: number;
  /** Rows per request. @default 5000 */
  readonly pageRows?: number;
}

/** Columns of a table of network elements: the fields that identify its rows. */
export const ELEMENT: readonly RecordField[] = [
  { name: 'tso', type: 'text', description: 'the system operator' },
  { name: 'cnec_name', type: 'text', description: 'the network element' },
  { name: 'cont_name', type: 'text', description: 'the contingency' },
  { name: 'direction', type: 'text', description: 'of the element' },
];
const OF_ELEMENT = ['tso', 'cnecName', 'contName', 'direction'];

/** The definition of such a table. */
export function jaoRecords(table: JaoRecordTable) {
  const { source, name, region, table: slug, title, description, unit, firstDay, fields, explains } = table;
  const { identity = OF_ELEMENT, time = 'dateTimeUtc', publishedBy, everyMinutes = 60 } = table;
  const form = { identity, time, kept: fields.map((field) => field.name), timeZone: source.timeZone };
  return {
    ...{ shape: 'records' as const, silence: 'withdraw' as const, period: 'day' as const },
    ...{ id: `${source.id}.${name}`, source, title, description, unit, firstDay, fields },
    ...(explains ? { explains } : {}),
    owner: 'JAO S.A. for the TSOs of the region',
    licence: "JAO's terms of use",
    link: `https://publicationtool.jao.eu/${region}/${slug}`,
    ...{ access: 'open' as const, retentionDays: null, chunkDays: 30, decoderVersion: 2 },
    pull: {
      ...{ back: 1, ahead: 1, everyMinutes, tickMinutes: Math.min(10, everyMinutes) },
      ...(publishedBy ? { publishedBy } : {}),
      fetch: (day, context) => fetchPages(table, day, context),
    },
    decode: (body, day) => decodeRows(body, day, form),
    example: exampleOfRecords({ ...form, fields, isDaily: table.time !== undefined }),
  } satisfies PulledRecords;
}

const PAGE_ROWS = 5_000;
const MOST_TRIES = 3;

/** @throws Failure ANSWER_BROKEN where the number of rows keeps changing between pages */
async function fetchPages(table: JaoRecordTable, day: CivilDay, context: FetchContext): Promise<Fetched> {
  for (let attempt = 0; attempt < MOST_TRIES; attempt++) {
    const fetched = await fetchOnce(table, day, context);
    if (fetched) return fetched;
  }
  throw new Failure(
    'ANSWER_BROKEN',
    `${table.table} of ${day} changed between its pages ${MOST_TRIES} times`,
  );
}

/** Undefined where the table changed meanwhile: rows may be duplicated or missing. */
async function fetchOnce(
  table: JaoRecordTable,
  day: CivilDay,
  { ask }: FetchContext,
): Promise<Fetched | undefined> {
  const { region, table: slug, api = 'data', source, pageRows = PAGE_ROWS } = table;
  const { startMs, endMs } = dayInterval(day, source.timeZone);
  const window = { FromUtc: new Date(startMs).toISOString(), ToUtc: new Date(endMs).toISOString() };
  const rows: unknown[] = [];
  let total: unknown;
  for (;;) {
    const query = { ...window, Skip: String(rows.length), Take: String(pageRows) };
    const request = { path: `/${region}/api/${api}/${slug}`, query, accept: 'application/json' };
    const { url, body, contentType } = await ask({
      ...request,
      maxBytes: 64 * 1024 * 1024,
      timeoutMs: 180_000,
    });
    const page = pageOf(body);
    // An answer that is not a page of rows is kept as it came, to be refused with its own message.
    if (!page) return { url, contentType, body };
    if (rows.length > 0 && page.total !== total) return undefined;
    total = page.total;
    rows.push(...page.rows);
    if (page.rows.length < pageRows) return { url, contentType, body: rowsOf(rows) };
  }
}

function pageOf(
  body: Uint8Array,
): { readonly rows: readonly unknown[]; readonly total: unknown } | undefined {
  try {
    const { value } = parseJson(body);
    return { rows: rowsIn(value, ENVELOPE), total: (value as Row).totalRows };
  } catch {
    return undefined;
  }
}
