/** Are the forms of files found out, and is refused with a hint what cannot be told? */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FileForm } from '../../../../domain/files/file-form.ts';
import { formOf } from '../../../../domain/lines/form-finder.ts';
import { Failure } from '../../../../domain/workflow/failures.ts';
import { outcomesOf, readLines, sampleFileDataset } from '../../../support/reading.ts';

const dataset = sampleFileDataset();
const detect = (head: string | Uint8Array, stated: Partial<FileForm> = {}) =>
  formOf(Buffer.from(head as Uint8Array), dataset, stated);

/** What is read of a file in the form that was found. */
const read = (file: string, stated: Partial<FileForm> = {}) => outcomesOf(file, detect(file, stated));
const POINTS = ['2024-01-03T00:00:00Z frequency 50.012', '2024-01-03T00:00:01Z frequency 49.99'];

describe('one series', () => {
  test.each([
    ['plain', '2024-01-03T01:00:00+01:00;50.012\n2024-01-03T01:00:01+01:00;49.99\n'],
    ['UTC and comma', '2024-01-03 00:00:00Z,50.012\n2024-01-03 00:00:01Z,49.99\n'],
    ['wall clock of the source', '2024-01-03 01:00:00,50.012\n2024-01-03 01:00:01,49.99\n'],
    ['decimal comma', '2024-01-03 01:00:00;50,012\n2024-01-03 01:00:01;49,99\n'],
    ['decimal comma in quotes', '"2024-01-03 01:00:00","50,012"\n"2024-01-03 01:00:01","49,99"\n'],
    ['tabs', '2024-01-03 01:00:00\t50.012\n2024-01-03 01:00:01\t49.99\n'],
    ['bars', '2024-01-03 01:00:00|50.012\n2024-01-03 01:00:01|49.99\n'],
    ['German', 'Zeit;Frequenz [Hz]\n03.01.2024 01:00:00;50,012\n03.01.2024 01:00:01;49,99\n'],
    [
      'English, with a mark and CRLF',
      '\ufefftime,value\r\n2024-01-03T00:00:00Z,50.012\r\n2024-01-03T00:00:01Z,49.99\r\n',
    ],
    ['seconds since 1970', '1704240000;50.012\n1704240001;49.99\n'],
    ['milliseconds since 1970', 'ms;hz\n1704240000000;50.012\n1704240001000;49.99\n'],
    ['value before time', 'hz;t\n50.012;2024-01-03T00:00:00Z\n49.99;2024-01-03T00:00:01Z\n'],
    [
      'from and to',
      'von;bis;Wert\n2024-01-03 01:00:00;2024-01-03 01:00:01;50,012\n2024-01-03 01:00:01;2024-01-03 01:00:02;49,99\n',
    ],
    [
      'a status behind the value',
      'time;value;status\n2024-01-03T00:00:00Z;50.012;ok\n2024-01-03T00:00:01Z;49.99;ok\n',
    ],
    ['a number of the line', 'Nr.;time;value\n1;2024-01-03T00:00:00Z;50.012\n2;2024-01-03T00:00:01Z;49.99\n'],
    ['a delimiter at the end', 'time;value;\n2024-01-03T00:00:00Z;50.012;\n2024-01-03T00:00:01Z;49.99;\n'],
    ['no end', '2024-01-03T00:00:00Z;50.012\n2024-01-03T00:00:01Z;49.99'],
  ])('%s', (_, file) => {
    expect(read(file)).toEqual(POINTS);
  });

  test('a single line', () => {
    expect(read('2024-01-03T00:00:00Z;50.012')).toEqual(POINTS.slice(0, 1));
  });

  test('some broken lines hide nothing', () => {
    const good = '2024-01-03T00:00:00Z;50.012\n'.repeat(20);
    expect(new Set(read(`${good}x\n2024-01-03T00:00:01Z;y\n${good}`))).toContain(POINTS[0]);
  });

  test('one date that does not exist hides no other, wherever it is in a short file', () => {
    const notations: Record<string, (day: string) => string> = {
      iso: (day) => `2024-02-${day}T00:00:00Z`,
      local: (day) => `2024-02-${day} 00:00:00`,
      german: (day) => `${day}.02.2024 00:00:00`,
      american: (day) => `02/${day}/2024 00:00:00`,
      named: (day) => `${day === '30' ? 'Fr' : 'Mi'}. ${day === '30' ? day : '07'}.02.24 00:00:00`,
    };
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(notations)),
        fc.integer({ min: 1, max: 8 }),
        fc.nat(8),
        fc.boolean(),
        (name, good, place, hasHeader) => {
          const write = notations[name] as (day: string) => string;
          const lines = Array.from({ length: good }, (_, n) => `${write(String(n + 14))};50.012`);
          lines.splice(Math.min(place, good), 0, `${write('30')};49.99`);
          const file = `${[...(hasHeader ? ['time;value'] : []), ...lines].join('\n')}\n`;
          const outcomes = readLines(Buffer.from(file), detect(file)).map(({ outcome }) => outcome);
          expect(outcomes.filter((line) => line.endsWith('50.012'))).toHaveLength(good);
          expect(outcomes.filter((line) => line.includes('does not exist'))).toHaveLength(1);
        },
      ),
    );
  });

  test('a line with another number of columns is refused later: nothing is read as something else', () => {
    const good = '2024-01-03T00:00:00Z,50.012\n2024-01-03T00:00:01Z,49.99\n';
    expect(read(`${good}2024-01-03T00:00:02Z,49,99\n${good}`)).toEqual([
      ...POINTS,
      'unreadable_line',
      ...POINTS,
    ]);
  });

  test('the zone: stated, of the form, of the source', () => {
    const line = '2024-01-03 01:00:00;50\n';
    const inUtc = sampleFileDataset({ form: { zone: 'UTC' } });
    expect(detect(line).zone).toBe('Europe/Zurich');
    expect(formOf(Buffer.from(line), inUtc).zone).toBe('UTC');
    expect(formOf(Buffer.from(line), inUtc, { zone: 'Asia/Tokyo' }).zone).toBe('Asia/Tokyo');
  });

  test('nulls', () => {
    const file =
      'time;value\n2024-01-03T00:00:00Z;50\n2024-01-03T00:00:01Z;\n2024-01-03T00:00:02Z;NaN\n2024-01-03T00:00:03Z;n/a\n';
    expect(read(file).map((each) => each.split(' ')[2])).toEqual(['50', 'null', 'null', 'null']);
    expect(read(file.replace(/NaN|n.a/g, '-999'), { nulls: ['-999'] }).at(-1)).toContain('null');
  });
});

