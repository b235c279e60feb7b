/** Records as NDJSON and CSV: rows of a page, whatever their fields hold; numbers as they were sent. */
import { csvText } from '../values/csv.ts';
import { jsonText } from '../values/exact-json.ts';

type Row = Readonly<Record<string, unknown>>;

export const RECORD_FORMATS = ['json', 'ndjson', 'csv'] as const;
export type RecordFormat = (typeof RECORD_FORMATS)[number];

export function recordsAsNdjson(rows: readonly Row[]): string {
  return rows.map((row) => `${jsonText(row)}\n`).join('');
}

/** A null is an empty field, an empty text is quoted, a body is JSON. */
export function recordsAsCsv(columns: readonly string[], rows: readonly Row[]): string {
  return rows.map((row) => `${columns.map((column) => cellOf(row[column])).join(',')}\n`).join('');
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'string') return csvText(value);
  const text = jsonText(value);
  // A number that a double does not hold is an object here, and text that begins with its sign.
  return /^[[{]/.test(text) ? csvText(text) : text;
}
