/** Is the day of a line found though its time cannot be read? */
import { expect, test } from 'vitest';
import type { FileForm } from '../../../../domain/files/file-form.ts';
import { aboutWhen } from '../../../../domain/lines/about-when.ts';
import { WallClock } from '../../../../domain/lines/wall-clock.ts';

const at = (cell: string, time: FileForm['time'] = 'day-first') => {
  const form = {
    delimiter: ';',
    decimal: ',',
    time,
    zone: 'UTC',
    timeColumn: 0,
    values: [],
    seriesColumn: null,
  };
  const ms = aboutWhen(`${cell};50`, form as unknown as FileForm, new WallClock('UTC'));
  return Number.isNaN(ms) ? null : new Date(ms).toISOString().slice(0, 16);
};

test.each([
  ['01.05.21 25:00:00', '2021-05-01T12:00'],
  ['01.05.21 10:30:99', '2021-05-01T10:30'],
  ['Sa. 01.05.21 25:00:00', '2021-05-01T12:00'],
  ['Samstag, 1. 5. 2021 noon', '2021-05-01T12:00'],
  ['So. 01.05.21 10:00:00', '2021-05-01T10:00'],
  ['Sa. 10:00', null],
  ['', null],
])('%s', (cell, expected) => {
  expect(at(cell)).toBe(expected);
});

test('of a line with an offset', () => {
  expect(at('2021-05-01T10:00:99+02:00', 'iso')).toBe('2021-05-01T08:00');
});
