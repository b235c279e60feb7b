// A row of an answer, kept as the text that is sent, so that a recorded row stays byte for byte. Row text is one flat JSON object: id,
// dateTimeUtc, then columns that hold a number or null.
import { HOUR_MS } from './business-day.ts';

/** One published interval. */
export interface Row {
  readonly startsAtMs: number;
  readonly text: string;
}

const FIRST_ID_MS = Date.parse('2022-05-31T22:00:00Z');
/** Prefixes of columns with values. */
export const VALUE_PREFIX = '(?:border_|hub_|min|max|limit(?:Up|Down)_|ts_)';
const VALUE_FIELD = new RegExp(`(,\\s*"(${VALUE_PREFIX}[^"]*)"\\s*:\\s*)([^,}\\s]*)`, 'g');

/** The publisher numbers intervals from the first one of June 2022, in local time, which is 1. */
export function rowId(startsAtMs: number, stepMs = HOUR_MS): number {
  return 1 + Math.floor((startsAtMs - FIRST_ID_MS) / stepMs);
}

/** `2026-04-20T00:00:00Z`: the publisher writes no milliseconds. */
export function utcText(instantMs: number): string {
  return `${new Date(instantMs).toISOString().slice(0, 19)}Z`;
}

/** A number of MW as the publisher prints it, with ten digits after the point, or `null`. */
export function numberText(valueMw: number | null): string {
  return valueMw === null ? 'null' : valueMw.toFixed(10);
}

/** Builds a row from its keys and the texts of their values. */
export function createRow(
  startsAtMs: number,
  fields: readonly (readonly [string, string])[],
  stepMs = HOUR_MS,
): Row {
  const columns = fields.map(([key, value]) => `,"${key}":${value}`).join('');
  return { startsAtMs, text: `{${headText(startsAtMs, rowId(startsAtMs, stepMs))}${columns}}` };
}

/** Rewrites the texts of the values; a field for which `change` returns undefined is left out. */
export function mapValues(row: Row, change: (key: string, text: string) => string | undefined): Row {
  const text = row.text.replace(VALUE_FIELD, (_all, before: string, key: string, value: string) => {
    const changed = change(key, value);
    return changed === undefined ? '' : `${before}${changed}`;
  });
  return { ...row, text };
}

/** The same values with another time and id. */
export function moveRow(row: Row, startsAtMs: number, id = rowId(startsAtMs)): Row {
  const text = row.text
    .replace(/"id"\s*:\s*\d+/, `"id":${id}`)
    .replace(/"dateTimeUtc"\s*:\s*"[^"]*"/, `"dateTimeUtc":"${utcText(startsAtMs)}"`);
  return { startsAtMs, text };
}

/** Adds a field at the end of a row. */
export function addField(row: Row, key: string, value: string): Row {
  return { ...row, text: `${row.text.slice(0, -1)},"${key}":${value}}` };
}

/** The whole body: three keys, always in this order, without a space. */
export function envelopeText(rows: readonly Row[]): string {
  return `{"data":[${rows.map(({ text }) => text).join(',')}],"rejected":false,"messages":null}`;
}

/** A page of the rows, with their total number: the publisher's answer if `Skip` or `Take` is given. */
export function pageText(rows: readonly Row[], skip: number, take: number): string {
  const data = rows.slice(skip, skip + take).map(({ text }) => text);
  const counts = `"totalRows":${rows.length},"totalRowsWithFilter":${rows.length},"skip":${skip},"take":${take}`;
  return `{"data":[${data.join(',')}],${counts},"rejected":false,"messages":null}`;
}

function headText(startsAtMs: number, id: number): string {
  return `"id":${id},"dateTimeUtc":"${utcText(startsAtMs)}"`;
}
