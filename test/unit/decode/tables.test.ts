/** Do tables of JSON and of delimited text become points, and what is wrong with them findings or a refusal? */
import { describe, expect, test } from 'vitest';
import { dayInterval } from '../../../domain/time/civil-day.ts';
import { type DelimitedForm, delimitedTable } from '../../../kit/decode/delimited-table.ts';
import { jsonTable } from '../../../kit/decode/json-table.ts';
import { instant, intervalOfDay, wallClock } from '../../../kit/decode/time-column.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const at = (iso: string) => Date.parse(iso);
const UNIT = { unit: '2026-11-20' };

describe('JSON', () => {
  test('rows in an envelope, a column a series', () => {
    const decode = jsonTable({
      rows: ['result', 'data'],
      time: instant('at'),
      columns: ['NO'],
      ignore: ['id'],
    });
    const rows = [{ id: 1, at: '2026-11-20T00:00:00+01:00', NO1: 4.5, NO2: null }];
    expect(decode(bytes(JSON.stringify({ result: { data: rows } })), UNIT)).toEqual({
      points: [
        { series: 'NO1', startsAtMs: at('2026-11-19T23:00:00Z'), value: 4.5, place: 'result.data[0].NO1' },
        { series: 'NO2', startsAtMs: at('2026-11-19T23:00:00Z'), value: null, place: 'result.data[0].NO2' },
      ],
      findings: [],
    });
  });

  test('a list by itself, a column that names the series', () => {
    const decode = jsonTable({ time: instant('at'), series: 'area', value: 'price' });
    const rows = [
      { at: '2026-11-20T00:00:00Z', area: 'NO1', price: 1 },
      { at: '2026-11-20T00:00:00Z', area: '', price: 2, note: 'x' },
      { at: 'noon', area: 'NO1', price: 3 },
      { at: '2026-11-20T01:00:00Z', area: 'NO1', price: '4' },
    ];
    const { points, findings } = decode(bytes(JSON.stringify(rows)), UNIT);
    expect(points).toMatchObject([{ series: 'NO1', value: 1, place: '[0].price' }]);
    expect(findings.map(({ rule, place }) => [rule, place])).toEqual([
      ['unreadable_series', '[1].area'],
      ['unreadable_time', '[2].at'],
      ['unreadable_value', '[3].price'],
      ['unknown_column', null],
    ]);
  });

  test('rows as lists, with the names of their columns beside them', () => {
    const decode = jsonTable({ rows: ['rows'], names: ['columns'], time: instant('t'), columns: 'others' });
    const body = { columns: ['t', 'a', '__proto__'], rows: [['2026-11-20T00:00:00Z', 1, 2]] };
    const { points } = decode(bytes(JSON.stringify(body)), UNIT);
    expect(points.map(({ series, value }) => [series, value])).toEqual([
      ['a', 1],
      ['__proto__', 2],
    ]);
  });

  test.each([
    ['{"data":{}}', 'shape', '"data" is not a list'],
    ['[1]', 'shape', 'the answer is not a JSON object'],
    ['<html>', 'not_json', 'the answer is not JSON; it begins with "<html>"'],
    ['{"data":[],"error":"bad range"}', 'rejected', 'the source rejected the request: bad range'],
    ['{"data":[{"at":"2026-11-20T00:00:00Z"}]}', 'shape', 'no row has a column that begins with "NO"'],
  ])('%s is refused', (body, rule, message) => {
    const refused = ({ error }: { readonly error?: unknown }) => error as string | undefined;
    const decode = jsonTable({ rows: ['data'], time: instant('at'), columns: ['NO'], refused });
    expect(() => decode(bytes(body), UNIT)).toThrow(expect.objectContaining({ rule, message }));
  });
});

