/** Are the public holidays of the first locations those of a second source, except where docs/holidays.md says why not? */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { writeAnswer } from '../../../../datasets/calendar/answer.ts';
import holidays from '../../../../datasets/calendar/holidays.ts';
import { holidayLibrary } from '../../../../datasets/calendar/library.ts';
import { areaOf } from '../../../../domain/time/location.ts';

const read = (path: string) => readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');
const YEARS = Array.from({ length: 21 }, (_, i) => 2010 + i);
const LOCATIONS = [...read('datasets/calendar/holidays.sql').matchAll(/'((NL|GB)-[A-Z]+)', '/g)].map(
  ([, code = '']) => code,
);

/** Days of the second source, `2026-04-27`, by the area that it knows: made by `test/fixtures/holidays/second-source.py`. */
const theirs = read('test/fixtures/holidays/second-source.csv')
  .split('\n')
  .map((line) => line.split(','))
  .map(([area = '', date = '', name = '']) => ({ area, date, day: `${date} ${name}` }));

/** What stays different, explained in docs/holidays.md under the same words. */
const SETTLED: Readonly<Record<string, RegExp>> = {
  'Good Friday in the Netherlands': /^NL-[A-Z]+ \+ [\d-]+ Good Friday$/,
};

async function ours(year: number): Promise<Map<string, string[]>> {
  const request = () => Promise.reject(new Error('the library asks nobody'));
  const answers = await holidayLibrary(year, LOCATIONS.map(areaOf), { request, settings: {} });
  const { records } = holidays.decode(new TextEncoder().encode(writeAnswer(year, answers)), `${year}-01-01`);
  const days = records
    .filter(({ body }) => body?.type === 'public')
    .map(({ body }) => ({ code: String(body?.subdivision), day: `${body?.date} ${body?.name}` }));
  return new Map(
    LOCATIONS.map((code) => [code, days.filter((each) => each.code === code).map(({ day }) => day)]),
  );
}

/** `- 2012-05-28 Spring bank holiday` is a day that only we have, `+ …` one that only they have. */
function differences(code: string, year: number, days: readonly string[]): string[] {
  const area = code.startsWith('NL') ? 'NL' : 'GB-ENG';
  const other = theirs
    .filter((each) => each.area === area && each.date.startsWith(`${year}-`))
    .map(({ day }) => day);
  const dates = (list: readonly string[]) => list.map((day) => day.slice(0, 10));
  return [
    ...days.filter((day) => !dates(other).includes(day.slice(0, 10))).map((day) => `- ${day}`),
    ...other.filter((day) => !dates(days).includes(day.slice(0, 10))).map((day) => `+ ${day}`),
  ].map((difference) => `${code} ${difference}`);
}

test('whatever is different is settled, and whatever is settled is different', async () => {
  const found: string[] = [];
  for (const year of YEARS)
    for (const [code, days] of await ours(year)) found.push(...differences(code, year, days));
  const isSettled = (difference: string) => Object.values(SETTLED).some((each) => each.test(difference));
  expect(found.filter((difference) => !isSettled(difference))).toEqual([]);
  for (const [words, each] of Object.entries(SETTLED)) {
    expect(found.filter((difference) => each.test(difference))).not.toEqual([]);
    expect(read('docs/holidays.md')).toContain(words);
  }
});

test('there is a year of every one of the first locations to compare', async () => {
  expect(LOCATIONS).toHaveLength(13);
  expect([...(await ours(2026)).values()].every((days) => days.length >= 8)).toBe(true);
});
