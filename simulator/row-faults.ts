// Faults in the set of rows, their times and their order. They get the rows of one answer, or of one business day of it, ascending. Hours
// are counted from 0 within the business day.
import { HOUR_MS, hourOfDay } from './business-day.ts';
import { fault, otherwise, required } from './fault-kind.ts';
import { hour } from './fault-params.ts';
import { integersBetween } from './input.ts';
import { mapValues, moveRow, numberText, type Row, rowId } from './rows.ts';
import { isInside } from './window.ts';

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
