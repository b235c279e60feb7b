/** Do times without a zone mean the right instants, also in the nights in which clocks change? */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { WallClock } from '../../../../domain/lines/wall-clock.ts';
import { FORM, instant, outcomesOf, readLines } from '../../../support/reading.ts';

const LOCAL = { ...FORM, time: 'iso-local' } as const;
const HOUR_MS = 3_600_000;

/** `2024-10-27 02:00:00` as the clock on the wall shows an instant, by the platform's own calendar. */
function wallOf(ms: number, timeZone: string): string {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
    formats.set(timeZone, format);
  }
  return format.format(ms);
}
const formats = new Map<string, Intl.DateTimeFormat>();

/** A file of points at equal distances, as a clock on the wall names them. */
function fileOf(
  from: string,
  to: string,
  stepMs: number,
  zone: string,
): { lines: string; instants: number[] } {
  const instants: number[] = [];
  for (let ms = Date.parse(from); ms < Date.parse(to); ms += stepMs) instants.push(ms);
  return { lines: instants.map((ms) => `${wallOf(ms, zone)};1\n`).join(''), instants };
}

function instantsOf(lines: string, zone = 'Europe/Zurich'): string[] {
  return readLines(lines, { ...LOCAL, zone }).map(({ outcome }) => outcome.split(' ')[0] ?? '');
}

describe.each([
  ['Europe/Zurich', '2024-10-26T12:00:00Z'],
  ['Europe/Zurich', '2024-03-30T12:00:00Z'],
  ['America/New_York', '2024-11-02T12:00:00Z'],
  // Clocks change by half an hour.
  ['Australia/Lord_Howe', '2024-04-06T06:00:00Z'],
  ['Australia/Lord_Howe', '2024-10-05T06:00:00Z'],
  // The hour that comes twice begins at midnight, and ends at it.
  ['America/Havana', '2024-11-02T16:00:00Z'],
  ['America/Sao_Paulo', '2018-02-17T12:00:00Z'],
  // No midnight.
  ['America/Sao_Paulo', '2018-11-03T12:00:00Z'],
  ['UTC', '2024-10-26T12:00:00Z'],
])('in %s from %s', (zone, from) => {
  const to = instant(Date.parse(from) + 30 * HOUR_MS);

  // Hours tell of an overlap of half an hour nothing: the time comes once.
  const distances = zone === 'Australia/Lord_Howe' ? [15, 5, 1] : [60, 15, 5, 1];
  test.each(distances)('points every %d minutes mean what they meant', (minutes) => {
    const { lines, instants } = fileOf(from, to, minutes * 60_000, zone);
    expect(instantsOf(lines, zone)).toEqual(instants.map(instant));
  });
});

test('the hour that comes twice is told for each series by its own lines', () => {
  const { lines, instants } = fileOf(
    '2024-10-26T23:00:00Z',
    '2024-10-27T03:00:00Z',
    HOUR_MS / 2,
    'Europe/Zurich',
  );
  const form = { ...LOCAL, seriesColumn: 1, values: [{ column: 2, series: '' }] };
  const rows = lines
    .trim()
    .split('\n')
    .map((line) => line.split(';')[0] ?? '');
  const [together, apart] = [
    rows.flatMap((row) => [`${row};a;1\n`, `${row};b;1\n`]),
    ['a', 'b'].flatMap((name) => rows.map((row) => `${row};${name};1\n`)),
  ].map((all) => outcomesOf(all.join(''), form));
  const expected = ['a', 'b'].flatMap((name) => instants.map((ms) => `${instant(ms)} ${name} 1`));
  expect(together?.toSorted()).toEqual(expected.toSorted());
  expect(apart).toEqual(expected);
});

test('only one of the two hours is the earlier one; a repeated line goes nowhere', () => {
  const lines = ['01:59:59', '02:00:00', '02:00:00', '02:59:59', '03:00:00'].map(
    (time) => `2024-10-27 ${time};1\n`,
  );
  expect(instantsOf(lines.join(''))).toEqual([
    '2024-10-26T23:59:59Z',
    '2024-10-27T00:00:00Z',
    '2024-10-27T00:00:00Z',
    '2024-10-27T00:59:59Z',
    '2024-10-27T02:00:00Z',
  ]);
});

test('a night that comes again begins anew', () => {
  const { lines, instants } = fileOf(
    '2024-10-26T22:30:00Z',
    '2024-10-27T02:00:00Z',
    HOUR_MS / 4,
    'Europe/Zurich',
  );
  expect(instantsOf(lines + lines)).toEqual([...instants, ...instants].map(instant));
});

test('the hour that a clock change skips is refused, and told why', () => {
  const lines = ['01:59:59', '02:00:00', '02:59:59', '03:00:00']
    .map((time) => `2024-03-31 ${time};1\n`)
    .join('');
  for (const file of [
    lines,
    lines + ' '.repeat(80),
    lines.replaceAll('2024-', '"2024-').replaceAll(';', '";'),
  ])
    expect(readLines(file, LOCAL).map(({ outcome }) => outcome)).toEqual([
      '2024-03-31T00:59:59Z frequency 1',
      'unreadable_time: the clocks of Europe/Zurich skip this time',
      'unreadable_time: the clocks of Europe/Zurich skip this time',
      '2024-03-31T01:00:00Z frequency 1',
    ]);
});

test('every hour of a century is the one that the platform shows', () => {
  const zones = fc.constantFrom('Europe/Zurich', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe');
  const hours = fc.integer({ min: Date.UTC(1980, 0, 1) / HOUR_MS, max: Date.UTC(2040, 0, 1) / HOUR_MS });
  fc.assert(
    fc.property(zones, hours, (zone, hour) => {
      const offset = new WallClock(zone).offsetOfHour(hour * HOUR_MS);
      const wall = instant(hour * HOUR_MS)
        .replace('T', ' ')
        .replace('Z', '');
      if (Number.isNaN(offset)) expect(aroundChange(hour * HOUR_MS, zone)).toBe(true);
      else expect(wallOf(hour * HOUR_MS - offset, zone)).toBe(wall);
    }),
    { numRuns: 500 },
  );
});

function aroundChange(wallMs: number, zone: string): boolean {
  const day = 24 * HOUR_MS;
  const shift = (ms: number) => Date.parse(`${wallOf(ms, zone).replace(' ', 'T')}Z`) - ms;
  return shift(wallMs - day) !== shift(wallMs + day);
}
