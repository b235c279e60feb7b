// Do the simulator's own paths do what they say, and refuse what they cannot use with a sentence?
import { describe, expect, test } from 'vitest';
import { control, requestDay, rowsOf, still } from '../../support/simulator/ask.ts';

const DAY = '2026-11-20';

test('state tells clock, seed, quota, counts and faults', () => {
  const simulation = still({ seed: 9, quotaRequests: 5, faults: ['html-200'] });
  for (const name of ['', 'state']) {
    expect(control(simulation, 'GET', name).body).toMatchObject({
      serves: 'generated values',
      seed: 9,
      clock: { now: '2026-11-20T12:00:00.000Z', rate: 0 },
      quota: { requests: 5, windowMs: 60_000, retryAfter: false },
      counts: { total: 0 },
      faults: [{ id: 1, name: 'html-200', params: {}, acted: 0 }],
    });
  }
});

test('clock is set and sped up', () => {
  const simulation = still();
  const answer = control(simulation, 'POST', 'clock', { now: '2026-11-21T08:00:00+01:00', rate: 0 });
  expect(answer).toEqual({ status: 200, body: { now: '2026-11-21T07:00:00.000Z', rate: 0 } });
  expect(control(simulation, 'POST', 'clock', { rate: 60 }).body.rate).toBe(60);
  expect(simulation.clock.rate()).toBe(60);
});

test('faults are added, listed and taken back', () => {
  const simulation = still();
  expect(control(simulation, 'POST', 'faults', { name: 'status', code: 503, day: DAY })).toMatchObject({
    status: 201,
    body: { id: 1, name: 'status', day: DAY, params: { code: 503 } },
  });
  expect(requestDay(simulation, DAY).status).toBe(503);
  expect(control(simulation, 'GET', 'faults').body.faults).toMatchObject([{ id: 1, acted: 1 }]);
  expect(control(simulation, 'DELETE', 'faults?id=7').body.cleared).toBe(0);
  expect(control(simulation, 'DELETE', 'faults?name=status').body).toEqual({ cleared: 1, faults: [] });
  expect(requestDay(simulation, DAY).status).toBe(200);
});

test('revise republishes one number in place', () => {
  const simulation = still();
  const before = rowsOf(requestDay(simulation, DAY));
  const byHour = { day: DAY, hour: 3, border: 'border_AT_BE', value: 1 };
  const byInstant = { day: DAY, starts_at: '2026-11-20T05:00:00Z', border: 'border_FR_DE', value: null };
  expect(control(simulation, 'POST', 'revise', byHour).status).toBe(201);
  expect(control(simulation, 'POST', 'revise', byInstant).status).toBe(201);
  const expected = before.map((row, hour) => ({
    ...row,
    ...(hour === 3 && { border_AT_BE: 1 }),
    ...(hour === 6 && { border_FR_DE: null }),
  }));
  expect(rowsOf(requestDay(simulation, DAY))).toEqual(expected);
});

describe('wrong input is a 400 that names the field', () => {
  test.each<[string, unknown, string, string]>([
    ['clock', { now: 'soon' }, 'now', 'now is "soon" but must be an instant such as 2026-04-20T00:00:00Z.'],
    ['clock', { rate: -1 }, 'rate', 'rate is -1 but must be a number from 0 to 100000.'],
    ['clock', { rate: true }, 'rate', 'rate is true but must be a number from 0 to 100000.'],
    ['clock', { speed: 2 }, 'speed', 'speed is 2 but must be left out; known are now, rate.'],
    ['clock', 'no json', 'body', 'body is "no json" but must be a JSON object.'],
    ['clock', [], 'body', 'body is "[]" but must be a JSON object.'],
    ['faults', '', 'body', 'body is "" but must be a JSON object.'],
    ['faults', {}, 'name', 'name is missing; it must be one of status,'],
    ['faults', { name: 'constructor' }, 'name', 'name is "constructor" but must be one of status,'],
    ['faults', { name: 'late' }, 'minutes', 'minutes is missing; it must be a number from'],
    ['faults', { name: 'reset', day: 20 }, 'day', 'day is 20 but must be a calendar day'],
    [
      'faults',
      { name: 'missing-hours', hours: [] },
      'hours',
      'hours is [] but must be a list that is not empty.',
    ],
    [
      'revise',
      { hour: 1, border: 'border_AT_BE', value: 1 },
      'day',
      'day is missing; it must be a calendar day',
    ],
    ['revise', { day: DAY, hour: 1, value: 1 }, 'border', 'border is missing; it must be a key such as'],
    [
      'revise',
      { day: DAY, hour: 1, border: 'border_AT_BE', value: '' },
      'value',
      'value is "" but must be a number',
    ],
  ])('POST %s %j', (name, body, field, summary) => {
    const simulation = still();
    const answer = control(simulation, 'POST', name, body);
    expect(answer.status).toBe(400);
    expect(answer.body.field).toBe(field);
    expect(answer.body.error).toContain(summary);
    expect(simulation.faults.list()).toEqual([]);
  });

  test.each(['faults?id=x', 'faults?who=me'])('DELETE %s', (name) => {
    expect(control(still(), 'DELETE', name).status).toBe(400);
  });
});

test.each([
  ['PUT', 'clock'],
  ['GET', 'clock'],
  ['GET', 'nothing'],
  ['POST', 'toString'],
])('%s %s is unknown and the answer lists what is known', (method, name) => {
  const answer = control(still(), method, name);
  expect(answer.status).toBe(404);
  expect(answer.body.known.join()).toContain('POST revise');
});

test('control calls are not in the request log', () => {
  const simulation = still();
  control(simulation, 'GET', 'state');
  control(simulation, 'GET', 'nothing');
  expect(simulation.requests.counts().total).toBe(0);
});
