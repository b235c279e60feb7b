/** How the lines of a file are to be read. It is kept with the file, so that a rebuild reads them the same way. Plain JSON. */

/**
 * How an instant is written:
 * - `iso`: `2024-03-31T02:00:00+01:00`, `…Z`; blank instead of `T`, a fraction of zeros and no seconds are understood
 * - `iso-local`: the same without a zone: wall-clock time of `zone`
 * - `day-first`: `31.03.2024 02:00:00` or with `/`: wall-clock time of `zone`
 * - `epoch-s`, `epoch-ms`: seconds, milliseconds since 1970-01-01T00:00:00Z
 */
export const TIME_FORMS = ['iso', 'iso-local', 'day-first', 'epoch-s', 'epoch-ms'] as const;
export type TimeForm = (typeof TIME_FORMS)[number];

export interface FileForm {
  readonly delimiter: ',' | ';' | '\t' | '|';
  readonly decimal: '.' | ',';
  /** Whether the first line names the columns. */
  readonly header: boolean;
  readonly time: TimeForm;
  /** IANA zone of times that carry none; the hour that comes twice in autumn is told by the order of its lines. */
  readonly zone: string;
  /** Columns, counted from 0. */
  readonly timeColumn: number;
  /** The column that names the series, where lines carry one each; null: `values` says it. */
  readonly seriesColumn: number | null;
  /** Columns of values: one where `seriesColumn` is set. */
  readonly values: readonly { readonly column: number; readonly series: string }[];
  /** How many columns a line has; one of another number is refused. Left out: any number that holds those above. */
  readonly columns?: number;
  /** What stands for a published null, besides nothing at all. */
  readonly nulls: readonly string[];
}
