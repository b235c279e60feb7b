/** Rows that are well formed one by one, but too few, too many, twice, or in the wrong place. */
import { columns, each, type Family, good, type HostileCase, instantOf, rows } from './case.ts';
import { FULL, goodRows, isoOf, type Row, SERIES } from './good-day.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const complete = { state: 'complete', rows: FULL } as const;
const offGrid = { state: 'quarantined', findings: { off_grid: 'block 1' } } as const;

const shifted = (row: Row, byMs: number): Row => ({ ...row, dateTimeUtc: isoOf(instantOf(row) + byMs) });
const withoutBorders = ({ id, dateTimeUtc }: Row): Row => ({ id, dateTimeUtc });
const nulled = (row: Row): Row => mapBorders(row, () => null);
const raised = (row: Row): Row => mapBorders(row, (value) => (value as number) + 1);

function mapBorders(row: Row, change: (value: unknown) => unknown): Row {
  const entries = Object.entries(row).map(([name, value]) => [
    name,
    name.startsWith('border_') ? change(value) : value,
  ]);
  return Object.fromEntries(entries);
}

const cases: HostileCase[] = [
  {
    name: 'the values of yesterday under the dates of today',
    answer: rows((_all, { fromMs }) => goodRows(fromMs - DAY_MS, fromMs).map((row) => shifted(row, DAY_MS))),
    ...{ ...complete, findings: { same_as_yesterday: 'warn 1' } },
  },
  {
    name: 'the body of yesterday',
    answer: rows((_all, { fromMs }) => goodRows(fromMs - DAY_MS, fromMs)),
    ...{ state: 'late', findings: { outside_day: 'info 1', late: 'warn 1' } },
  },
  ...each(
    { ...complete, findings: { outside_day: 'info 1' } },
    {
      'the body of two days': rows((_all, { fromMs, toMs }) => goodRows(fromMs - DAY_MS, toMs)),
      'a row before the day and one after it': rows((_all, { fromMs, toMs }) =>
        goodRows(fromMs - HOUR_MS, toMs + HOUR_MS),
      ),
    },
  ),
  ...each(complete, {
    'rows in reverse': rows((all) => all.toReversed()),
    'ids that change with every answer': rows((all) => all.map((row) => ({ ...row, id: -1 }))),
  }),
  {
    name: 'a row twice, the same',
    answer: rows((all) => [...all, all[3]]),
    ...complete,
    findings: { duplicate: 'info 1' },
  },
  ...each(
    {
      state: 'quarantined',
      rows: FULL - 1,
      findings: { conflicting_duplicate: 'block 1', duplicate: 'info 1' },
    },
    {
      'a row twice, one value another': rows((all) => [...all, { ...all[3], border_AT_BE: 1 }]),
      'a row twice, once with a null': rows((all) => [...all, { ...all[3], border_AT_BE: null }]),
    },
  ),
  {
    name: 'every row twice, every value another',
    answer: rows((all) => [...all, ...all.map(raised)]),
    state: 'quarantined',
    findings: { conflicting_duplicate: `block ${FULL}`, missing_intervals: 'warn 1' },
  },
  ...each(offGrid, {
    'quarter-hours where hours are promised': rows((_all, { fromMs, toMs }) =>
      goodRows(fromMs, toMs, HOUR_MS / 4),
    ),
    'quarter-hours from noon on': rows((_all, { fromMs, toMs }) => [
      ...goodRows(fromMs, fromMs + DAY_MS / 2),
      ...goodRows(fromMs + DAY_MS / 2, toMs, HOUR_MS / 4),
    ]),
    'hours that start at half past': rows((all) => all.map((row) => shifted(row, HOUR_MS / 2))),
  }),
  {
    name: 'every second hour',
    answer: rows((all) => all.filter((_, i) => i % 2 === 0)),
    ...{ state: 'partial', rows: FULL / 2, findings: { missing_intervals: 'warn 1' } },
  },
  {
    name: 'three hours missing',
    answer: rows((all) => all.filter((_, i) => i < 3 || i > 5)),
    ...{ state: 'partial', rows: 21 * SERIES, findings: { missing_intervals: 'warn 1' } },
  },
  {
    name: 'one hour of one border missing',
    answer: rows((all) =>
      all.map(({ border_AT_BE, ...row }, i) => (i === 3 ? row : { ...row, border_AT_BE })),
    ),
    ...{ state: 'partial', rows: FULL - 1, findings: { missing_intervals: 'warn 1' } },
  },
  {
    name: 'one row only',
    answer: rows((all) => all.slice(0, 1)),
    ...{ state: 'partial', rows: SERIES, findings: { missing_intervals: 'warn 1' } },
  },
  {
    name: 'every value null',
    answer: rows((all) => all.map(nulled)),
    ...{ state: 'partial', rows: FULL, findings: { null_values: 'warn 1', frozen: 'warn 1' } },
  },
  {
    name: 'one hour of nulls',
    answer: rows((all) => all.map((row, i) => (i === 3 ? nulled(row) : row))),
    ...{ state: 'partial', rows: FULL, findings: { null_values: 'warn 1' } },
  },
  {
    name: 'every hour as the first',
    answer: rows((all) => all.map((row) => ({ ...all[0], dateTimeUtc: row.dateTimeUtc }))),
    ...{ ...complete, findings: { frozen: 'warn 1' } },
  },
  ...each(
    { state: 'quarantined', findings: { shape: 'block 1' } },
    {
      'rows without a border': rows((all) => all.map(withoutBorders)),
      'rows without anything': rows((all) => all.map(() => ({}))),
    },
  ),
  {
    name: 'one row without anything',
    answer: rows((all) => [...all, {}]),
    ...{ state: 'quarantined', rows: FULL, findings: { unreadable_time: 'block 1' } },
  },
  {
    name: 'a column of something else',
    answer: columns('lastModifiedOn', 'quality'),
    ...complete,
    findings: { unknown_column: 'warn 1' },
  },
];

export const wrongRows: Family = { name: 'rows', firstDay: '2024-11-05', cases };

const quarters: HostileCase[] = [
  {
    name: 'hours where quarter-hours are promised',
    answer: rows((_all, { fromMs, toMs }) => goodRows(fromMs, toMs)),
    ...{
      state: 'partial',
      rows: FULL,
      findings: { missing_intervals: 'warn 1' },
      afterwards: { rows: 4 * FULL },
    },
  },
  {
    name: 'hours from noon on',
    answer: rows((_all, { fromMs, toMs }) => [
      ...goodRows(fromMs, fromMs + DAY_MS / 2, HOUR_MS / 4),
      ...goodRows(fromMs + DAY_MS / 2, toMs),
    ]),
    state: 'partial',
    rows: 60 * SERIES,
    findings: { missing_intervals: 'warn 1' },
    afterwards: { rows: 4 * FULL },
  },
  {
    name: 'five-minute rows',
    answer: rows((_all, { fromMs, toMs }) => goodRows(fromMs, toMs, HOUR_MS / 12)),
    ...offGrid,
    afterwards: { rows: 4 * FULL },
  },
  {
    name: 'quarter-hours, as promised',
    answer: good,
    state: 'complete',
    rows: 4 * FULL,
    afterwards: { rows: 4 * FULL },
  },
];

export const wrongResolution: Family = {
  name: 'a table of quarter-hours',
  firstDay: '2024-12-10',
  dataset: 'jao-core.quarters',
  cases: quarters,
};
