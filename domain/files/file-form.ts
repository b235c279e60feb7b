/** How the lines of a file are to be read. It is kept with the file, so that a rebuild reads them the same way. Plain JSON. */

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
  /** Whether a line names the columns. */
  readonly header: boolean;
  /** How many lines stand before those of data, the names among them. @default 1 with names, 0 without */
  readonly headerLines?: number;
  readonly time: TimeForm;
  /** IANA zone of times that carry none; the hour that comes twice in autumn is told by the order of its lines. */
  readonly zone: string;
  /** Columns, counted from 0. */
  readonly timeColumn: number;
  /** The column that names the series, where lines carry one each; null: `values` says it. */
  readonly seriesColumn: number | null;
  /** Columns of values: one where `seriesColumn` is set. */
  readonly values: readonly { readonly column: number; readonly series: string }[];
  /** How many columns a line has, empty ones at its end aside; one of another number is refused. Left out: any that holds those above. */
  readonly columns?: number;
  /** What stands for a published null, besides nothing at all. */
  readonly nulls: readonly string[];
  /** How the file's characters are written, where that is not UTF-8: a label of the WHATWG Encoding Standard. Its text is kept in UTF-8. */
  readonly encoding?: string;
}

/** How the lines of a file of records are read: each is JSON, or CSV behind the line that names its columns. */
export interface RecordsForm {
  /** That line; null where each is JSON. */
  readonly names: string | null;
  /** As of a file of points. */
  readonly encoding?: string;
}

/** Whether times carry no zone, so that the clocks of one tell the instant. */
export function isWallClock(time: TimeForm): boolean {
  return time !== 'iso' && !isEpoch(time);
}

export function isEpoch(time: TimeForm): boolean {
  return time === 'epoch-s' || time === 'epoch-ms';
}

/** How many lines at the start of a file are not of its data. */
export function headerLinesOf({ header, headerLines }: FileForm): number {
  return headerLines ?? (header ? 1 : 0);
}
