/** A file written in any of the forms that are understood reads back as what was written. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FileForm } from '../../../../domain/files/file-form.ts';
import { validRange } from '../../../../domain/interpret/checks.ts';
import { formOf } from '../../../../domain/lines/form-finder.ts';
import { instant, outcomesOf, sampleFileDataset } from '../../../support/reading.ts';

const dataset = sampleFileDataset({ checks: [validRange(-1e9, 1e9, 'Hz')] });
const two = (n: number) => String(n).padStart(2, '0');
const WEEKDAYS: Readonly<Record<string, readonly string[]>> = {
  none: Array.from({ length: 7 }, () => ''),
  german: ['So. ', 'Mo. ', 'Di. ', 'Mi. ', 'Do. ', 'Fr. ', 'Sa. '],
  germanInFull: ['Sonntag', 'Montag', 'Dienstag', 'Mittwoch', 'Donnerstag', 'Freitag', 'Samstag'].map(
    (name) => `${name}, `,
  ),
  french: ['dim. ', 'lun. ', 'mar. ', 'mer. ', 'jeu. ', 'ven. ', 'sam. '],
  italian: [
    'domenica',
    'luned\u00ec',
    'marted\u00ec',
    'mercoled\u00ec',
    'gioved\u00ec',
    'venerd\u00ec',
    'sabato',
  ].map((name) => `${name} `),
  english: ['Sun ', 'Mon ', 'Tue ', 'Wed ', 'Thu ', 'Fri ', 'Sat '],
};

/** How a time is written, and what has to be stated where one file may not tell. */
interface TimeWriter {
  readonly write: (at: Date, weekday: string) => string;
  readonly stated?: FileForm['time'];
}

const clock = (at: Date) => `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
const parts = (at: Date) => [at.getUTCDate(), at.getUTCMonth() + 1, at.getUTCFullYear()] as const;

const TIMES: readonly TimeWriter[] = [
  { write: (at, day) => `${day}${at.toISOString().slice(0, 19)}Z` },
  { write: (at, day) => `${day}${at.toISOString().slice(0, 10)} ${clock(at)}` },
  { write: (at, day) => `${day}${parts(at).map(two).join('.')} ${clock(at)}` },
  {
    write: (at, day) => {
      const [d, m, y] = parts(at);
      return `${day}${two(d)}.${two(m)}.${two(y % 100)} ${clock(at)}`;
    },
  },
  {
    write: (at, day) => {
      const [d, m, y] = parts(at);
      return `${day}${d}/${m}/${y} ${clock(at)}`;
    },
    stated: 'day-first',
  },
  {
    write: (at, day) => {
      const [d, m, y] = parts(at);
      const half = at.getUTCHours() < 12 ? 'AM' : 'PM';
      return `${day}${m}/${d}/${y} ${at.getUTCHours() % 12 || 12}${clock(at).slice(2)} ${half}`;
    },
    stated: 'month-first',
  },
  { write: (at) => String(at.getTime() / 1000) },
  { write: (at) => String(at.getTime()) },
  // Fifteen digits, as spreadsheets show.
  { write: (at) => (at.getTime() / 86_400_000 + 25_569).toPrecision(15), stated: 'excel' },
];

const PARTS = ['', "'", '\u2019', ' ', '\u00a0', '\u2009', '\u202f', 'other'] as const;

/** A decimal as an office writes it. */
function written(value: number, decimals: number, decimal: string, part: string): string {
  const [whole = '', rest = ''] = Math.abs(value).toFixed(decimals).split('.');
  const between = part === 'other' ? (decimal === ',' ? '.' : ',') : part;
  const grouped = whole.replace(/(?<=\d)(?=(\d{3})+$)/g, between);
  return `${value < 0 ? '-' : ''}${grouped}${rest === '' ? '' : decimal + rest}`;
}

test('a file in any form reads back as what was written', () => {
  const points = fc
    .uniqueArray(
      fc.tuple(fc.integer({ min: 0, max: 200_000 }), fc.integer({ min: -99_999_999, max: 99_999_999 })),
      {
        minLength: 1,
        maxLength: 20,
        selector: ([second]) => second,
      },
    )
    .map((all) => all.toSorted(([a], [b]) => a - b));
  const file = fc.record({
    points,
    begin: fc.integer({ min: Date.UTC(2001, 0, 1) / 1000, max: Date.UTC(2040, 0, 1) / 1000 }),
    time: fc.constantFrom(...TIMES),
    weekdays: fc.constantFrom(...Object.keys(WEEKDAYS)),
    decimals: fc.constantFrom(0, 1, 2, 3, 4),
    decimal: fc.constantFrom('.' as const, ',' as const),
    part: fc.constantFrom(...PARTS),
    delimiter: fc.constantFrom(';', '\t', '|'),
    isQuoted: fc.boolean(),
    above: fc.constantFrom(
      [],
      ['Zeit;Wert'],
      ['# exported by hand', 'Datum Zeit;Wert [Hz]'],
      ['Netz', '', 'Zeit;Wert', ';[Hz]'],
    ),
    end: fc.constantFrom('\n', '\r\n', ';\n', ';;\r\n'),
    mark: fc.constantFrom('', '\ufeff'),
  });
  fc.assert(
    fc.property(
      file,
      ({
        points: all,
        begin,
        time,
        weekdays,
        decimals,
        decimal,
        part,
        delimiter,
        isQuoted,
        above,
        end,
        mark,
      }) => {
        const quote = isQuoted ? '"' : '';
        const written_ = all.map(([second, digits]) => {
          const at = new Date((begin + second) * 1000);
          const value = Number((digits / 10 ** decimals).toFixed(decimals)) + 0;
          const cells = [
            time.write(at, WEEKDAYS[weekdays]?.[at.getUTCDay()] ?? ''),
            written(value, decimals, decimal, part),
          ];
          return {
            point: `${instant(at.getTime())} frequency ${value}`,
            line: cells.map((cell) => quote + cell + quote).join(';'),
          };
        });
        const text = mark + [...above, ...written_.map(({ line }) => line)].join(end) + end;
        const thousands: '.' | ',' = decimal === ',' ? '.' : ',';
        const stated = {
          ...{ zone: 'UTC', decimal },
          ...(part === 'other' ? { thousands } : {}),
          ...(time.stated ? { time: time.stated } : {}),
        } as const;
        const bytes = text.replaceAll(';', delimiter);
        expect(outcomesOf(bytes, formOf(Buffer.from(bytes), dataset, stated))).toEqual(
          written_.map(({ point }) => point),
        );
      },
    ),
    { numRuns: 1_500 },
  );
});
