/** The formats of tables, and who writes them. */
import type { Chunks, Rows } from './columns.ts';
import { csv, ndjson } from './text.ts';

export const FORMATS = ['json', 'ndjson', 'csv', 'arrow', 'parquet'] as const;
export type Format = (typeof FORMATS)[number];

export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  json: 'application/json; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
  arrow: 'application/vnd.apache.arrow.stream',
  parquet: 'application/vnd.apache.parquet',
};

type Writer = (rows: Rows) => Chunks;

/** Without JSON, whose envelope differs from answer to answer. */
export const WRITERS: Readonly<Record<Exclude<Format, 'json'>, Writer>> = {
  ndjson,
  csv,
  arrow: whenLoaded(async () => (await import('./arrow.ts')).arrow),
  parquet: whenLoaded(async () => (await import('./parquet.ts')).parquet),
};

/** A writer whose library is loaded when it is first used: few processes ever are asked for its format. */
function whenLoaded(load: () => Promise<Writer>): Writer {
  return async function* (rows) {
    yield* (await load())(rows);
  };
}
