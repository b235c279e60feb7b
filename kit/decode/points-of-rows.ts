/** Rows of named cells into points: one column per series, or a column with the name of the series. Pure. */
import type { Decoded, DecodedPoint } from '../../domain/dataset/points.ts';
import { AnswerRefused, type Finding, finding } from '../../domain/interpret/finding.ts';
import type { About } from './decoder.ts';
import type { TimeColumn } from './time-column.ts';

/** The role of each cell of a row. Other columns are reported as `unknown_column` and ignored. */
export type TableForm = (WideForm | LongForm) & {
  readonly time: TimeColumn;
  /** Columns to ignore: row ids, times of change. */
  readonly ignore?: readonly string[];
  /** More cells than any table has in a day. @default 200000 */
  readonly mostCells?: number;
};

/** Each column whose name begins with one of these is a series; `others`: each without another role. */
interface WideForm {
  readonly columns: readonly string[] | 'others';
}

/** One column names the series, one has the values. */
interface LongForm {
  readonly series: string;
  readonly value: string;
}

/** Rows as they were sent, and how to read and name their cells. */
export interface Rows {
  readonly rows: readonly unknown[];
  /** `data[3]`, `line 4` */
  placeOf(index: number): string;
  /** `data[3].NO1`, `line 4 NO1` */
  cellPlace(index: number, column: string): string;
  /** Undefined for what is neither a number nor a published null. */
  numberOf(cell: unknown): number | null | undefined;
  /** A cell as it was sent, for findings. */
  rawOf(index: number, column: string): string;
}

export type Row = Readonly<Record<string, unknown>>;

/** Control characters and halves of surrogate pairs: no database stores a name with these. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;
const LONGEST_NAME = 200;
const MOST_CELLS = 200_000;

/** @throws AnswerRefused `shape` where it clearly is not such a table */
export function pointsOfRows(rows: Rows, form: TableForm, about: About): Decoded {
  assertTable(rows, form);
  const points: DecodedPoint[] = [];
  const findings: Finding[] = [];
  const startOf = form.time.reader(about);
  rows.rows.forEach((row, index) => {
    if (!isRow(row)) throw shape(`${rows.placeOf(index)} is not an object`, row);
    for (const read of pointsOfRow(rows, row, index, form, startOf))
      if ('rule' in read) findings.push(read);
      else points.push(read);
  });
  return { points, findings: [...findings, ...strangeColumns(rows, form)] };
}

/** Refuses what clearly is not a table of this day, before every cell of it becomes a finding. */
function assertTable({ rows }: Rows, form: TableForm): void {
  const most = form.mostCells ?? MOST_CELLS;
  let cells = 0;
  let values = 0;
  for (const row of rows) {
    const names = isRow(row) ? Object.keys(row) : [];
    cells += names.length + 1;
    if (cells > most) throw shape(`${rows.length} rows have more than ${most} cells`, rows[0]);
    values += isLong(form)
      ? Number(names.includes(form.value))
      : names.filter((name) => isSeries(name, form)).length;
  }
  // This is not "nothing yet": that would be a list without rows.
  if (rows.length > 0 && rows.every(isRow) && values === 0) throw shape(lackOf(form), rows[0]);
}

function lackOf(form: TableForm): string {
  if (isLong(form)) return `no row has a column "${form.value}"`;
  if (form.columns === 'others') return 'no row has a column of values';
  return `no row has a column that begins with "${form.columns.join('" or "')}"`;
}

type StartOf = ReturnType<TimeColumn['reader']>;

function* pointsOfRow(
  rows: Rows,
  row: Row,
  index: number,
  form: TableForm,
  startOf: StartOf,
): Iterable<DecodedPoint | Finding> {
  const series = isLong(form) ? nameIn(row[form.series]) : '';
  const names = isLong(form) ? [form.value] : Object.keys(row).filter((name) => isSeries(name, form));
  const { column, dayColumn } = form.time;
  const startsAtMs = startOf(row[column], series ?? '', dayColumn === undefined ? undefined : row[dayColumn]);
  if (startsAtMs === null) {
    yield unreadableTime(rows, row, index, form.time, Math.max(1, names.length));
  } else if (series === null) {
    const place = rows.cellPlace(index, (form as LongForm).series);
    const reason = `${rows.placeOf(index)} has no readable "${(form as LongForm).series}" (a name of 1 to ${LONGEST_NAME} printable characters)`;
    yield finding('unreadable_series', 'block', reason, { startsAtMs, place, raw: show(row) });
  } else
    for (const name of names)
      yield pointOf(rows, row, index, name, {
        series: series || name,
        startsAtMs,
        place: rows.cellPlace(index, name),
      });
}

function pointOf(
  rows: Rows,
  row: Row,
  index: number,
  column: string,
  at: Omit<DecodedPoint, 'value'>,
): DecodedPoint | Finding {
  const cell = row[column];
  const value = rows.numberOf(cell);
  if (value !== undefined) return { ...at, value };
  const raw = rows.rawOf(index, column);
  const why = typeof cell === 'number' ? 'beyond the numbers that can be kept' : 'which is not a number';
  const shown = typeof cell === 'number' ? raw.slice(0, 60) : raw;
  return finding('unreadable_value', 'block', `${at.series} is ${shown}, ${why}`, { ...at, raw });
}

function unreadableTime(
  rows: Rows,
  row: Row,
  index: number,
  { column, says }: TimeColumn,
  points: number,
): Finding {
  const reason = `${rows.placeOf(index)} has no readable "${column}" (${says})`;
  return finding('unreadable_time', 'block', reason, {
    place: rows.cellPlace(index, column),
    raw: show(row[column]),
    points,
  });
}

function strangeColumns({ rows }: Rows, form: TableForm): Finding[] {
  const columns = new Set(rows.filter(isRow).flatMap((row) => Object.keys(row)));
  const known = new Set([
    ...timeColumns(form),
    ...(form.ignore ?? []),
    ...(isLong(form) ? [form.series, form.value] : []),
  ]);
  const strange = [...columns].filter((name) => !known.has(name) && (isLong(form) || !isSeries(name, form)));
  if (strange.length === 0) return [];
  const reason = `${strange.length} columns are neither values nor bookkeeping and were ignored`;
  return [finding('unknown_column', 'warn', reason, { raw: show(strange), points: 0 })];
}

export function isLong(form: TableForm): form is TableForm & LongForm {
  return 'series' in form;
}

function isSeries(name: string, form: TableForm): boolean {
  if (isLong(form) || name.length > LONGEST_NAME || UNPRINTABLE.test(name)) return false;
  if (form.columns !== 'others') return form.columns.some((beginning) => name.startsWith(beginning));
  return name !== '' && !timeColumns(form).includes(name) && !form.ignore?.includes(name);
}

function timeColumns({ time: { column, dayColumn } }: TableForm): string[] {
  return dayColumn === undefined ? [column] : [column, dayColumn];
}

function nameIn(cell: unknown): string | null {
  if (typeof cell !== 'string' && typeof cell !== 'number') return null;
  const name = String(cell);
  return name !== '' && name.length <= LONGEST_NAME && !UNPRINTABLE.test(name) ? name : null;
}

export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function shape(reason: string, value: unknown): AnswerRefused {
  return new AnswerRefused('shape', reason, show(value));
}

/** At most 500 characters of a value as JSON. */
export function show(value: unknown): string {
  try {
    return (JSON.stringify(value) ?? 'nothing').slice(0, 500);
  } catch {
    // JSON.parse handles any depth; JSON.stringify runs out of stack.
    return 'JSON nested too deeply to show';
  }
}
