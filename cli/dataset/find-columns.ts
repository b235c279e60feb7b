/** Which column of a table is what: the time, the name of a series, values, or nothing that matters. Pure. */

import type { TimeForm } from '../../domain/files/file-form.ts';
import { readDecimal } from '../../domain/lines/decimal.ts';
import { TEXT_FORMS } from '../../domain/lines/detect-time.ts';
import { readTime } from '../../domain/lines/time-text.ts';
import {
  instant,
  intervalOfDay,
  readInstant,
  type TimeColumn,
  wallClock,
} from '../../kit/decode/time-column.ts';
import { UsageError } from '../usage-error.ts';
import type { FoundTable } from './read-table.ts';

/** How a column says when an interval starts; `code` makes the same again in a draft. */
export interface FoundTime {
  readonly time: TimeColumn;
  readonly code: string;
  readonly uses: 'instant' | 'wallClock' | 'intervalOfDay';
}

export interface FoundColumns {
  readonly time: FoundTime;
  /** One column per series, or one column that names the series. */
  readonly values:
    | { readonly columns: readonly string[] }
    | { readonly series: string; readonly value: string };
  readonly ignore: readonly string[];
  readonly decimal: '.' | ',';
}

const NAMES_TIME = /zeit|datum|time|date|start|from|utc|stamp|heure|ora\b|mtu|period|hour/i;
const NAMES_CHANGE = /modif|updat|publi|creat|last|end|until|\bto\b/i;
const NAMES_COUNT = /hour|stunde|heure|time|period|interval|mtu|quarter|pos|nr|no\b/i;
const NAMES_VALUE = /value|wert|price|preis|amount|quantity|volume|mw|eur/i;
const IS_ID = /^(row_?)?id$|_id$|Id$/;

/** @param stated the column of the time, if the user gave it @throws UsageError that lists the columns */
export function findColumns(table: FoundTable, zone: string, stated: string | undefined): FoundColumns {
  const time = findTime(table, zone, stated);
  const decimal = table.text ? decimalOf(table) : '.';
  const others = table.names.filter((name) => name !== time.time.column);
  const numeric = others.filter((name) => !IS_ID.test(name) && isOfNumbers(table, name, decimal));
  const key = seriesColumn(table, time.time.column, others);
  if (numeric.length === 0)
    throw new UsageError(
      `no column has numbers: the columns are ${table.names.join(', ')}; a dataset of records is written by hand`,
    );
  if (key === undefined)
    return {
      time,
      decimal,
      values: { columns: numeric },
      ignore: others.filter((name) => !numeric.includes(name)),
    };
  const values = numeric.filter((name) => name !== key);
  const value = values.find((name) => NAMES_VALUE.test(name)) ?? values[0];
  if (value === undefined) throw new UsageError(`no column beside "${key}" has numbers`);
  return {
    time,
    decimal,
    values: { series: key, value },
    ignore: others.filter((name) => name !== key && name !== value),
  };
}

function findTime(table: FoundTable, zone: string, stated: string | undefined): FoundTime {
  if (stated !== undefined && !table.names.includes(stated))
    throw new UsageError(`--time is "${stated}": the columns are ${table.names.join(', ')}`);
  const names = stated === undefined ? byName(table.names) : [stated];
  for (const read of [asInstant, asWallClock, asNumber])
    for (const name of names) {
      const found = read(
        table.rows.map((row) => row[name]),
        name,
        zone,
      );
      if (found) return found;
    }
  throw new UsageError(
    `no column says when an interval starts: the columns are ${table.names.join(', ')}; name it with --time, or write "decode" by hand`,
  );
}

/** Columns named like a start come first, those named like a time of change last. */
function byName(names: readonly string[]): string[] {
  const rank = (name: string) => (NAMES_CHANGE.test(name) ? 2 : NAMES_TIME.test(name) ? 0 : 1);
  return names.toSorted((a, b) => rank(a) - rank(b));
}

function asInstant(cells: readonly unknown[], name: string): FoundTime | undefined {
  if (!cells.every((cell) => readInstant(cell) !== null)) return undefined;
  return { time: instant(name), code: `instant(${text(name)})`, uses: 'instant' };
}

function asWallClock(cells: readonly unknown[], name: string, zone: string): FoundTime | undefined {
  const reads = (form: TimeForm) =>
    cells.every((cell) => typeof cell === 'string' && typeof readTime(cell.trim(), form) !== 'string');
  const form = TEXT_FORMS.find(reads);
  if (!form) return undefined;
  const code = `wallClock(${text(name)}, ${text(zone)}${form === 'iso-local' ? '' : `, ${text(form)}`})`;
  return { time: wallClock(name, zone, form), code, uses: 'wallClock' };
}

/** Hours 1 to 24, or quarters 1 to 96. */
function asNumber(cells: readonly unknown[], name: string, zone: string): FoundTime | undefined {
  const numbers = cells.map((cell) => (/^\d{1,3}$/.test(String(cell).trim()) ? Number(cell) : Number.NaN));
  const most = Math.max(...numbers);
  const minutes = [60, 30, 15].find((each) => Math.abs(most - 1_440 / each) * each <= 60);
  const isWhole = new Set(numbers).size === most && Math.min(...numbers) === 1;
  if (minutes === undefined || !isWhole || !NAMES_COUNT.test(name)) return undefined;
  const code = `intervalOfDay(${text(name)}, ${minutes}, ${text(zone)})`;
  return { time: intervalOfDay(name, minutes, zone), code, uses: 'intervalOfDay' };
}

/** A text column that distinguishes rows of the same time. */
function seriesColumn({ rows }: FoundTable, time: string, others: readonly string[]): string | undefined {
  const starts = new Set(rows.map((row) => row[time]));
  if (starts.size === rows.length && rows.length > 1) return undefined;
  return others.find((name) => {
    const cells = rows.map((row) => row[name]);
    const isText = cells.every(
      (cell) => typeof cell === 'string' && cell !== '' && Number.isNaN(readDecimal(cell, '.')),
    );
    return isText && new Set(rows.map((row) => `${row[time]}\t${row[name]}`)).size === rows.length;
  });
}

function isOfNumbers({ rows, text: isText }: FoundTable, name: string, decimal: '.' | ','): boolean {
  return rows.every((row) => {
    const cell = row[name];
    if (cell === null || cell === undefined || cell === '') return true;
    return isText ? !Number.isNaN(readDecimal(String(cell).trim(), decimal)) : typeof cell === 'number';
  });
}

function decimalOf({ rows, text: form }: FoundTable): '.' | ',' {
  if (form?.delimiter === ',') return '.';
  const cells = rows.flatMap((row) => Object.values(row).map(String));
  return cells.some((cell) => /^-?\d+,\d+$/.test(cell.trim())) ? ',' : '.';
}

/** As TypeScript writes it. */
export function text(value: string): string {
  return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
