/** Columns under names that are not, or not quite, those of borders. */
import { columns, each, everyCell, type Family, type HostileCase, rows, text } from './case.ts';
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
  ...each(shape, {
    'every border in capitals': renamedBorders((name) => name.toUpperCase()),
    'every border with another prefix': renamedBorders((name) => name.replace('border_', 'maxbex_')),
    'keys that pollute prototypes, around the data': text((good) => `{"__proto__":${good}}`),
    'ten thousand borders new': columns(...Array.from({ length: 10_000 }, (_, i) => `border_N${i}`)),
  }),
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
  ...each(
    { ...accepted(1) },
    {
      'a border without a name': columns('border_'),
      'emoji in a name': columns('border_😀_👩‍👩‍👧'),
      'a name in two scripts and two directions': columns('border_АТ_\u202eבא'),
      'a name with a path': columns('border_../../etc/passwd'),
      'a name with tags': columns('border_<script>alert(1)</script>'),
      'a name of two hundred characters': columns('border_'.padEnd(200, 'x')),
    },
  ),
  ...each(ignored, {
    'keys that pollute prototypes, in a row': text((good) =>
      good.replaceAll(
        '{"id"',
        '{"__proto__":{"border_AT_BE":1},"constructor":{"prototype":{"data":[]}},"toString":1,"hasOwnProperty":0,"id"',
      ),
    ),
    'a name of ten kilobytes': columns('border_'.padEnd(10_240, 'x')),
    'a name with a zero byte': columns('border_AT_\u0000'),
    'a name with a line break': columns('border_AT\nBE'),
    'a name with half a character': columns('border_\ud83d'),
    'an empty name': columns(''),
  }),
  ...each(
    { ...accepted(2) },
    {
      'borders named like members of every object': text((good) =>
        good.replaceAll('{"id"', '{"border___proto__":1500,"border_constructor":1500,"id"'),
      ),
      'SQL in a name': columns(`border_AT'); drop table ops.payload; --`, 'border_$1" or 1=1'),
    },
  ),
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
