/** Is what a CSV says harmless in a spreadsheet, readable by RFC 4180, and still the same text? */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { csv, csvText } from '../../../../db/read/formats/text.ts';

/** What a reader that knows RFC 4180 makes of a cell. */
const cellOf = (text: string) => (text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text);
const takenOff = (text: string) => text.replace(/^'(?='*[=+\-@＝＋－＠\t\r\n])/, '');

test.each([
  ['=cmd|" /C calc"!A0', `"'=cmd|"" /C calc""!A0"`],
  ['+1+1', "'+1+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['\r=1', `"'\r=1"`],
  ['＝1', "'＝1"],
  ["'=1", "''=1"],
  ["'quoted'", "'quoted'"],
  ['border_AT_CZ', 'border_AT_CZ'],
  ['a,b', '"a,b"'],
  ['', '""'],
])('the text %j is written as %j', (text, written) => {
  expect(csvText(text)).toBe(written);
});

test('no text is evaluated, and each can be read back', () => {
  const signs = fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', "'", '"', ',', '＝', 'a', '1', ' ');
  const texts = fc.oneof(
    fc.array(signs).map((all) => all.join('')),
    fc.string(),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const cell = cellOf(csvText(text));
      expect(cell).not.toMatch(/^[=+\-@＝＋－＠\t\r\n]/);
      expect(takenOff(cell)).toBe(text);
    }),
  );
});

describe('numbers stay as they are', () => {
  test('of series', async () => {
    const columns = [
      { name: '=series', kind: 'series' },
      { name: 'value', kind: 'number' },
    ] as const;
    async function* pages() {
      yield [['=A1', -5] as (string | number | null)[]];
    }
    const written: (string | Uint8Array)[] = [];
    for await (const chunk of csv({ columns, pages: pages(), meta: {} as never })) written.push(chunk);
    expect(written.join('')).toBe("'=series,value\n'=A1,-5\n");
  });

  test('of records', async () => {
    const columns = [
      { name: 'amount', kind: 'number' },
      { name: 'note', kind: 'text' },
      { name: 'at', kind: 'instant' },
      { name: 'body', kind: 'json' },
      { name: 'flag', kind: 'boolean' },
      { name: 'none', kind: 'text', nullable: true },
    ] as const;
    async function* pages() {
      yield [[-5, '-5', '1970-01-01T00:00:00.000Z', '["=1"]', true, null]];
    }
    const written: (string | Uint8Array)[] = [];
    for await (const chunk of csv({ columns, pages: pages(), meta: {} })) written.push(chunk);
    expect(written.slice(1).join('')).toBe(`-5,'-5,1970-01-01T00:00:00.000Z,"[""=1""]",true,\n`);
  });
});
