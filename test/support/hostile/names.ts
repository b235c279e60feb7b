/** Columns under names that are not, or not quite, those of borders. */
import { columns, everyCell, type Family, type HostileCase, rows, text } from './case.ts';
import { FULL, type Row, SERIES, ZONES } from './good-day.ts';

const complete = { state: 'complete', rows: FULL } as const;
const shape = { state: 'quarantined', findings: { shape: 'block 1' } } as const;

/** Columns that are no borders are ignored. A good answer afterwards says the same without them: the warning goes. */
const ignored = { ...complete, findings: { unknown_column: 'warn 1' } } as const;

/** New borders are accepted; when they are gone afterwards, they are kept. */
const accepted = (count: number) =>
  ({
    state: 'complete',
    rows: FULL + 24 * count,
    findings: { new_series: 'info 1', unknown_border: `info ${count}` },
    afterwards: { rows: FULL + 24 * count, findings: { vanished: 'warn 1' } },
  }) as const;

const renamed = (row: Row, rename: (name: string) => string): Row =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [rename(name), value])) as Row;
const renamedBorders = (rename: (name: string) => string) =>
  rows((all) => all.map((row) => renamed(row, (name) => (name.startsWith('border_') ? rename(name) : name))));

const NEW_HUBS = Array.from({ length: 20 }, (_, i) => `border_${ZONES[i % 4]}_NEW${i}`);

const cases: HostileCase[] = [
  { name: 'every border in capitals', answer: renamedBorders((name) => name.toUpperCase()), ...shape },
  {
    name: 'every border with another prefix',
    answer: renamedBorders((name) => name.replace('border_', 'maxbex_')),
    ...shape,
  },
  {
    name: 'every border in small letters',
    answer: renamedBorders((name) => name.toLowerCase()),
    ...accepted(SERIES),
    rows: FULL,
    afterwards: { rows: 2 * FULL, findings: { vanished: 'warn 1' } },
  },
  {
    name: 'one border in capitals',
    answer: renamedBorders((name) => (name === 'border_AT_BE' ? 'BORDER_AT_BE' : name)),
    state: 'partial',
    rows: FULL - 24,
    findings: { unknown_column: 'warn 1', missing_series: 'warn 1', missing_opposite: 'warn 1' },
  },
  {
    name: 'the instant under another name',
    answer: rows((all) =>
      all.map((row) => renamed(row, (name) => (name === 'dateTimeUtc' ? 'DateTimeUtc' : name))),
    ),
    ...{
      state: 'quarantined',
      findings: {
        unreadable_time: 'block 24',
        unknown_column: 'warn 1',
        missing_intervals: 'warn 1',
        missing_series: 'warn 1',
      },
    },
  },
  {
    name: 'one border gone',
    answer: rows((all) => all.map(({ border_AT_BE: _gone, ...row }) => row)),
    ...{
      state: 'partial',
      rows: FULL - 24,
      findings: { missing_series: 'warn 1', missing_opposite: 'warn 1' },
    },
  },
  {
    name: 'one zone gone',
    answer: rows((all) =>
      all.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !/_SK(_|$)/.test(name)))),
    ),
    ...{ state: 'partial', rows: FULL - 6 * 24, findings: { missing_series: 'warn 1' } },
  },
  { name: 'twenty borders new', answer: columns(...NEW_HUBS), ...accepted(20) },
  {
    name: 'a border from a zone to itself',
    answer: columns('border_AT_AT'),
    ...accepted(1),
    findings: { new_series: 'info 1' },
  },
  { name: 'a border without a name', answer: columns('border_'), ...accepted(1) },
  {
    name: 'keys that pollute prototypes, in a row',
    answer: text((good) =>
      good.replaceAll(
        '{"id"',
        '{"__proto__":{"border_AT_BE":1},"constructor":{"prototype":{"data":[]}},"toString":1,"hasOwnProperty":0,"id"',
      ),
    ),
    ...ignored,
  },
  {
    name: 'keys that pollute prototypes, around the data',
    answer: text((good) => `{"__proto__":${good}}`),
    ...shape,
  },
  {
    name: 'borders named like members of every object',
    answer: text((good) =>
      good.replaceAll('{"id"', '{"border___proto__":1500,"border_constructor":1500,"id"'),
    ),
    ...accepted(2),
  },
  {
    name: 'SQL in a name',
    answer: columns(`border_AT'); drop table ops.payload; --`, 'border_$1" or 1=1'),
    ...accepted(2),
  },
  { name: 'emoji in a name', answer: columns('border_😀_👩‍👩‍👧'), ...accepted(1) },
  { name: 'a name in two scripts and two directions', answer: columns('border_АТ_\u202eבא'), ...accepted(1) },
  { name: 'a name with a path', answer: columns('border_../../etc/passwd'), ...accepted(1) },
  { name: 'a name with tags', answer: columns('border_<script>alert(1)</script>'), ...accepted(1) },
  { name: 'a name of two hundred characters', answer: columns('border_'.padEnd(200, 'x')), ...accepted(1) },
  { name: 'a name of ten kilobytes', answer: columns('border_'.padEnd(10_240, 'x')), ...ignored },
  { name: 'a name with a zero byte', answer: columns('border_AT_\u0000'), ...ignored },
  { name: 'a name with a line break', answer: columns('border_AT\nBE'), ...ignored },
  { name: 'a name with half a character', answer: columns('border_\ud83d'), ...ignored },
  { name: 'an empty name', answer: columns(''), ...ignored },
  {
    name: 'ten thousand borders new',
    answer: columns(...Array.from({ length: 10_000 }, (_, i) => `border_N${i}`)),
    ...shape,
  },
  {
    name: 'a border twice in a row, the second one a text',
    answer: text((good) =>
      good.replaceAll('}', ',"border_SK_CZ":"x"}').replace(/,"border_SK_CZ":"x"\}$/, '}'),
    ),
    state: 'quarantined',
    rows: FULL - 24,
    findings: { unreadable_value: 'block 24', missing_series: 'warn 1', missing_opposite: 'warn 1' },
  },
  {
    name: 'values beside their units',
    answer: everyCell((value) => ({ value, unit: 'MW' })),
    state: 'quarantined',
    findings: { unreadable_value: `block ${FULL}`, missing_intervals: 'warn 1', missing_series: 'warn 1' },
  },
];

export const names: Family = { name: 'names', firstDay: '2025-02-20', cases };
