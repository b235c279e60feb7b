/** Does the reader say what lines say: times, values, quotes, nulls, ends of lines, and what it cannot read? */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FileForm } from '../../../../domain/files/file-form.ts';
import { LONGEST_LINE } from '../../../../domain/lines/line-reader.ts';
import { CODE_POINT } from '../../../../kit/testing/code-points.ts';
import { FORM, outcomesOf, readLines } from '../../../support/reading.ts';

const with_ = (changes: Partial<FileForm>): FileForm => ({ ...FORM, ...changes });

describe('a time', () => {
  test.each([
    ['2024-01-03T00:00:01+01:00', '2024-01-02T23:00:01Z'],
    ['2024-01-03 00:00:01Z', '2024-01-03T00:00:01Z'],
    ['2024-01-03T00:00:01.000Z', '2024-01-03T00:00:01Z'],
    ['2024-01-03T00:00-05:30', '2024-01-03T05:30:00Z'],
    ['2024-01-03T00:00:01+0100', '2024-01-02T23:00:01Z'],
    ['2024-01-03T00:00:01 +01', '2024-01-02T23:00:01Z'],
    ['2024/01/03 00:00:01z', '2024-01-03T00:00:01Z'],
    ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59Z'],
  ])('%s with its zone', (text, instant) => {
    expect(outcomesOf(`${text};50.01\n`)).toEqual([`${instant} frequency 50.01`]);
  });

  test.each([
    ['iso-local', '2024-07-03 00:00:01', '2024-07-02T22:00:01Z'],
    ['iso-local', '2024-01-03T00:00', '2024-01-02T23:00:00Z'],
    ['day-first', '03.01.2024 00:00:01', '2024-01-02T23:00:01Z'],
    ['day-first', '3/1/2024 0:00', '2024-01-02T23:00:00Z'],
    ['iso-local', '24-01-03 00:00', '2024-01-02T23:00:00Z'],
    ['iso-local', '2024.1.3, 00:00:01', '2024-01-02T23:00:01Z'],
    ['iso-local', '2024-01-02T24:00:00', '2024-01-02T23:00:00Z'],
    ['day-first', 'Mi. 03.01.24 00:00:01', '2024-01-02T23:00:01Z'],
    ['day-first', 'Mittwoch, 03.01.2024 00:00:01', '2024-01-02T23:00:01Z'],
    ['day-first', 'mer. 3/1/24 00h00', '2024-01-02T23:00:00Z'],
    ['day-first', 'mercoled\u00ec 03-01-2024 0.00', '2024-01-02T23:00:00Z'],
    ['day-first', 'Wed 3. 1. 2024 0:00', '2024-01-02T23:00:00Z'],
    ['day-first', '31.12.99 23:59:59', '1999-12-31T22:59:59Z'],
    ['month-first', '1/3/24 12:00:01 AM', '2024-01-02T23:00:01Z'],
    ['month-first', 'Wed 01/03/2024 12:00 p.m.', '2024-01-03T11:00:00Z'],
    ['excel', '45294', '2024-01-02T23:00:00Z'],
    ['excel', '45294.0000115741', '2024-01-02T23:00:01Z'],
    ['excel', '45294,25', '2024-01-03T05:00:00Z'],
    ['epoch-s', '1704236401', '2024-01-02T23:00:01Z'],
    ['epoch-ms', '1704236401000', '2024-01-02T23:00:01Z'],
    ['epoch-s', '1704236401.0', '2024-01-02T23:00:01Z'],
  ] as const)('as %s: %s', (time, text, instant) => {
    expect(outcomesOf(`${text};50.01\n`, with_({ time }))).toEqual([`${instant} frequency 50.01`]);
  });

  test.each([
    ['iso', '2024-04-31T00:00:00Z'],
    ['iso', '2023-02-29T00:00:00Z'],
    ['iso', '2024-01-03T24:00:01Z'],
    ['iso', '2024-01-03T25:00:00Z'],
    ['day-first', 'So. 03.01.2024 00:00:00'],
    ['day-first', 'Heute 03.01.2024 00:00:00'],
    ['day-first', '03.01.24 13:00 PM'],
    ['month-first', '2024-01-03T00:00:00'],
    ['month-first', '01.03.2024 00:00:00'],
    ['excel', '45294.0003'],
    ['excel', '1'],
    ['iso', '2024-01-03T00:60:00Z'],
    ['iso', '2024-01-03T23:59:60Z'],
    ['iso', '2024-13-03T00:00:00Z'],
    ['iso', '2024-01-03T00:00:00'],
    ['iso', '2024-01-03T00:00:00.5Z'],
    ['iso', '2024-01-03T00:00:00+24:00'],
    ['iso', '2024-01-03T00:00:00+01:60'],
    ['iso', '1024-01-03T00:00:00Z'],
    ['iso', '2024-01-03T00:00:00Zulu'],
    ['iso', ''],
    ['iso', '\u0000'],
    ['iso-local', '2024-01-03T00:00:00Z'],
    ['day-first', '31.04.2024 00:00:00'],
    ['day-first', '01/13/2024 00:00:00'],
    ['epoch-s', '1704236401000'],
    ['epoch-s', '-1'],
    ['epoch-ms', '12.5'],
  ] as const)('that is none, as %s: %j', (time, text) => {
    expect(outcomesOf(`${text};50.01\n`, with_({ time }))).toEqual(['unreadable_time']);
  });
});

