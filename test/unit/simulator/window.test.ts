// Does a request get the rows it asks for, and a wrong request the answer it deserves?
import { describe, expect, test } from 'vitest';
import { hoursOf } from '../../../simulator/business-day.ts';
import { ask, DATA_PATH, requestDay, rowsOf, still } from '../../support/simulator/ask.ts';

describe('the window', () => {
  test('includes From and excludes To', () => {
    const rows = rowsOf(ask(still(), '2026-04-20T12:00:00Z', '2026-04-20T14:00:00Z'));
    expect(rows.map(({ dateTimeUtc }) => dateTimeUtc)).toEqual([
      '2026-04-20T12:00:00Z',
      '2026-04-20T13:00:00Z',
    ]);
  });

  test.each([
    ['2026-03-29', 23, '2026-03-28T23:00:00Z'],
    ['2026-04-20', 24, '2026-04-19T22:00:00Z'],
    ['2025-10-26', 25, '2025-10-25T22:00:00Z'],
    ['2026-01-15', 24, '2026-01-14T23:00:00Z'],
  ])('business day %s has %i rows from %s', (day, count, first) => {
    const rows = rowsOf(requestDay(still(), day));
    expect(rows).toHaveLength(count);
    expect(rows[0]?.dateTimeUtc).toBe(first);
    expect(new Set(rows.map(({ dateTimeUtc }) => dateTimeUtc)).size).toBe(count);
    expect(hoursOf(day)).toHaveLength(count);
  });

  test.each([
    '2026-04-20T00:00:00.000Z',
    '2026-04-20T00:00:00.0000000Z',
    '2026-04-20T02:00:00%2B02:00',
    '2026-04-20',
  ])('may begin at %s', (from) => {
    expect(rowsOf(ask(still(), from, '2026-04-20T01:00:00Z'))).toHaveLength(1);
  });

  test('of exactly 48 hours passes, one second more does not', () => {
    expect(rowsOf(ask(still(), '2026-04-20T00:00:00Z', '2026-04-22T00:00:00Z'))).toHaveLength(48);
    expect(ask(still(), '2026-04-20T00:00:00Z', '2026-04-22T00:00:01Z').status).toBe(400);
  });

  test('of two local days over the autumn change is 49 hours and too wide', () => {
    expect(ask(still(), '2025-10-25T22:00:00Z', '2025-10-27T23:00:00Z').status).toBe(400);
  });

  test('before the first business day answers no rows', () => {
    expect(rowsOf(requestDay(still(), '2022-06-08'))).toEqual([]);
    expect(rowsOf(requestDay(still(), '2022-06-09'))).toHaveLength(24);
    expect(rowsOf(ask(still(), '2022-06-08T20:00:00Z', '2022-06-09T00:00:00Z'))).toHaveLength(2);
    expect(requestDay(still(), '1950-01-01').body).toBe('{"data":[],"rejected":false,"messages":null}');
  });
});

describe('path and parameters', () => {
  test('are taken in any case, under any prefix', () => {
    const query = 'fromutc=2026-04-20T00:00:00Z&TOUTC=2026-04-20T01:00:00Z';
    for (const path of ['/CORE/API/Data/MAXEXCHANGES', '/any/prefix/core/api/data/maxexchanges/']) {
      expect(rowsOf(still().handle({ method: 'GET', target: `${path}?${query}` }))).toHaveLength(1);
    }
  });

  test.each([
    ['', { FromUtc: /required/, ToUtc: /required/ }],
    ['FromUtc=2026-04-20T00:00:00Z', { ToUtc: /required/ }],
    ['FromUtc=yesterday&ToUtc=2026-04-20', { FromUtc: /'yesterday' is not valid/ }],
    ['FromUtc=2026-02-30&ToUtc=2026-04-20', { FromUtc: /not valid/ }],
    ['FromUtc=2026-04-20T00:00:00+00:00&ToUtc=2026-04-21', { FromUtc: /not valid/ }],
    ['FromUtc=9999-12-31&ToUtc=9999-12-31T01:00:00Z', { FromUtc: /not valid/, ToUtc: /not valid/ }],
    ['FromUtc=2026-04-20&ToUtc=2026-04-20', { ToUtc: /later/ }],
    ['FromUtc=2026-04-21&ToUtc=2026-04-20', { ToUtc: /later/ }],
    ['FromUtc=2026-04-20&ToUtc=2026-04-23', { ToUtc: /wider than 2 days/ }],
  ])('?%s is a 400 that names the field', (query, expected: Record<string, RegExp>) => {
    const answer = still().handle({ method: 'GET', target: `${DATA_PATH}?${query}` });
    const body = JSON.parse(answer.body);
    expect(answer.status).toBe(400);
    expect(answer.contentType).toMatch(/^application\/problem\+json/);
    expect(Object.keys(body)).toEqual(['type', 'title', 'status', 'detail', 'instance', 'errors']);
    expect(body).toMatchObject({ status: 400, instance: DATA_PATH });
    expect(Object.keys(body.errors)).toEqual(Object.keys(expected));
    for (const [field, pattern] of Object.entries(expected)) expect(body.errors[field][0]).toMatch(pattern);
  });

  test.each(['/core/api/data/noTable', '/nordic/api/data/netPos', '/core/api/data', '/favicon.ico'])(
    '%s is a 404 with problem details',
    (path) => {
      const answer = ask(still(), '2026-04-20', '2026-04-21', path);
      expect(answer.status).toBe(404);
      expect(answer.contentType).toMatch(/^application\/problem\+json/);
      expect(JSON.parse(answer.body)).toMatchObject({ title: 'Not Found', status: 404, instance: path });
    },
  );

  test.each(['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])('%s is a 405 that allows GET', (method) => {
    const answer = still().handle({ method, target: `${DATA_PATH}?FromUtc=2026-04-20&ToUtc=2026-04-21` });
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe('GET');
  });
});

test('every answer says that it is simulated, and when', () => {
  const simulation = still({ seed: 7 });
  for (const target of [
    '/',
    '/nowhere',
    '/_simulator/state',
    `${DATA_PATH}?FromUtc=2026-04-20&ToUtc=2026-04-21`,
  ]) {
    expect(simulation.handle({ method: 'GET', target }).headers).toMatchObject({
      'x-tidemark-simulator': 'seed=7',
      date: 'Fri, 20 Nov 2026 12:00:00 GMT',
      server: 'Kestrel',
    });
  }
  expect(simulation.handle({ method: 'GET', target: '/' }).body).toContain('This is neither publisher');
});
