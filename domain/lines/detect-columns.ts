/** The role of each column of a table: the time, the name of the series, the values. */
import type { FiledPoints } from '../dataset/points.ts';
import type { FileForm } from '../files/file-form.ts';
import { nameWithoutUnit } from './column-unit.ts';
import { type Above, aboveOf, isMostly, isNumber, type Row, type Table } from './detect-table.ts';
import { isTime, TEXT_FORMS, timeOf } from './detect-time.ts';
import { refusal } from './refusal.ts';
import { cleanName } from './series-index.ts';
import { weekdaysOf } from './weekdays.ts';

/** Header names of columns with series names, and of line counters. */
const NAMES_SERIES =
  /seri|reihe|name|station|sensor|locat|\bort\b|messst|meter|z(ä|ae)hler|region|area|zone|site|unit_id|tag$/i;
const COUNTS_LINES = /^(#|nr\.?|no\.?|row|line|zeile|index|lfd.*)$/i;

type Known = Partial<FileForm>;

/** The columns of a file, and what its first lines leave open. */
export interface Columns {
  readonly form: Omit<FileForm, 'zone' | 'decimal' | 'time'>;
  /** Forms in which most times of the first lines can be read. */
  readonly times: readonly [FileForm['time'], ...FileForm['time'][]];
  /** Rows with data. */
  readonly rows: readonly Row[];
  /** Names of all columns, if there is a header. */
  readonly names: readonly string[] | null;
}

/** @throws Failure BAD_INPUT that says which option resolves the problem */
export function columnsOf(table: Table, known: Known, dataset: FiledPoints): Columns {
  const { column: timeColumn, forms: times, begin } = timeOf(table, known);
  const above =
    known.header === true && begin === 0
      ? firstLineOf(table)
      : aboveOf(table.rows.slice(0, begin), timeColumn, known.header);
  const names = namesOf(table, above, known);
  const rows = table.rows.slice(above.rows);
  if (rows.length === 0)
    throw refusal('it has names of columns and no lines below them', table.first, '--no-header');
  const kinds = kindsOf(table, rows, timeColumn);
  const seriesColumn = known.seriesColumn !== undefined ? known.seriesColumn : seriesOf(kinds, names, table);
  const units = above.units ?? [];
  const values = known.values ?? valuesOf({ table, kinds, names, units, seriesColumn, dataset });
  const { delimiter, columns, nulls } = table;
  const header = names !== null;
  return {
    form: {
      ...{ delimiter, header, timeColumn, seriesColumn, values, columns: known.columns ?? columns, nulls },
      ...(above.lines === (header ? 1 : 0) ? {} : { headerLines: above.lines }),
    },
    ...{ times, rows, names },
  };
}

/** A first line that looks like data, but is stated to be the header. */
function firstLineOf({ rows }: Table): Above {
  const [{ line, cells }] = rows as [Row];
  return { names: cells, units: null, lines: line, rows: 1 };
}

/** @throws Failure BAD_INPUT when there are more or fewer names than columns */
function namesOf({ columns, first }: Table, { names }: Above, known: Known): readonly string[] | null {
  if (names === null || known.values !== undefined) return names;
  const named = names.findLastIndex((name) => name !== '') + 1;
  if (names.length === columns || named === columns || (names.length > columns && named < columns))
    return names;
  throw refusal(`it names ${named} columns, its lines have ${columns}`, first, '--delimiter or --decimal');
}

type Kind = 'time' | 'weekday' | 'value' | 'words' | 'nothing';

/** A cell is a number if it is one with any decimal sign: the right one may still be open. */
function kindsOf(table: Table, rows: readonly Row[], timeColumn: number): Kind[] {
  const isValue = (cell: string) => cell === '' || table.nulls.includes(cell) || isNumber(cell);
  const isAnyTime = (cell: string) => TEXT_FORMS.some((form) => isTime(cell, form));
  const isWeekday = (cell: string) => weekdaysOf(cell) !== undefined;
  return Array.from({ length: table.columns }, (_, column) => {
    if (column === timeColumn || isMostly(rows, column, isAnyTime)) return 'time';
    if (isMostly(rows, column, isWeekday)) return 'weekday';
    if (rows.every(({ cells }) => (cells[column] ?? '') === '')) return 'nothing';
    return isMostly(rows, column, isValue) ? 'value' : 'words';
  });
}

/** The column that names the series, if there is one. Words after the value, such as a status, are not names. */
function seriesOf(kinds: readonly Kind[], names: readonly string[] | null, { first }: Table): number | null {
  const isFree = (column: number) => kinds[column] !== 'time' && kinds[column] !== 'weekday';
  const index = names?.findIndex((name, column) => isFree(column) && NAMES_SERIES.test(name)) ?? -1;
  const hasValues = (without: number) => kinds.some((kind, column) => kind === 'value' && column !== without);
  if (index >= 0 && hasValues(index) && (kinds[index] === 'words' || isLong(kinds, index))) return index;
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

/** Numbers can be names of series only if one column of values remains. */
function isLong(kinds: readonly Kind[], seriesColumn: number): boolean {
  return kinds.filter((kind, column) => kind === 'value' && column !== seriesColumn).length === 1;
}

interface ValuesQuestion {
  readonly table: Table;
  readonly kinds: readonly Kind[];
  readonly names: readonly string[] | null;
  /** The line below the names, if it has units. */
  readonly units: readonly string[];
  readonly seriesColumn: number | null;
  readonly dataset: FiledPoints;
}

function valuesOf(question: ValuesQuestion): FileForm['values'] {
  const { table, kinds, names, seriesColumn, dataset } = question;
  const ofKind = (isOne: (kind: Kind, name: string) => boolean) =>
    kinds.flatMap((kind, column) =>
      column !== seriesColumn && isOne(kind, names?.[column] ?? '') ? [column] : [],
    );
  const columns = ofKind((kind, name) => kind === 'value' && !COUNTS_LINES.test(name));
  const [only] = columns;
  if (only === undefined) throw refusal('no column has numbers', table.first, '--decimal or --delimiter');
  if (columns.length === 1) {
    plainName(question, only);
    return [{ column: only, series: dataset.files.onlySeries }];
  }
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
  // Beside other series, a column without values so far is one that starts later.
  return named(
    ofKind(
      (kind, name) => (kind === 'value' || (kind === 'nothing' && name !== '')) && !COUNTS_LINES.test(name),
    ).map((column) => ({ column, series: plainName(question, column) })),
    table.first,
  );
}

/** The name of a column without its unit. @throws Failure BAD_INPUT when that is not the dataset's */
function plainName({ names, units, dataset }: ValuesQuestion, column: number): string {
  return cleanName(nameWithoutUnit(names?.[column] ?? '', units[column] ?? '', dataset.unit));
}

/** One series per column, named by the header. */
function named(values: FileForm['values'], first: string): FileForm['values'] {
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

/** Column numbers counted from 1, for messages. */
function list(columns: readonly number[]): string {
  return columns.map((column) => column + 1).join(', ');
}
