/** Are the lines of a point found, wherever in the file its part begins, also where they say it twice or not at all? */
import { expect, test } from 'vitest';
import { findLines } from '../../../../domain/lines/find-lines.ts';
import { FORM } from '../../../support/reading.ts';

const AT = { firstByte: 4_711, firstLine: 100 };
const find = (text: string, at: string, series = 'frequency', form = FORM) =>
  findLines(Buffer.from(text), form, AT, series, Date.parse(at));

test('a line by its number in the file, as it stands there', () => {
  const text = '2024-01-03T00:00:00Z;50\r\n"2024-01-03T00:00:01Z" ; 50.1\r\n2024-01-03T00:00:02Z;50\n';
  expect(find(text, '2024-01-03T00:00:01Z')).toEqual([
    { number: 101, text: '"2024-01-03T00:00:01Z" ; 50.1' },
  ]);
  expect(find(text, '2024-01-03T00:00:03Z')).toEqual([]);
  expect(find(text, '2024-01-03T00:00:01Z', 'other')).toEqual([]);
});

test('that comes twice, and whose value cannot be read', () => {
  const text = '2024-01-03T00:00:00Z;50\n2024-01-03T01:00:00+01:00;fifty\n2024-01-03T00:00:00Z;51';
  expect(find(text, '2024-01-03T00:00:00Z').map(({ number }) => number)).toEqual([100, 101, 102]);
});

test('at most five of very many', () => {
  expect(find('2024-01-03T00:00:00Z;50\n'.repeat(1_000), '2024-01-03T00:00:00Z')).toHaveLength(5);
});

test('of one of several series, and of the second of two equal hours', () => {
  const form = { ...FORM, time: 'iso-local' as const, seriesColumn: 1, values: [{ column: 2, series: '' }] };
  const hours = ['01', '02', '02', '03'].map((hour) => `2024-10-27 ${hour}:00:00`);
  const text = hours.map((hour) => `${hour};north;50\n${hour};south;51\n`).join('');
  expect(find(text, '2024-10-27T01:00:00Z', 'south', form)).toEqual([
    { number: 105, text: '2024-10-27 02:00:00;south;51' },
  ]);
});
