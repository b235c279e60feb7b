// Faults in the set of rows, their times and their order. They get the rows of one answer, or of one business day of it, ascending. Hours
// are counted from 0 within the business day.
import { HOUR_MS, hourOfDay } from './business-day.ts';
import {
  borderKey,
  type Effects,
  fault,
  hour,
  megawatts,
  optional,
  otherwise,
  required,
} from './fault-kind.ts';
import { integersBetween } from './input.ts';
import { addField, mapValues, moveRow, numberText, type Row, rowId } from './rows.ts';
import { isInside } from './window.ts';

// Faults in the values and keys of every row. With `border` they affect one key, without it all of them.

const oneBorder = { border: optional(borderKey, 'one border instead of all') };

/** The faults of this group by name. */
export const valueFaults = {
  'null-values': fault('rows', 'answers null for every value', oneBorder, ({ border }) =>
    everyValue(border, () => 'null'),
  ),
  'string-numbers': fault('rows', 'puts quotes around the numbers', oneBorder, ({ border }) =>
    everyValue(border, (text) => (text === 'null' ? text : `"${text}"`)),
  ),
  negative: fault('rows', 'answers negative numbers', oneBorder, ({ border }) =>
    everyValue(border, (text) => numberText(-(Number(text) || 1))),
  ),
  huge: fault('rows', 'answers 1e400, which no double holds', oneBorder, ({ border }) =>
    everyValue(border, () => '1e400'),
  ),
  'nan-literal': fault('rows', 'answers NaN, which is not JSON', oneBorder, ({ border }) =>
    everyValue(border, () => 'NaN'),
  ),
  'new-border': fault(
    'rows',
    'adds a border that nobody knows',
    {
      border: otherwise('border_AT_UA', borderKey, 'its key'),
      value: otherwise(500 as number | null, megawatts, 'its value in MW'),
    },
    ({ border, value }) =>
      (rows) =>
        rows.map((row) => addField(row, border, numberText(value))),
  ),
  'missing-border': fault(
    'rows',
    'leaves a border out of every row',
    { border: required(borderKey, 'which one') },
    ({ border }) =>
      (rows) =>
        rows.map((row) => mapValues(row, (key, text) => (key === border ? undefined : text))),
  ),
};

function everyValue(border: string | undefined, change: (text: string) => string): Effects['rows'] {
  return (rows) =>
    rows.map((row) =>
      mapValues(row, (key, text) => (border === undefined || key === border ? change(text) : text)),
    );
}

const QUARTER_MS = HOUR_MS / 4;
const oneHour = { hour: otherwise(0, hour, 'which hour of the day') };

/** The faults of this group by name. */
export const rowFaults = {
  'missing-hours': fault(
    'rows',
    'leaves hours out',
    { hours: required(integersBetween(0, 24), 'which hours of the day, as in 3+4') },
    ({ hours }) =>
      (rows) =>
        rows.filter((row) => !hours.includes(hourOfDay(row.startsAtMs))),
  ),
  'duplicate-row': fault(
    'rows',
    'repeats an hour with the same values',
    oneHour,
    (values) => (rows) => rows.flatMap((row) => (isHour(row, values.hour) ? [row, row] : [row])),
  ),
  'conflicting-duplicate': fault(
    'rows',
    'repeats an hour with every value 1 MW higher',
    oneHour,
    (values) => (rows) => rows.flatMap((row) => (isHour(row, values.hour) ? [row, raised(row)] : [row])),
  ),
  'out-of-order': fault(
    'rows',
    'answers the rows in descending order',
    {},
    () => (rows) => rows.toReversed(),
  ),
  'row-at-to': fault('rows', 'adds a row that starts at ToUtc', {}, () => (rows, { toMs }) => [
    ...rows,
    ...rows.slice(-1).map((row) => moveRow(row, toMs)),
  ]),
  'outside-rows': fault(
    'rows',
    'adds a row an hour before FromUtc and one an hour after ToUtc',
    {},
    () =>
      (rows, { fromMs, toMs }) => [
        ...rows.slice(0, 1).map((row) => moveRow(row, fromMs - HOUR_MS)),
        ...rows,
        ...rows.slice(-1).map((row) => moveRow(row, toMs + HOUR_MS)),
      ],
  ),
  'quarter-hours': fault(
    'rows',
    'answers four rows of 15 minutes for every hour, where there are not as many already',
    {},
    () => (rows, window) =>
      rows.some(({ startsAtMs }) => startsAtMs % HOUR_MS !== 0)
        ? rows
        : rows.flatMap(quarters).filter((row) => isInside(window, row.startsAtMs)),
  ),
};

function isHour(row: Row, wanted: number): boolean {
  return hourOfDay(row.startsAtMs) === wanted;
}

function raised(row: Row): Row {
  return mapValues(row, (_key, text) => (text === 'null' ? text : numberText(Number(text) + 1)));
}

function quarters(row: Row): Row[] {
  const firstId = 4 * rowId(row.startsAtMs) - 3;
  return [0, 1, 2, 3].map((quarter) =>
    moveRow(row, row.startsAtMs + quarter * QUARTER_MS, firstId + quarter),
  );
}
