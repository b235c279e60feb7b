/** Records as NDJSON and CSV: rows of a page, whatever their fields hold; numbers as they were sent. */
import { jsonText } from './exact-json.ts';

type Row = Readonly<Record<string, unknown>>;

export const RECORD_FORMATS = ['json', 'ndjson', 'csv'] as const;
export type RecordFormat = (typeof RECORD_FORMATS)[number];

export function recordsAsNdjson(rows: readonly Row[]): string {
  return rows.map((row) => `${jsonText(row)}\n`).join('');
}

/** The head of a CSV. */
export function csvHead(columns: readonly string[]): string {
  return `${columns.join(',')}\n`;
}

/** Lines by RFC 4180; a null is an empty field, an empty text is quoted, a body is JSON. */
export function recordsAsCsv(columns: readonly string[], rows: readonly Row[]): string {
  return rows.map((row) => `${columns.map((column) => cellOf(row[column])).join(',')}\n`).join('');
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text =
    value instanceof Date ? value.toISOString() : typeof value === 'object' ? jsonText(value) : String(value);
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