describe('a value', () => {
  test.each([
    ['50', '50'],
    ['-0', '0'],
    ['+1.5', '1.5'],
    [' 50.5 ', '50.5'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1e-3', '0.001'],
    ['0.1234567890123456789', '0.12345678901234568'],
    ['9007199254740993', '9007199254740992'],
    ['', 'null'],
    ['  ', 'null'],
    ['NaN', 'null'],
    ['-999', 'null'],
    ['-999.0', '-999'],
    ["1'234.5", '1234.5'],
    ['1\u2019234\u2019567', '1234567'],
    ['-1 000', '-1000'],
    ['\u22121\u202f000.5', '-1000.5'],
    ['1\u00a0000', '1000'],
    ['1,234.5', '1234.5'],
    ['1,234,567', '1234567'],
  ])('%j', (text, value) => {
    const form = with_({ nulls: ['NaN', '-999'] });
    expect(outcomesOf(`2024-01-03T00:00:00Z;${text}\n`, form)).toEqual([
      `2024-01-03T00:00:00Z frequency ${value}`,
    ]);
  });

  test.each([
    'x',
    '1,5',
    '1.2.3',
    '0x10',
    'Infinity',
    '1e400',
    '--1',
    '-',
    '.',
    '1 00',
    '1,234',
    '0,123.4',
    '5e',
    '\u0000',
  ])('that is none: %j', (text) => {
    expect(outcomesOf(`2024-01-03T00:00:00Z;${text}\n`)).toEqual([
      'unreadable_value 2024-01-03T00:00:00Z frequency',
    ]);
  });

  test('with a decimal comma, where points part thousands for certain, or are said to, or are slips', () => {
    const lines =
      '2024-01-03T00:00:00Z;50,012\n2024-01-03T00:00:01Z;1.050,012\n2024-01-03T00:00:02Z;50.012\n';
    expect(outcomesOf(lines, with_({ decimal: ',' }))).toEqual([
      '2024-01-03T00:00:00Z frequency 50.012',
      '2024-01-03T00:00:01Z frequency 1050.012',
      'unreadable_value 2024-01-03T00:00:02Z frequency',
    ]);
    expect(readLines(lines, with_({ decimal: ',' })).at(-1)?.outcome).toContain('--thousands');
    expect(outcomesOf(lines, with_({ decimal: ',', thousands: '.' })).at(-1)).toBe(
      '2024-01-03T00:00:02Z frequency 50012',
    );
  });

  test('whatever decimal, is what Number() makes of it', () => {
    const digits = (most: number) => fc.stringMatching(new RegExp(`^\\d{0,${most}}$`));
    const decimal = fc
      .tuple(fc.constantFrom('', '-', '+'), digits(20), fc.constantFrom('', '.'), digits(25))
      .map((parts) => parts.join(''))
      .filter((text) => /\d/.test(text) && (text.includes('.') || !/^[+-]?$/.test(text)));
    fc.assert(
      fc.property(decimal, (text) => {
        expect(outcomesOf(`2024-01-03T00:00:00Z;${text}\n`)).toEqual([
          `2024-01-03T00:00:00Z frequency ${Number(text) + 0}`,
        ]);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a line', () => {
  const LINE = '2024-01-03T00:00:00Z;50';
  const POINT = '2024-01-03T00:00:00Z frequency 50';

  test.each([
    ['LF', `${LINE}\n`],
    ['CRLF', `${LINE}\r\n`],
    ['no end', LINE],
    ['a byte order mark', `\ufeff${LINE}\n`],
    ['blank lines around', `\n \r\n${LINE}\n\n;;\n`],
    ['quotes', `"2024-01-03T00:00:00Z" ; "50"\n`],
    ['a quoted delimiter in a column that does not matter', `${LINE};"a;b""c"\n`],
  ])('with %s', (_, lines) => {
    expect(outcomesOf(lines)).toEqual([POINT]);
  });

  test.each([
    ['"2024-01-03T00:00:00Z";"50"', POINT],
    ['"2024-01-03T00:00:00Z";""', '2024-01-03T00:00:00Z frequency null'],
    ['2024-01-03T00:00:00Z;" 50 "', POINT],
    ['"2024-01-03T00:00:00Z";"5;0"', 'unreadable_value 2024-01-03T00:00:00Z frequency'],
    ['"2024-01-03T00:00:00Z";"5""0"', 'unreadable_value 2024-01-03T00:00:00Z frequency'],
    ['"2024-01-03T00:00:00Z";5"0"', 'unreadable_value 2024-01-03T00:00:00Z frequency'],
    ['"2024-01-03T00:00:00Z;50"', 'unreadable_line'],
    ['"2024-01-03T00:00:00Z";"50', 'unreadable_line'],
    ['"2024-01-03T00:00:00Z";"5\r0"', 'unreadable_value 2024-01-03T00:00:00Z frequency'],
  ])('with quotes: %j', (line, point) => {
    expect(outcomesOf(`${line}\n`)).toEqual([point]);
    expect(outcomesOf(`${line}\r\n`)).toEqual([point]);
  });

  test.each([
    ['too few columns', '2024-01-03T00:00:00Z', {}],
    ['another number of columns than the form says', `${LINE};x`, { columns: 2 }],
    ['an open quote', '"2024-01-03T00:00:00Z;50', {}],
    ['something behind a quote', '"2024-01-03T00:00:00Z"x;50', {}],
  ])('with %s cannot be taken apart', (_, line, changes) => {
    expect(outcomesOf(`${line}\n${LINE}\n`, with_(changes))).toEqual(['unreadable_line', POINT]);
  });

  test('with a quoted end is two that cannot be taken apart', () => {
    expect(outcomesOf('2024-01-03T00:00:00Z;50;"a\nb"\n')).toEqual(['unreadable_line', 'unreadable_line']);
  });

  test('has its place in the file and its text', () => {
    const lines = `\ufeff${LINE}\r\n\nx;y\r\n${LINE}`;
    expect(readLines(lines).map(({ line, bytes, raw }) => ({ line, bytes, raw }))).toEqual([
      { line: 1, bytes: [3, 28], raw: LINE },
      { line: 3, bytes: [29, 34], raw: 'x;y' },
      { line: 4, bytes: [34, 57], raw: LINE },
    ]);
    expect(readLines(LINE, FORM, { firstByte: 1000, firstLine: 77 })[0]).toMatchObject({
      line: 77,
      bytes: [1000, 1023],
    });
  });

  test('of names is passed over, at the start and where a file was put behind another', () => {
    const file = `Zeit;Frequenz [Hz]\n${LINE}\n`;
    expect(outcomesOf(file + file, with_({ header: true }))).toEqual([POINT, POINT]);
    expect(outcomesOf(file)).toEqual(['unreadable_time', POINT]);
    // Not a header: there is a value.
    expect(outcomesOf(`Zeit;Hz\nfoo;50\n`, with_({ header: true }))).toEqual(['unreadable_time']);
  });

  test('of names after a second byte order mark', () => {
    const file = `\ufeffZeit;Hz\n${LINE}\n`;
    expect(outcomesOf(file + file, with_({ header: true }))).toEqual([POINT, POINT]);
  });

  test('without an end is refused without being kept', () => {
    const endless = 'x'.repeat(3 * LONGEST_LINE);
    const read = readLines(`${LINE}\n${endless}\n${LINE}\n${endless}`, FORM, { chunk: 300_000 });
    const second = 24 + endless.length + 1;
    expect(read.map((each) => [each.line, each.bytes, each.outcome.slice(0, 15), each.raw.length])).toEqual([
      [1, [0, 24], '2024-01-03T00:0', 23],
      [2, [24, second], 'unreadable_line', 500],
      [3, [second, second + 24], '2024-01-03T00:0', 23],
      [4, [second + 24, second + 24 + endless.length], 'unreadable_line', 500],
    ]);
  });
});

describe('series', () => {
  test('named in lines, in any order, under one name whatever the blanks', () => {
    const form = with_({ seriesColumn: 1, values: [{ column: 2, series: '' }] });
    const lines = ['b;1', 'a;2', ' b ;3', '"a";4', ';5', 'c\td;6', '\u00fc;7'].map(
      (rest) => `2024-01-03T00:00:00Z;${rest}\n`,
    );
    expect(outcomesOf(lines.join(''), form)).toEqual([
      '2024-01-03T00:00:00Z b 1',
      '2024-01-03T00:00:00Z a 2',
      '2024-01-03T00:00:00Z b 3',
      '2024-01-03T00:00:00Z a 4',
      'unreadable_series',
      '2024-01-03T00:00:00Z c d 6',
      '2024-01-03T00:00:00Z \u00fc 7',
    ]);
  });

  test('in columns: a value that cannot be read takes nothing from the others', () => {
    const form = with_({
      values: [
        { column: 1, series: 'a' },
        { column: 3, series: 'b' },
      ],
    });
    expect(outcomesOf('2024-01-03T00:00:00Z;1;x;2\n2024-01-03T00:00:01Z;y;x;\n', form)).toEqual([
      '2024-01-03T00:00:00Z a 1',
      '2024-01-03T00:00:00Z b 2',
      'unreadable_value 2024-01-03T00:00:01Z a',
      '2024-01-03T00:00:01Z b null',
    ]);
  });

  test('bytes that are no text make no name', () => {
    const form = with_({ seriesColumn: 1, values: [{ column: 2, series: '' }] });
    expect(outcomesOf(Buffer.from('2024-01-03T00:00:00Z;\xfc;1\n', 'latin1'), form)).toEqual([
      'unreadable_series',
    ]);
  });
});

/** Lines good and bad, with quotes and without, ended in all ways. */
const ANY_LINE = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .nat(100_000)
      .map((n) => `${new Date(Date.UTC(2024, 2, 30) + n * 1000).toISOString()};${n / 1000}`),
  },
  fc.constantFrom(
    '',
    ';',
    'x;y',
    '2024-01-03T00:00:00Z',
    '2024-04-31T00:00:00Z;1',
    '"2024-01-03T00:00:00Z";"1"',
    '2024-01-03T00:00:00Z;x;"',
  ),
  fc.string({ unit: CODE_POINT, maxLength: 40 }),
);
const ANY_FILE = fc
  .array(fc.tuple(ANY_LINE, fc.constantFrom('\n', '\r\n', '\n\n')), { maxLength: 30 })
  .map((lines) => lines.flat().join(''));

test('pieces of a file say what the file says, wherever they are cut', () => {
  fc.assert(
    fc.property(ANY_FILE, fc.integer({ min: 1, max: 100 }), (file, chunk) => {
      expect(readLines(file, FORM, { chunk })).toEqual(readLines(file));
    }),
  );
});

test('any bytes are read to their end, every line told once or passed over', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
      const read = readLines(bytes, FORM, { chunk: 64 });
      const lines = read.map(({ line }) => line);
      expect(lines).toEqual([...new Set(lines)].toSorted((a, b) => a - b));
      for (const {
        bytes: [from, to],
      } of read)
        expect(from < to && to <= bytes.length).toBe(true);
    }),
  );
});

