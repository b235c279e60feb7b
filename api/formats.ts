/** The formats of observations: which one is asked for, and how rows become bytes. */
import type { FastifyRequest } from 'fastify';
import type { Row } from '../db/queries/rows.ts';
import { Problem } from './problem.ts';
import { FORMATS, type Format, type Meta } from './schemas.ts';

export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  json: 'application/json; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
  arrow: 'application/vnd.apache.arrow.stream',
  parquet: 'application/vnd.apache.parquet',
};

/** Types as they may stand in Accept, best first. */
const ACCEPTED: Readonly<Record<string, Format>> = {
  'application/json': 'json',
  'application/x-ndjson': 'ndjson',
  'application/ndjson': 'ndjson',
  'text/csv': 'csv',
  'application/vnd.apache.arrow.stream': 'arrow',
  'application/vnd.apache.parquet': 'parquet',
};

/** By `format`, else by Accept. @throws Problem 406 */
export function formatOf(request: FastifyRequest, asked: Format | undefined): Format {
  if (asked !== undefined) return asked;
  const type = request.accepts().type(Object.keys(ACCEPTED));
  const format = typeof type === 'string' ? ACCEPTED[type] : undefined;
  if (format) return format;
  const types = [...new Set(Object.keys(ACCEPTED))].join(', ');
  throw new Problem(406, `this can be had as ${types}; or write "format" (${FORMATS.join(', ')})`, {
    faults: [{ field: 'Accept', value: request.headers.accept, cure: `write one of ${types}` }],
  });
}

export const COLUMNS = ['delivery_day', 'starts_at', 'series', 'value', 'known_at', 'payload_id'] as const;

type Pages = AsyncIterable<Row[]>;
/** Pages of rows to chunks of a body. */
export type Writer = (pages: Pages, meta: Meta) => AsyncIterable<string | Uint8Array>;

export const WRITERS: Readonly<Partial<Record<Format, Writer>>> = {
  async *ndjson(pages) {
    for await (const page of pages) yield page.map((row) => `${objectOf(row)}\n`).join('');
  },
  async *csv(pages) {
    yield `${COLUMNS.join(',')}\n`;
    for await (const page of pages) yield page.map(csvLine).join('');
  },
};

/** One row as a JSON object. By hand: half the time of JSON.stringify, and only the series can need quoting. */
export function objectOf([day, startsAt, series, value, knownAt, payloadId]: Row): string {
  return `{"delivery_day":"${day}","starts_at":"${startsAt}","series":${JSON.stringify(series)},"value":${value},"known_at":"${knownAt}","payload_id":${payloadId}}`;
}

/** RFC 4180; a null is an empty field, which no value of ours is. */
function csvLine([day, startsAt, series, value, knownAt, payloadId]: Row): string {
  return `${day},${startsAt},${quote(series)},${value ?? ''},${knownAt},${payloadId}\n`;
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