describe('above and beside the data', () => {
  test.each([
    ['a title', 'Netzfrequenz\n\nZeit;Wert\n'],
    ['a title alone', 'Netzfrequenz\n'],
    ['comments', '# made by hand\n// twice\nZeit;Wert\n'],
    ['names behind the mark of a comment', '# Zeit;Wert\n'],
    ['facts about the file', 'Quelle:;Netz\nStand:;gestern\nZeit;Wert\n'],
    ['units below the names', 'Zeit;Frequenz\n;[Hz]\n'],
    ['names with nothing behind them', 'Zeit;Frequenz [Hz];;\n'],
  ])('%s', (_, above) => {
    const file = `${above}2024-01-03T00:00:00Z;50.012\n2024-01-03T00:00:01Z;49.99\n`;
    expect(read(file)).toEqual(POINTS);
    expect(read(file.replaceAll('Z;5', 'Z ;5').replaceAll('\n', ';\r\n'))).toEqual(POINTS);
  });

  test('a line whose time cannot be read is none of names', () => {
    const good = '2024-01-03T00:00:00Z;50.012\n'.repeat(9);
    expect(read(`Zeit;Wert\nx;50\n${good}`).slice(0, 2)).toEqual(['unreadable_time', POINTS[0]]);
  });

  test('comments among the data', () => {
    expect(read(`2024-01-03T00:00:00Z;50.012\n# here it was mended\n2024-01-03T00:00:01Z;49.99\n`)).toEqual(
      POINTS,
    );
  });

  test('weekdays in a column of their own name no series', () => {
    const file = 'Tag;Zeit;Wert\nMi.;03.01.2024 01:00:00;50,012\nMi.;03.01.2024 01:00:01;49,99\n';
    expect(read(file)).toEqual(POINTS);
  });

  test('days as a spreadsheet counts them, where their column is named or has times of day', () => {
    const lines = '45294.0416666667;50.012\n45294.0416782407;49.99\n';
    expect(read(lines)).toEqual(POINTS);
    expect(read(`Datum;Wert\n${lines}`)).toEqual(POINTS);
    expect(() => detect('Last;Wert\n45294;50.012\n45295;49.99\n')).toThrow('--time-form');
  });

  test('values in a unit that is not the dataset\u2019s', () => {
    expect(() => detect('Zeit;Wert [mHz]\n2024-01-03T00:00:00Z;50012.5\n')).toThrow(
      'is in mHz, the dataset in Hz',
    );
    expect(() => detect('Zeit;Nord;S\u00fcd\n;Hz;kHz\n2024-01-03T00:00:00Z;50.5;0.05\n')).toThrow(
      '"S\u00fcd" is in kHz',
    );
    expect(read('Zeit;Wert (Mittel)\n2024-01-03T00:00:00Z;50.012\n')).toEqual(POINTS.slice(0, 1));
  });
});

