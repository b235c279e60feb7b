/** Instants that are not instants, or not of this day. Days begin at 22:00 UTC: it is summer. */
import { type Family, type HostileCase, instantOf, rows, time, times } from './case.ts';
import { FULL, isoOf, SERIES } from './good-day.ts';

const unreadable = {
  state: 'quarantined',
  rows: FULL - SERIES,
  findings: { unreadable_time: 'block 1', missing_intervals: 'warn 1' },
} as const;
const allUnreadable = {
  state: 'quarantined',
  findings: { unreadable_time: 'block 24', missing_intervals: 'warn 1', missing_series: 'warn 1' },
} as const;
const complete = { state: 'complete', rows: FULL } as const;
const elsewhere = { state: 'late', findings: { outside_day: 'info 1', late: 'warn 1' } } as const;
const oneElsewhere = {
  state: 'partial',
  rows: FULL - SERIES,
  findings: { outside_day: 'info 1', missing_intervals: 'warn 1' },
} as const;

const HOUR_MS = 3_600_000;
const local = (ms: number) => `${isoOf(ms + 2 * HOUR_MS).slice(0, -1)}+02:00`;

const cases: HostileCase[] = [
  {
    // The first day of the family is 1 May, and to some readers 31 April means the same.
    name: 'a date that does not exist',
    answer: time((ms) => isoOf(ms).replace('2025-05-01', '2025-04-31')),
    ...unreadable,
  },
  { name: 'every date without a zone', answer: times((ms) => isoOf(ms).slice(0, -1)), ...allUnreadable },
  { name: 'one date without a zone', answer: time((ms) => isoOf(ms).slice(0, -1)), ...unreadable },
  { name: 'every date with an offset', answer: times(local), ...complete },
  {
    name: 'half of the dates with an offset',
    answer: rows((all) =>
      all.map((row, i) => (i % 2 ? row : { ...row, dateTimeUtc: local(instantOf(row)) })),
    ),
    ...complete,
  },
  {
    name: 'local times that say they are UTC',
    answer: times((ms) => isoOf(ms + 2 * HOUR_MS)),
    state: 'partial',
    rows: FULL - 2 * SERIES,
    findings: { outside_day: 'info 1', missing_intervals: 'warn 1' },
  },
  {
    name: 'an offset that no place has',
    answer: time((ms) => isoOf(ms).replace('Z', '+99:99')),
    ...unreadable,
  },
  {
    name: 'every date far in the future',
    answer: times((ms) => isoOf(ms).replace('2025', '2096')),
    ...elsewhere,
  },
  {
    name: 'one date in the future',
    answer: time((ms) => isoOf(ms).replace('2025', '2026')),
    ...oneElsewhere,
  },
  {
    name: 'one date in the year 9999',
    answer: time((ms) => isoOf(ms).replace('2025', '9999')),
    ...oneElsewhere,
  },
  {
    name: 'one date in the year 0',
    answer: time((ms) => isoOf(ms).replace('2025', '0000')),
    ...oneElsewhere,
  },
  { name: 'hour 24', answer: time((ms) => isoOf(ms).replace(/T\d\d/, 'T24')), ...unreadable },
  { name: 'minute 60', answer: time((ms) => isoOf(ms).replace(/:\d\d:/, ':60:')), ...unreadable },
  { name: 'a leap second', answer: time((ms) => isoOf(ms).replace(/\d\dZ/, '60Z')), ...unreadable },
  { name: 'month 13', answer: time((ms) => isoOf(ms).replace(/-\d\d-/, '-13-')), ...unreadable },
  { name: 'day 0', answer: time((ms) => isoOf(ms).replace(/-\d\dT/, '-00T')), ...unreadable },
  { name: 'milliseconds since 1970', answer: times((ms) => ms), ...allUnreadable },
  { name: 'null', answer: time(() => null), ...unreadable },
  { name: 'an object', answer: time((ms) => ({ date: isoOf(ms) })), ...unreadable },
  { name: 'a list with the right instant', answer: time((ms) => [isoOf(ms)]), ...unreadable },
  { name: 'a text of a megabyte', answer: time(() => '2'.repeat(1_048_576)), ...unreadable },
  { name: 'only the date', answer: time((ms) => isoOf(ms).slice(0, 10)), ...unreadable },
  { name: 'a blank instead of the T', answer: times((ms) => isoOf(ms).replace('T', ' ')), ...allUnreadable },
  {
    name: 'American dates',
    answer: times((ms) => new Date(ms).toLocaleString('en-US', { timeZone: 'UTC' })),
    ...allUnreadable,
  },
  {
    name: 'digits of another script',
    answer: time((ms) => isoOf(ms).replace('2025', '２０２５')),
    ...unreadable,
  },
  { name: 'a line after the instant', answer: time((ms) => `${isoOf(ms)}\n`), ...unreadable },
  {
    name: 'nine digits of a second',
    answer: times((ms) => isoOf(ms).replace('Z', '.000000000Z')),
    ...complete,
  },
  {
    name: 'half a second beside the hour',
    answer: time((ms) => isoOf(ms + 500).replace('500Z', '500Z')),
    state: 'quarantined',
    findings: { off_grid: 'block 1' },
  },
  {
    name: 'every row at the same hour',
    answer: rows((all) => all.map((row) => ({ ...row, dateTimeUtc: all[0]?.dateTimeUtc }))),
    state: 'quarantined',
    findings: { conflicting_duplicate: `block ${SERIES}`, missing_intervals: 'warn 1' },
  },
];

export const wrongTimes: Family = { name: 'times', firstDay: '2025-05-01', cases };
