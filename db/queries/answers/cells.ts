/** Rows as arrays of plain values, for readers that pass on many. The session must use UTC. */
import pg, { type QueryArrayConfig } from 'pg';
import type { Sql as Statement } from 'sql-template-tag';
import { jsonText, readStoredJson } from '../../../domain/values/exact-json.ts';

/** Instants are ISO 8601 in UTC with milliseconds, days `YYYY-MM-DD`, JSON is its text. */
export type Cell = string | number | boolean | null;
export type Cells = readonly Cell[];

const BOOL = 16;
const INT8 = 20;
const INT4 = 23;
const FLOAT8 = 701;
const TIMESTAMPTZ = 1184;
const JSONB = 3802;

/** A statement whose rows come as cells: instants are cut from PostgreSQL's own text, five times as fast as Dates. */
export function cellsOf({ text, values }: Statement): QueryArrayConfig {
  return { text, values, rowMode: 'array', types: { getTypeParser } };
}

function getTypeParser(oid: number): (text: string) => Cell {
  if (oid === FLOAT8 || oid === INT8 || oid === INT4) return Number;
  if (oid === BOOL) return (text) => text === 't';
  if (oid === JSONB) return (text) => jsonText(readStoredJson(text));
  return oid === TIMESTAMPTZ ? isoReader() : String;
}

/** `2026-11-20 10:00:00.5+00` to `2026-11-20T10:00:00.500Z`, for one column: there, neighbours are often equal. */
function isoReader(): (text: string) => string {
  let lastText = '';
  let lastIso = '';
  return (text) => {
    if (text !== lastText) [lastText, lastIso] = [text, isoOf(text)];
    return lastIso;
  };
}

function isoOf(text: string): string {
  const [, date, time, fraction = ''] = /^(\d{4}-\S+) ([\d:]{8})(?:\.(\d{1,3})\d*)?\+00$/.exec(text) ?? [];
  return date ? `${date}T${time}.${fraction.padEnd(3, '0')}Z` : farIso(text);
}

/** Fields of records may hold years with other than four digits. */
function farIso(text: string): string {
  if (!/\+00( BC)?$/.test(text)) throw new Error(`the session does not speak UTC: ${text}`);
  return (pg.types.getTypeParser(TIMESTAMPTZ)(text) as Date).toISOString();
}