describe('several series', () => {
  test('in columns, by their names', () => {
    const file =
      'Zeit;Nord [Hz];S\u00fcd  [Hz];West\n2024-01-03T00:00:00Z;50,1;50,2;\n2024-01-03T00:00:01Z;50,1;;\n';
    expect(read(file)).toEqual([
      '2024-01-03T00:00:00Z Nord 50.1',
      '2024-01-03T00:00:00Z S\u00fcd 50.2',
      '2024-01-03T00:00:00Z West null',
      '2024-01-03T00:00:01Z Nord 50.1',
      '2024-01-03T00:00:01Z S\u00fcd null',
      '2024-01-03T00:00:01Z West null',
    ]);
  });

  test.each([
    ['words before the value', 'time;where;value\n2024-01-03T00:00:00Z;north;50.012\n'],
    ['words, without a header', '2024-01-03T00:00:00Z;north;50.012\n'],
    ['a name behind the value', 'value;time;station\n50.012;2024-01-03T00:00:00Z;north\n'],
  ])('in lines: %s', (_, file) => {
    expect(read(file)).toEqual(['2024-01-03T00:00:00Z north 50.012']);
  });

  test('in lines, named by numbers', () => {
    expect(read('time;series;value\n2024-01-03T00:00:00Z;17;50.012\n')).toEqual([
      '2024-01-03T00:00:00Z 17 50.012',
    ]);
  });
});

describe('what is stated counts', () => {
  test.each<[string, string, Partial<FileForm>, string]>([
    ['no header', '2024-01-03T00:00:00Z;50\n', { header: false }, '2024-01-03T00:00:00Z frequency 50'],
    [
      'no column of names',
      '2024-01-03T00:00:00Z;ok;50\n',
      { seriesColumn: null },
      '2024-01-03T00:00:00Z frequency 50',
    ],
    [
      'the column of the time',
      '2023-01-03T00:00:00Z;2024-01-03T00:00:00Z;50\n',
      { timeColumn: 1 },
      '2024-01-03T00:00:00Z frequency 50',
    ],
    ['the form of the time', '1704240000;50\n', { time: 'epoch-s' }, '2024-01-03T00:00:00Z frequency 50'],
    [
      'the delimiter',
      '2024-01-03T00:00:00Z,50|x,1\n',
      { delimiter: ',', seriesColumn: null, values: [{ column: 2, series: 'v' }] },
      '2024-01-03T00:00:00Z v 1',
    ],
  ])('%s', (_, file, stated, point) => {
    const form = detect(file, stated);
    expect(form).toMatchObject(stated);
    expect(outcomesOf(file, form)).toEqual([point]);
  });
});

describe('refused', () => {
  test.each([
    ['nothing', '', 'no lines'],
    ['blank lines', '\n\n', 'no lines'],
    ['words', 'hello world\nthese are words\n', '--delimiter'],
    ['names alone', 'time;value\n', '--time-form'],
    ['a time that is none', 'time;value\nyesterday;50\n', '--time-form'],
    ['days and months in either order', '01/02/2024 00:00;50\n', '--time-form day-first or month-first'],
    ['no numbers', 'time;value\n2024-01-03T00:00:00Z;high\n', '--decimal'],
    ['several columns without names', '2024-01-03T00:00:00Z;50;51\n', '--header'],
    ['decimal commas between commas', '2024-01-03 00:00:01,50,012\n', '--decimal'],
    [
      'decimal commas between commas, with names',
      'time,value\n2024-01-03 00:00:01,50,012\n',
      '--delimiter or --decimal',
    ],
    ['points and commas', '2024-01-03T00:00:00Z;50.1\n2024-01-03T00:00:01Z;50,1\n', '--decimal'],
    ['two columns of one name', 't;a;a\n2024-01-03T00:00:00Z;1;2\n', 'names each once'],
    ['words nobody names', '2024-01-03T00:00:00Z;50;ok\n', '--series-column'],
  ])('%s', (_, file, hint) => {
    expect(() => detect(file)).toThrow(hint);
    expect(() => detect(file)).toThrow(Failure);
  });

  test('a file whose only time does not exist: with its line, and no option that would not help', () => {
    const file = 'time;value\n2024-02-30T00:00:00Z;50.012\n';
    expect(() => detect(file)).toThrow(
      'no line of the file has a time: "2024-02-30T00:00:00Z" is a date or an hour that does not exist (line 2). Correct it and load the file again',
    );
  });

  test('with the first line, shortened', () => {
    expect(() => detect(`Zeit;Wert\n${'x'.repeat(9)};1\n`)).toThrow('Its first line is "Zeit;Wert"');
    expect(() => detect(`${'x'.repeat(9_999)}\n`)).toThrow(/"x{200}…"/);
  });

  test('a zone that is none', () => {
    expect(() => detect('2024-01-03 00:00:00;50\n', { zone: 'Europe/Zurych' })).toThrow(
      '"Europe/Zurych" is no time zone',
    );
  });

  test.each([
    ['gzip', gzipSync('2024-01-03T00:00:00Z;50\n'), '.gz'],
    ['zip', Buffer.from('PK\u0003\u0004rest'), '.zip'],
    ['bytes of zero', Buffer.from('2024;50\n', 'utf16le'), 'bytes of zero'],
    ['Latin-1', Buffer.from('Gr\u00f6\u00dfe;Zeit\n1;2\n', 'latin1'), '--encoding windows-1252'],
  ])('%s', (_, bytes, hint) => {
    expect(() => detect(bytes)).toThrow(hint);
  });

  test('any bytes: with a failure, or read in the form that was found', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.string({ maxLength: 200 }).map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          try {
            readLines(bytes, detect(bytes));
          } catch (error) {
            expect(error).toBeInstanceOf(Failure);
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
