/** Instants that are not instants, or not of this day. Days begin at 22:00 UTC: it is summer. */
import { each, type Family, type HostileCase, instantOf, rows, time, times } from './case.ts';
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
  ...each(unreadable, {
    // The first day of the family is 1 May, and to some readers 31 April means the same.
    'a date that does not exist': time((ms) => isoOf(ms).replace('2025-05-01', '2025-04-31')),
    'one date without a zone': time((ms) => isoOf(ms).slice(0, -1)),
    'an offset that no place has': time((ms) => isoOf(ms).replace('Z', '+99:99')),
    'hour 24': time((ms) => isoOf(ms).replace(/T\d\d/, 'T24')),
    'minute 60': time((ms) => isoOf(ms).replace(/:\d\d:/, ':60:')),
    'a leap second': time((ms) => isoOf(ms).replace(/\d\dZ/, '60Z')),
    'month 13': time((ms) => isoOf(ms).replace(/-\d\d-/, '-13-')),
    'day 0': time((ms) => isoOf(ms).replace(/-\d\dT/, '-00T')),
    null: time(() => null),
    'an object': time((ms) => ({ date: isoOf(ms) })),
    'a list with the right instant': time((ms) => [isoOf(ms)]),
    'a text of a megabyte': time(() => '2'.repeat(1_048_576)),
    'only the date': time((ms) => isoOf(ms).slice(0, 10)),
    'digits of another script': time((ms) => isoOf(ms).replace('2025', '２０２５')),
    'a line after the instant': time((ms) => `${isoOf(ms)}\n`),
  }),
  ...each(allUnreadable, {
    'every date without a zone': times((ms) => isoOf(ms).slice(0, -1)),
    'milliseconds since 1970': times((ms) => ms),
    'a blank instead of the T': times((ms) => isoOf(ms).replace('T', ' ')),
    'American dates': times((ms) => new Date(ms).toLocaleString('en-US', { timeZone: 'UTC' })),
  }),
  ...each(complete, {
    'every date with an offset': times(local),
    'half of the dates with an offset': rows((all) =>
      all.map((row, i) => (i % 2 ? row : { ...row, dateTimeUtc: local(instantOf(row)) })),
    ),
    'nine digits of a second': times((ms) => isoOf(ms).replace('Z', '.000000000Z')),
  }),
  {
    name: 'local times that say they are UTC',
    answer: times((ms) => isoOf(ms + 2 * HOUR_MS)),
    state: 'partial',
    rows: FULL - 2 * SERIES,
    findings: { outside_day: 'info 1', missing_intervals: 'warn 1' },
  },
  {
    name: 'every date far in the future',
    answer: times((ms) => isoOf(ms).replace('2025', '2096')),
    ...elsewhere,
  },
  ...each(oneElsewhere, {
    'one date in the future': time((ms) => isoOf(ms).replace('2025', '2026')),
    'one date in the year 9999': time((ms) => isoOf(ms).replace('2025', '9999')),
    'one date in the year 0': time((ms) => isoOf(ms).replace('2025', '0000')),
  }),
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
