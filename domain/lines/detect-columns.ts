/** Which column of a table is what: the time, the name of the series, the values. */
import type { FileForm, TimeForm } from '../file-form.ts';
import { TIME_FORMS } from '../file-form.ts';
import { readDecimal } from './decimal.ts';
import { refusal } from './refusal.ts';
import { cleanName } from './series-index.ts';
import { readTime } from './time-text.ts';

/** The first lines of a file, taken apart. */
export interface Table {
  readonly delimiter: FileForm['delimiter'];
  readonly rows: readonly (readonly string[])[];
  /** How many columns most lines have. */
  readonly columns: number;
  readonly nulls: readonly string[];
  /** The first line as it stands there. */
  readonly first: string;
}

/** How much of a column has to be of a kind: a broken line among the first ones does not hide the others. */
const MOST = 0.8;
/** Names of columns that name series, and of ones that count lines. */
const NAMES_SERIES =
  /seri|reihe|name|station|sensor|locat|\bort\b|messst|meter|z(ä|ae)hler|region|area|zone|site|unit_id|tag$/i;
const COUNTS_LINES = /^(#|nr\.?|no\.?|row|line|zeile|index|lfd.*)$/i;

type Known = Partial<FileForm>;
type Rows = readonly (readonly string[])[];

export function columnsOf(table: Table, known: Known, onlySeries: string): Omit<FileForm, 'zone'> {
  const all = table.rows;
  const below = all.slice(1);
  const { column: timeColumn, form: time } = timeOf(table, below.length > 0 ? below : all, known);
  const header = known.header ?? typeof readTime(all[0]?.[timeColumn] ?? '', time) === 'string';
  const names = header ? (all[0] ?? []) : null;
  const rows = header ? below : all;
  if (rows.length === 0)
    throw refusal('it has names of columns and no lines below them', table.first, '--no-header');
  if (names && names.length !== table.columns && known.values === undefined)
    throw refusal(
      `it names ${names.length} columns, its lines have ${table.columns}`,
      table.first,
      '--delimiter or --decimal',
    );
  const decimal = known.decimal ?? decimalOf(table, rows, timeColumn);
  const kinds = kindsOf(table, rows, decimal, timeColumn);
  const seriesColumn = known.seriesColumn !== undefined ? known.seriesColumn : seriesOf(kinds, names, table);
  const values = known.values ?? valuesOf({ table, kinds, names, seriesColumn, onlySeries });
  const { delimiter, columns, nulls } = table;
  return {
    delimiter,
    decimal,
    header,
    time,
    timeColumn,
    seriesColumn,
    values,
    columns: known.columns ?? columns,
    nulls,
  };
}

/** The first column whose cells are times; numbers are times only where nothing else is. */
function timeOf(table: Table, rows: Rows, known: Known): { column: number; form: TimeForm } {
  const columns = known.timeColumn !== undefined ? [known.timeColumn] : range(table.columns);
  const forms = known.time !== undefined ? [known.time] : TIME_FORMS;
  for (const form of forms.filter((each) => !each.startsWith('epoch')))
    for (const column of columns)
      if (isMostly(rows, column, (cell) => isTime(cell, form))) return { column, form };
  for (const form of forms.filter((each) => each.startsWith('epoch')))
    for (const column of columns)
      if (isMostly(rows, column, (cell) => isEpoch(cell, form))) return { column, form };
  const cell = rows[0]?.[known.timeColumn ?? 0] ?? '';
  throw refusal(
    `no column has times of one form${known.time ? `, ${known.time}` : ''} (${JSON.stringify(cell)} stands in column ${(known.timeColumn ?? 0) + 1})`,
    table.first,
    `--time-form (${TIME_FORMS.join(', ')}), --time-column, --delimiter or --header`,
  );
}

function isTime(cell: string, form: TimeForm): boolean {
  return typeof readTime(cell, form) !== 'string';
}

/** Seconds from 1980 on, so that small numbers are none; the same for milliseconds, which no second is. */
function isEpoch(cell: string, form: TimeForm): boolean {
  const time = readTime(cell, form);
  return typeof time !== 'string' && time.wallMs >= Date.UTC(1980, 0, 1);
}

/** What stands between whole and part, where anything does. */
function decimalOf(table: Table, rows: Rows, timeColumn: number): '.' | ',' {
  const cells = rows.flatMap((row) => row.filter((_, column) => column !== timeColumn));
  const points = cells.filter((cell) => /^[+-]?\d*\.\d+$/.test(cell)).length;
  const commas = cells.filter((cell) => /^[+-]?\d*,\d+$/.test(cell)).length;
  if (points > 0 && commas > 0)
    throw refusal('its values have decimal points and decimal commas', table.first, '--decimal');
  return commas > 0 ? ',' : '.';
}

type Kind = 'time' | 'value' | 'words' | 'nothing';

function kindsOf(table: Table, rows: Rows, decimal: '.' | ',', timeColumn: number): Kind[] {
  const isNull = (cell: string) => cell === '' || table.nulls.includes(cell);
  const isValue = (cell: string) => isNull(cell) || !Number.isNaN(readDecimal(cell, decimal));
  const isAnyTime = (cell: string) => TIME_FORMS.slice(0, 3).some((form) => isTime(cell, form));
  return range(table.columns).map((column) => {
    if (column === timeColumn || isMostly(rows, column, isAnyTime)) return 'time';
    if (rows.every((row) => (row[column] ?? '') === '')) return 'nothing';
    return isMostly(rows, column, isValue) ? 'value' : 'words';
  });
}

/** The column that names the series, if there is one. Words behind the value, such as a status, are not names. */
function seriesOf(kinds: readonly Kind[], names: readonly string[] | null, { first }: Table): number | null {
  const said = names?.findIndex((name, column) => kinds[column] !== 'time' && NAMES_SERIES.test(name)) ?? -1;
  const hasValues = (without: number) => kinds.some((kind, column) => kind === 'value' && column !== without);
  if (said >= 0 && hasValues(said) && (kinds[said] === 'words' || isLong(kinds, said))) return said;
  const words = kinds.flatMap((kind, column) => (kind === 'words' ? [column] : []));
  const value = kinds.indexOf('value');
  const [only] = words.filter((column) => column < value);
  if (words.length === 0 || (names && only === undefined)) return null;
  if (words.length === 1 && only !== undefined) return only;
  throw refusal(
    `columns ${list(words)} have words, and none says that it names the series`,
    first,
    '--series-column',
  );
}

/** Numbers as names: only where one column of values is left. */
function isLong(kinds: readonly Kind[], said: number): boolean {
  return kinds.filter((kind, column) => kind === 'value' && column !== said).length === 1;
}

interface ValuesQuestion {
  readonly table: Table;
  readonly kinds: readonly Kind[];
  readonly names: readonly string[] | null;
  readonly seriesColumn: number | null;
  readonly onlySeries: string;
}

function valuesOf({ table, kinds, names, seriesColumn, onlySeries }: ValuesQuestion): FileForm['values'] {
  const ofKind = (isOne: (kind: Kind, name: string) => boolean) =>
    kinds.flatMap((kind, column) =>
      column !== seriesColumn && isOne(kind, names?.[column] ?? '') ? [column] : [],
    );
  const columns = ofKind((kind, name) => kind === 'value' && !COUNTS_LINES.test(name));
  const [only] = columns;
  if (only === undefined) throw refusal('no column has numbers', table.first, '--decimal or --delimiter');
  if (columns.length === 1) return [{ column: only, series: onlySeries }];
  if (seriesColumn !== null)
    throw refusal(
      `columns ${list(columns)} have numbers beside a column of names`,
      table.first,
      '--series-column',
    );
  if (names === null)
    throw refusal(
      `columns ${list(columns)} have numbers, and no line names them`,
      table.first,
      '--header, with a first line of names, or --decimal',
    );
  // Beside other series, a column that is empty so far is one that has yet to begin.
  return named(
    ofKind(
      (kind, name) => (kind === 'value' || (kind === 'nothing' && name !== '')) && !COUNTS_LINES.test(name),
    ),
    names,
    table.first,
  );
}

/** One series a column, named by the header. */
function named(columns: readonly number[], names: readonly string[], first: string): FileForm['values'] {
  const values = columns.map((column) => ({ column, series: cleanName(names[column] ?? '') }));
  const nameless = values.filter(
    ({ series }, i) => series === '' || values.findIndex((each) => each.series === series) !== i,
  );
  if (nameless.length === 0) return values;
  const places = list(nameless.map(({ column }) => column));
  throw refusal(
    `columns ${places} have numbers under no name, or under one that another has`,
    first,
    'a first line that names each once',
  );
}

function isMostly(rows: Rows, column: number, is: (cell: string) => boolean): boolean {
  const good = rows.filter((row) => row[column] !== undefined && is(row[column])).length;
  return good > 0 && good >= rows.length * MOST;
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

/** Columns as people count them. */
function list(columns: readonly number[]): string {
  return columns.map((column) => column + 1).join(', ');
}
