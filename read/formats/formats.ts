/** The formats of tables, and who writes them. */
import { arrow } from './arrow.ts';
import type { Chunks, Rows } from './columns.ts';
import { parquet } from './parquet.ts';
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

/** Without JSON, whose envelope differs from answer to answer. */
export const WRITERS: Readonly<Record<Exclude<Format, 'json'>, (rows: Rows) => Chunks>> = {
  ndjson,
  csv,
  arrow,
  parquet,
};
