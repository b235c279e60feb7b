/** Does the dataset read what both sources say, and say itself where a larger area stands for a smaller one? */
import { describe, expect, test } from 'vitest';
import { readAnswer, type SourceAnswers, writeAnswer } from '../../../../datasets/calendar/answer.ts';
import holidays from '../../../../datasets/calendar/holidays.ts';
import { holidayLibrary } from '../../../../datasets/calendar/library.ts';
import { enclosing } from '../../../../datasets/calendar/subdivisions.ts';
import { areaOf } from '../../../../domain/time/location.ts';

const DAY = '2026-01-01';
const bytes = (answer: string) => new TextEncoder().encode(answer);
const decode = (answer: string) => holidays.decode(bytes(answer), DAY);

async function library(...codes: string[]): Promise<string> {
  const request = () => Promise.reject(new Error('the library asks nobody'));
  const answers = await holidayLibrary(2026, codes.map(areaOf), { request, settings: {} });
  return writeAnswer(2026, answers);
}

/** `2026-01-01 New Year's Day`, public ones alone. */
function publicOnes(answer: string, area: string): string[] {
  return decode(answer)
    .records.filter(({ key, body }) => key.startsWith(`${area}/`) && body?.type === 'public')
    .map(({ body }) => `${body?.date} ${body?.name}`);
}

describe('the library', () => {
  test('knows the public holidays of a Dutch province, by those of the country', async () => {
    const answer = await library('NL-FL');
    expect(publicOnes(answer, 'NL-FL')).toEqual(
      [
        '2026-01-01 New Year’s Day',
        '2026-04-05 Easter Sunday',
        '2026-04-06 Easter Monday',
        '2026-04-27 King’s Day',
        '2026-05-14 Ascension Day',
        '2026-05-24 Pentecost',
        '2026-05-25 Whit Monday',
        '2026-12-25 Christmas Day',
        '2026-12-26 Boxing Day',
      ].map((line) => line.replace('’', "'")),
    );
    expect(decode(answer).findings).toMatchObject([
      { rule: 'fallback_area', severity: 'info', place: 'NL-FL' },
    ]);
  });

  test('answers for a district of England with the holidays of England, not of Great Britain alone', async () => {
    const answer = await library('GB-NSM', 'GB');
    expect(publicOnes(answer, 'GB-NSM')).toContain('2026-08-31 Summer bank holiday');
    expect(publicOnes(answer, 'GB')).not.toContain('2026-08-31 Summer bank holiday');
    const [first] = decode(answer).records.filter(({ key }) => key.startsWith('GB-NSM/'));
    expect(first).toMatchObject({
      key: 'GB-NSM/2026/new-years-day',
      startsAtMs: Date.parse('2026-01-01T00:00:00Z'),
      body: {
        country: 'GB',
        subdivision: 'GB-NSM',
        answered_for: 'GB-ENG',
        fallback: true,
        source: 'library',
      },
    });
  });

  test('keeps the name in the language of the country beside the English one', async () => {
    const { records } = decode(await library('NL'));
    expect(records.find(({ key }) => key === 'NL/2026/kings-day')?.body).toMatchObject({
      ...{ name: "King's Day", local_name: 'Koningsdag', date: '2026-04-27' },
      ...{ subdivision: null, substitute: false, fallback: false },
    });
  });

  test('says which countries it does not know', async () => {
    const answer = await library('NL', 'XX');
    expect(decode(answer).findings).toMatchObject([{ rule: 'unknown_area', severity: 'warn', place: 'XX' }]);
  });

  test('gives the same bytes for the same question', async () => {
    const [once, again] = [await library('GB-NSM', 'NL-FL'), await library('NL-FL', 'GB-NSM')];
    expect(again).toBe(once);
  });
});

const SOURCE = { kind: 'http', name: 'PublicHolidays', version: null } as const;
const answersOf = (list: unknown[], ...areas: [area: string, answeredFor: string][]): SourceAnswers => ({
  source: SOURCE,
  said: { GB: JSON.stringify(list) },
  areas: areas.map(([area, answeredFor]) => ({ area, from: 'GB', answeredFor })),
  unknown: [],
});
const SCOTTISH = { date: '2026-01-02', name: '2 January', counties: ['GB-SCT'], types: ['Public'] };
const SHARED = {
  date: '2026-04-03',
  name: 'Good Friday',
  localName: 'Good Friday',
  counties: null,
  types: ['Bank'],
};

describe('an HTTP service', () => {
  test('has in one answer what all of a country has, and what parts of it have', () => {
    const answer = writeAnswer(2026, answersOf([SCOTTISH, SHARED], ['GB', 'GB'], ['GB-SCT', 'GB-SCT']));
    expect(decode(answer).records.map(({ key, body }) => [key, body?.type, body?.substitute])).toEqual([
      ['GB/2026/good-friday', 'bank', null],
      ['GB-SCT/2026/2-january', 'public', null],
      ['GB-SCT/2026/good-friday', 'bank', null],
    ]);
  });

  test('renames and moves a holiday, and its key stays', () => {
    const before = writeAnswer(2026, answersOf([SHARED], ['GB', 'GB']));
    const moved = { ...SHARED, date: '2026-04-10' };
    const then = writeAnswer(2026, answersOf([moved], ['GB', 'GB']), readAnswer(bytes(before)));
    const renamed = { ...moved, name: 'Holy Friday' };
    const after = writeAnswer(2026, answersOf([renamed], ['GB', 'GB']), readAnswer(bytes(then)));
    expect([before, then, after].map((answer) => decode(answer).records[0])).toMatchObject([
      { key: 'GB/2026/good-friday', body: { date: '2026-04-03', name: 'Good Friday' } },
      { key: 'GB/2026/good-friday', body: { date: '2026-04-10', name: 'Good Friday' } },
      { key: 'GB/2026/good-friday', body: { date: '2026-04-10', name: 'Holy Friday' } },
    ]);
  });

  test.each([
    ['an empty list', [], 'no_holidays'],
    ['another year than was asked for', [{ ...SHARED, date: '2025-04-18' }], 'no_holidays'],
    ['a holiday without a date', [{ name: 'x' }], 'shape'],
    ['a list of something else', ['x'], 'shape'],
  ])('is refused for %s: what is absent would look withdrawn', (_, list, rule) => {
    const answer = writeAnswer(2026, answersOf(list, ['GB', 'GB']));
    expect(() => decode(answer)).toThrow(expect.objectContaining({ rule }));
  });
});

test.each([
  ['GB-NSM', ['GB-NSM', 'GB-ENG', 'GB']],
  ['GB-EDH', ['GB-EDH', 'GB-SCT', 'GB']],
  ['GB-WRX', ['GB-WRX', 'GB-WLS', 'GB']],
  ['GB-BFS', ['GB-BFS', 'GB-NIR', 'GB']],
  ['GB-ENG', ['GB-ENG', 'GB']],
  ['NL-FL', ['NL-FL', 'NL']],
  ['NL', ['NL']],
])('%s lies in %j', (code, expected) => expect(enclosing(code)).toEqual(expected));
