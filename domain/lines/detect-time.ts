/** Which column of a table has times, and in which forms they can be read. */
import { type FileForm, isEpoch, TIME_FORMS, type TimeForm } from '../files/file-form.ts';
import { Failure } from '../workflow/failures.ts';
import { hasNumbers, isMostly, type Table } from './detect-table.ts';
import { refusal } from './refusal.ts';
import { isWrittenAs, readTime } from './time-text.ts';

export const TEXT_FORMS = TIME_FORMS.filter((form) => !isEpoch(form) && form !== 'excel');
/** A title has no more lines than this. */
const MOST_ABOVE = 50;
/** Header names of columns whose numbers may be spreadsheet times. */
const NAMES_TIME = /zeit|datum|tag|time|date|day|stamp|heure|jour|data|ora|giorno/i;
/** Days since 1899-12-30: from 1980 to 2100. */
const [FIRST_DAY, LAST_DAY] = [29_221, 73_415];

export interface TimeColumn {
  readonly column: number;
  /** One, or several in which most of the lines can be read. */
  readonly forms: readonly [TimeForm, ...TimeForm[]];
  /** The first row that has a time. */
  readonly begin: number;
}

/** The first column whose cells are times; numbers count as times only if nothing else does. @throws Failure BAD_INPUT */
export function timeOf(table: Table, known: Partial<FileForm>): TimeColumn {
  const columns =
    known.timeColumn !== undefined ? [known.timeColumn] : Array.from({ length: table.columns }, (_, i) => i);
  const forms = known.time !== undefined ? [known.time] : TIME_FORMS;
  // In a short file a single date that does not exist hides the others, unless it counts as written in their form.
  for (const is of [isTime, isWrittenAs])
    for (const form of forms)
      for (const column of columns) {
        const begin = beginOf(table, column, form, known.time !== undefined, is);
        if (begin === undefined) continue;
        const others = forms.filter(
          (each) => each !== form && beginOf(table, column, each, false, is) !== undefined,
        );
        return { column, forms: [form, ...(TEXT_FORMS.includes(form) ? others : [])], begin };
      }
  refuseMissingDate(table, columns, forms);
  const column = known.timeColumn ?? 0;
  const cell = table.rows[1]?.cells[column] ?? table.rows[0]?.cells[column] ?? '';
  throw refusal(
    `no column has times of one form${known.time ? `, ${known.time}` : ''} (${JSON.stringify(cell)} stands in column ${column + 1})`,
    table.first,
    `--time-form (${TIME_FORMS.join(', ')}), --time-column, --delimiter or --header`,
  );
}

export function isTime(cell: string, form: TimeForm): boolean {
  return typeof readTime(cell, form) !== 'string';
}

/** @throws Failure BAD_INPUT where a cell is written as a time, but no such date exists: then no option would help. */
function refuseMissingDate(table: Table, columns: readonly number[], forms: readonly TimeForm[]): void {
  for (const { line, cells } of table.rows)
    for (const column of columns) {
      const text = cells[column] ?? '';
      const form = forms.find((each) => isWrittenAs(text, each));
      if (form === undefined || isTime(text, form)) continue;
      const why = readTime(text, form);
      throw new Failure(
        'BAD_INPUT',
        `no line of the file has a time: ${why} (line ${line}). Correct it and load the file again`,
      );
    }
}

/**
 * The first row from which most cells of a column are times of a form; undefined when there is none.
 * @param counts whether a cell behind the first time counts as one of the form
 */
function beginOf(
  { rows }: Table,
  column: number,
  form: TimeForm,
  isStated: boolean,
  counts: (cell: string, form: TimeForm) => boolean,
): number | undefined {
  const is = (cell: string) => (isEpoch(form) ? isLate(cell, form) : isTime(cell, form));
  const mayBe = (cell: string) => is(cell) || (!isEpoch(form) && counts(cell, form));
  const begin = rows.slice(0, MOST_ABOVE).findIndex(({ cells }) => is(cells[column] ?? ''));
  if (begin < 0) return undefined;
  // Rows above it that look like data, but whose times cannot be read.
  const broken = rows
    .slice(0, begin)
    .filter((row) => hasNumbers(row, column) && !mayBe(row.cells[column] ?? '')).length;
  if (!isMostly(rows.slice(begin), column, mayBe, begin > 1 ? broken : 0)) return undefined;
  return form !== 'excel' ||
    isStated ||
    isOfSpreadsheet(
      rows.map(({ cells }) => cells[column] ?? ''),
      begin,
    )
    ? begin
    : undefined;
}

/** Only seconds from 1980 on, to exclude small numbers; the same for milliseconds, which are never in the range of seconds. */
function isLate(cell: string, form: TimeForm): boolean {
  const time = readTime(cell, form);
  return typeof time !== 'string' && time.wallMs >= Date.UTC(1980, 0, 1);
}

/** Numbers in a column not named as time must look like spreadsheet times: plausible days, ascending, with a time of day. */
function isOfSpreadsheet(cells: readonly string[], begin: number): boolean {
  const days = cells.slice(begin).map((cell) => Number(cell.replace(',', '.')));
  const isAscending = days.every(
    (day, i) => i === 0 || Number.isNaN(day) || !(day < (days[i - 1] as number)),
  );
  const isOurs = days.every((day) => Number.isNaN(day) || (day >= FIRST_DAY && day <= LAST_DAY));
  const isNamed = begin > 0 && NAMES_TIME.test(cells[begin - 1] ?? '');
  return isAscending && isOurs && (isNamed || (begin === 0 && days.some((day) => day % 1 !== 0)));
}