describe('the fast way and the slow way agree', () => {
  // A doubled quote in a column that does not matter sends a line the slow way, plain ones the way without quotes.
  const both = (line: string, form: FileForm) =>
    [`${line};x`, `${line};"x"""`, `"${line.replace(';', '";"')}";"x"`].map((each) =>
      outcomesOf(`${each}\n${' '.repeat(80)}\n`, form),
    );
  const part = fc.constantFrom('00', '01', '02', '12', '23', '24', '28', '29', '30', '31', '59', '60', '99');
  const wild = fc
    .tuple(
      fc.constantFrom('2024', '2023', '1899', '2199', '2200'),
      fc.array(part, { minLength: 5, maxLength: 5 }),
      fc.constantFrom('T', ' ', 't'),
    )
    .map(([year, [month, day, hour, minute, second], t]) => ({ year, month, day, hour, minute, second, t }));
  const real = fc.integer({ min: Date.UTC(2024, 0, 1) / 1000, max: Date.UTC(2025, 0, 1) / 1000 }).map((s) => {
    const [date = '', time = ''] = new Date(s * 1000).toISOString().slice(0, 19).split('T');
    const [year, month, day] = date.split('-');
    const [hour, minute, second] = time.split(':');
    return { year, month, day, hour, minute, second, t: ' ' };
  });
  const tail = fc.constantFrom('', 'Z', '+01:00', '-11:30', '.000Z', '.5Z', '+25:00', '+0100', 'x');
  const value = fc.constantFrom('50.012', '-1', '', 'x', '1e3', '1234567890.1234567', ' 5', '5 ', '.', '+.5');

  test.each(['iso', 'iso-local', 'day-first'] as const)('%s', (time) => {
    fc.assert(
      fc.property(
        fc.oneof(wild, real),
        tail,
        value,
        ({ year, month, day, hour, minute, second, t }, zone, number) => {
          const date = time === 'day-first' ? `${day}.${month}.${year}` : `${year}-${month}-${day}`;
          const [fast, slow, unquoted] = both(
            `${date}${t}${hour}:${minute}:${second}${zone};${number}`,
            with_({ time }),
          );
          expect(fast).toEqual(slow);
          expect(unquoted).toEqual(slow);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test.each(['epoch-s', 'epoch-ms'] as const)('%s', (time) => {
    const number = fc.oneof(fc.nat(2_000_000_000).map(String), fc.stringMatching(/^[\d.]{0,18}$/));
    fc.assert(
      fc.property(number, value, (text, cell) => {
        const [fast, slow, unquoted] = both(`${text};${cell}`, with_({ time }));
        expect(fast).toEqual(slow);
        expect(unquoted).toEqual(slow);
      }),
    );
  });

  test('and a time with its zone is what Date makes of it', () => {
    fc.assert(
      fc.property(fc.integer({ min: -2e9, max: 4e9 }), fc.integer({ min: -720, max: 840 }), (s, minutes) => {
        const wall = new Date(s * 1000 + minutes * 60_000).toISOString().slice(0, 19);
        const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
        const zone = `${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
        const instant = new Date(`${wall}${zone}`).toISOString().replace('.000Z', 'Z');
        for (const point of both(`${wall}${zone};1`, FORM)) expect(point).toEqual([`${instant} frequency 1`]);
      }),
    );
  });
});
