/** How the lines of a file are to be read. It is stored with the file, so that a rebuild reads them the same way. Plain JSON. */

/**
 * How an instant is written. A weekday before it, in German, French, Italian or English, must be that of the date.
 * - `iso`: `2024-03-31T02:00:00+01:00`, `…Z`; blank instead of `T`, a fraction of zeros and no seconds are understood
 * - `iso-local`: the same without a zone, the year of two digits too (`24-03-31`): wall-clock time of `zone`
 * - `day-first`: `31.03.2024 02:00:00`, with `/` or `-`, the year of two or four digits: wall-clock time of `zone`
 * - `month-first`: `03/31/2024 2:00:00 AM`, with `/` or `-`: wall-clock time of `zone`
 * - `epoch-s`, `epoch-ms`: seconds, milliseconds since 1970-01-01T00:00:00Z
 * - `excel`: days since 1899-12-30, as spreadsheets count: wall-clock time of `zone`
 */
export const TIME_FORMS = [
  'iso',
  'iso-local',
  'day-first',
  'month-first',
  'epoch-s',
  'epoch-ms',
  'excel',
] as const;
export type TimeForm = (typeof TIME_FORMS)[number];

export interface FileForm {
  readonly delimiter: ',' | ';' | '\t' | '|';
  readonly decimal: '.' | ',';
  /**
   * What parts thousands, where a point or a comma does: `1.234` is a slip otherwise. Apostrophes and blanks of any kind do it
   * everywhere, and so does what can be nothing else (`1.234,5`, `1.234.567`).
   */
  readonly thousands?: '.' | ',';
  /** Whether there is a header line. */
  readonly header: boolean;
  /** How many lines precede the data, including a header. @default 1 with a header, 0 without */
  readonly headerLines?: number;
  readonly time: TimeForm;
  /** IANA zone of times without one; the hour that occurs twice in autumn is resolved by the order of its lines. */
  readonly zone: string;
  /** Columns, counted from 0. */
  readonly timeColumn: number;
  /** The column with the series, where each line names one; null: `values` names it. */
  readonly seriesColumn: number | null;
  /** Columns of values: one where `seriesColumn` is set. */
  readonly values: readonly { readonly column: number; readonly series: string }[];
  /** How many columns a line has, without empty ones at its end; other lines are refused. @default any that includes those above */
  readonly columns?: number;
  /** Texts that mean a published null, besides an empty cell. */
  readonly nulls: readonly string[];
  /** The file's original encoding, unless it was UTF-8: a label of the WHATWG Encoding Standard. Its text is stored in UTF-8. */
  readonly encoding?: string;
}

/** How the lines of a file of records are read: each is JSON, or CSV below a header. */
export interface RecordsForm {
  /** The header; null where each line is JSON. */
  readonly names: string | null;
  /** As for a file of points. */
  readonly encoding?: string;
}

/** Whether times carry no zone, so that they need that of the form. */
export function isWallClock(time: TimeForm): boolean {
  return time !== 'iso' && !isEpoch(time);
}

export function isEpoch(time: TimeForm): boolean {
  return time === 'epoch-s' || time === 'epoch-ms';
}

/** How many lines at the start of a file are not data. */
export function headerLinesOf({ header, headerLines }: FileForm): number {
  return headerLines ?? (header ? 1 : 0);
}