describe('delimited text', () => {
  const prices: DelimitedForm = {
    ...{ delimiter: ';', decimal: ',', nulls: ['n/a'] },
    ...{ time: intervalOfDay('Hour', 60, 'Europe/Oslo'), series: 'Area', value: 'Price' },
  };

  test('quotes, line breaks in cells, a decimal comma, nulls, a byte order mark', () => {
    const text = '\ufeffHour;Area;Price\r\n1;"NO\n1";"1 234,5"\r\n2;NO1;\r\n\r\n3;NO1;n/a\r\n4;NO1;x\r\n';
    const { points, findings } = delimitedTable(prices)(bytes(text), UNIT);
    expect(points.map(({ series, value, startsAtMs }) => [series, value, startsAtMs])).toEqual([
      ['NO1', null, at('2026-11-20T00:00:00Z')],
      ['NO1', null, at('2026-11-20T01:00:00Z')],
    ]);
    expect(findings.map(({ rule, place }) => [rule, place])).toEqual([
      ['unreadable_series', 'line 3 Area'],
      ['unreadable_value', 'line 7 Price'],
    ]);
  });

  test.each([
    ['2026-03-29', 23],
    ['2026-10-25', 25],
  ])('the hours of %s are counted', (unit, hours) => {
    const { startMs, endMs } = dayInterval(unit, 'Europe/Oslo');
    const lines = Array.from({ length: hours + 1 }, (_, i) => `${i + 1};NO1;${i}`);
    const { points, findings } = delimitedTable(prices)(bytes(['Hour;Area;Price', ...lines].join('\n')), {
      unit,
    });
    expect(points).toHaveLength(hours);
    expect([points[0]?.startsAtMs, points.at(-1)?.startsAtMs]).toEqual([startMs, endMs - 3_600_000]);
    expect(findings.map(({ rule }) => rule)).toEqual(['unreadable_time']);
  });

  test('the hour that comes twice is told by the order of the rows, of each series by itself', () => {
    const form = { time: wallClock('Time', 'Europe/Oslo', 'day-first'), series: 'Area', value: 'Price' };
    const hours = ['00', '01', '02', '02', '03'].map((hour) => `25.10.2026 ${hour}:00`);
    const lines = ['NO1', 'NO2'].flatMap((area) => hours.map((time) => `${time},${area},1`));
    const { points } = delimitedTable(form)(bytes(['Time,Area,Price', ...lines].join('\n')), UNIT);
    const starts = [
      '2026-10-24T22:00Z',
      '2026-10-24T23:00Z',
      '2026-10-25T00:00Z',
      '2026-10-25T01:00Z',
      '2026-10-25T02:00Z',
    ];
    expect(points.map(({ startsAtMs }) => startsAtMs)).toEqual([...starts, ...starts].map(at));
  });

  test.each([
    ['Hour;Area;Price\n1;NO1', 'line 2 has 2 cells, the table has 3 columns'],
    ['Hour;Area;Price\n1;"NO1;2', 'the answer is not delimited text: Quote Not Closed'],
    ['Hour;Area;Area;Price\n1;a;b;2', 'the column "Area" is there twice'],
    ['<html>\n<body>', 'no row has a column "Price"'],
  ])('%j is refused', (text, message) => {
    expect(() => delimitedTable(prices)(bytes(text), UNIT)).toThrow(
      expect.objectContaining({ rule: 'shape', message: expect.stringContaining(message) }),
    );
  });

  test('nothing at all, or names alone, are a table without rows', () => {
    for (const text of ['', 'Hour;Area;Price\n'])
      expect(delimitedTable(prices)(bytes(text), UNIT)).toEqual({ points: [], findings: [] });
  });

  test('text in another encoding is refused unless the form names it', () => {
    const latin = Buffer.from('Hour;Area;Price\n1;Tromsø;2\n', 'latin1');
    expect(() => delimitedTable(prices)(latin, UNIT)).toThrow('the answer is not UTF-8 text');
    const { points } = delimitedTable({ ...prices, encoding: 'windows-1252' })(latin, UNIT);
    expect(points).toMatchObject([{ series: 'Tromsø', value: 2 }]);
  });
});

describe('what a decoder writes, it reads', () => {
  const { startMs, endMs } = dayInterval('2026-10-25', 'Europe/Oslo');
  const points = Array.from({ length: (endMs - startMs) / 3_600_000 }, (_, i) =>
    ['a;b', 'c'].map((series) => ({
      series,
      startsAtMs: startMs + i * 3_600_000,
      value: i === 3 ? null : i - 1.5,
    })),
  ).flat();
  const long = { series: 'Area', value: 'Price' };
  const wide = { columns: 'others' } as const;

  test.each([
    ['JSON, wide', jsonTable({ rows: ['a', 'b'], time: instant('t'), ...wide })],
    ['JSON, long', jsonTable({ time: instant('t'), ...long })],
    ['JSON, lists', jsonTable({ rows: ['rows'], names: ['names'], time: instant('t'), ...long })],
    [
      'text, wide',
      delimitedTable({ delimiter: ';', decimal: ',', time: wallClock('t', 'Europe/Oslo'), ...wide }),
    ],
    ['text, long', delimitedTable({ linesAbove: 2, time: intervalOfDay('t', 60, 'Europe/Oslo'), ...long })],
    [
      'text, no names',
      delimitedTable({
        names: ['t', 'Area', 'Price'],
        time: wallClock('t', 'Europe/Oslo', 'epoch-s'),
        ...long,
      }),
    ],
  ])('%s', (_name, decode) => {
    const about = { unit: '2026-10-25' };
    const read = decode(decode.encode(points, about), about);
    expect(read.findings).toEqual([]);
    expect(read.points).toMatchObject(points);
  });
});
