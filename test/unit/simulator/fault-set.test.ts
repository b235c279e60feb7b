// Do faults act on the requests they were meant for, as often as they were meant to, and are wrong ones refused?
import { describe, expect, test } from 'vitest';
import { nextDay } from '../../../simulator/business-day.ts';
import { describeFaults, FAULTS, type FaultInput } from '../../../simulator/faults.ts';
import { InputError } from '../../../simulator/input.ts';
import { ask, requestDay, rowsOf, still } from '../../support/simulator/ask.ts';

const DAY = '2026-11-20';
const statuses = (simulation: ReturnType<typeof still>, count: number, day = DAY) =>
  Array.from({ length: count }, () => requestDay(simulation, day).status);

describe('times', () => {
  test('lets a fault act on so many requests and then goes away', () => {
    const simulation = still({ faults: ['status:code=503,times=2'] });
    expect(statuses(simulation, 4)).toEqual([503, 503, 200, 200]);
    expect(simulation.faults.list()).toEqual([]);
  });

  test('makes a queue of answers: the next begins when the one before is used up', () => {
    const simulation = still({ faults: ['status:code=503,times=2', 'status:code=429', 'html-200:times=1'] });
    expect(statuses(simulation, 4)).toEqual([503, 503, 429, 429]);
    expect(simulation.faults.list().map(({ name, acted }) => [name, acted])).toEqual([
      ['status', 2],
      ['html-200', 0],
    ]);
  });

  test('is not used up by requests that the fault could not act on', () => {
    const simulation = still({ faults: [`null-values:times=1`, `status:code=500,day=${DAY},times=1`] });
    requestDay(simulation, '2027-05-05');
    requestDay(simulation, '2021-01-01');
    ask(simulation, 'never', 'ever');
    expect(simulation.faults.list().map(({ times }) => times)).toEqual([1, 1]);
    expect(statuses(simulation, 2)).toEqual([500, 200]);
    expect(simulation.faults.list()).toEqual([]);
  });
});

describe('share', () => {
  const failedDays = (seed: number, order: (days: string[]) => string[]) => {
    const simulation = still({ seed, faults: ['status:code=500,share=0.3'] });
    const days = ['2026-01-01'];
    while (days.length < 300) days.push(nextDay(days.at(-1) ?? ''));
    return new Set(order(days).filter((day) => requestDay(simulation, day).status === 500));
  };

  const inOrder = failedDays(1, (days) => days);

  test('hits about that share of the requests', () => {
    expect(inOrder.size).toBeGreaterThan(60);
    expect(inOrder.size).toBeLessThan(120);
  });

  test('hits the same requests for the same seed, in whatever order they come', () => {
    expect(failedDays(1, (days) => days.toReversed())).toEqual(inOrder);
    expect(failedDays(2, (days) => days)).not.toEqual(inOrder);
  });

  test('gives a repeated request a new chance', () => {
    const simulation = still({ faults: ['status:code=500,share=0.5'] });
    expect(new Set(statuses(simulation, 40))).toEqual(new Set([200, 500]));
  });

  test('0 and 1 are never and always', () => {
    expect(new Set(statuses(still({ faults: ['reset:share=0'] }), 50))).toEqual(new Set([200]));
    expect(new Set(statuses(still({ faults: ['empty-body:share=1', 'html-200:share=0'] }), 50))).toEqual(
      new Set([200]),
    );
  });
});

describe('clearing', () => {
  const crowd = () =>
    still({
      faults: [
        'html-200',
        'slow:delayMs=1',
        'slow:delayMs=2',
        `revise:day=${DAY},hour=0,border=border_AT_BE,value=1`,
      ],
    });

  test('takes every fault back but leaves revisions, which are data', () => {
    const { faults } = crowd();
    expect(faults.clear()).toBe(3);
    expect(faults.list().map(({ name }) => name)).toEqual(['revise']);
  });

  test('takes back by id or by name', () => {
    const { faults } = crowd();
    expect(faults.clear({ name: 'slow' })).toBe(2);
    expect(faults.clear({ id: 1 })).toBe(1);
    expect(faults.clear({ name: 'revise' })).toBe(1);
    expect(faults.list()).toEqual([]);
  });
});

describe('a revision', () => {
  test('begins when it is made and ends with no clearing', () => {
    const simulation = still();
    const before = requestDay(simulation, DAY).body;
    simulation.faults.add({
      name: 'revise',
      day: DAY,
      starts_at: '2026-11-20T05:00:00Z',
      border: 'border_AT_BE',
      value: null,
    });
    simulation.faults.clear();
    expect(rowsOf(requestDay(simulation, DAY))[6]?.border_AT_BE).toBeNull();
    simulation.clock.set({ nowMs: Date.parse('2026-11-20T11:59:59Z') });
    expect(requestDay(simulation, DAY).body).toBe(before);
  });

  test('gives way to a later one of the same number', () => {
    const simulation = still();
    for (const value of [10, 20])
      simulation.faults.add({ name: 'revise', day: DAY, hour: 0, border: 'border_AT_BE', value });
    expect(rowsOf(requestDay(simulation, DAY))[0]?.border_AT_BE).toBe(20);
  });
});

describe('a wrong fault is refused with a message that names the field', () => {
  test.each<[string, string]>([
    ['nonsense', 'name is "nonsense" but must be one of status, html-200,'],
    ['', 'name is "" but must be one of status,'],
    ['status', 'code is missing; it must be one of 400, 401,'],
    ['status:code=200', 'code is "200" but must be one of 400, 401,'],
    ['status:code', 'must be written name or name:key=value,key=value'],
    ['reset:colour=red', 'colour is "red" but must be left out: reset takes nothing'],
    ['slow:delayMs=-1', 'delayMs is "-1" but must be a whole number from 0 to'],
    ['slow:delayMs=1.5', 'delayMs is "1.5" but must be a whole number from 0 to'],
    ['slow:times=0', 'times is "0" but must be a whole number from 1 to'],
    ['slow:share=2', 'share is "2" but must be a number from 0 to 1'],
    ['slow:day=2026-02-30', 'day is "2026-02-30" but must be a calendar day'],
    ['missing-hours:hours=3+25', 'hours is "25" but must be a whole number from 0 to 24'],
    ['null-values:border=AT_BE', 'border is "AT_BE" but must be a key such as'],
    ['late:minutes=5,times=1', 'times is "1" but must be left out: this fault stands until it is cleared'],
    ['withdrawn', 'day is missing; it must be a calendar day'],
    [`withdrawn:day=${DAY},at=noon`, 'at is "noon" but must be an instant'],
    [
      `revise:day=${DAY},border=border_AT_BE,value=1`,
      'starts_at is missing; it must be an instant of the day, unless hour',
    ],
    [`revise:day=${DAY},hour=24,border=border_AT_BE,value=1`, 'hour is 24 but must be within business day'],
    [
      `revise:day=${DAY},hour=1,starts_at=2026-11-20T05:00:00Z,border=border_AT_BE,value=1`,
      'hour is 1 but must be left out where starts_at is given',
    ],
    [`revise:day=${DAY},hour=1,border=border_AT_BE,value=x`, 'value is "x" but must be a number from'],
    [`revise:day=${DAY},hour=1,border=border_AT_BE`, 'value is missing; it must be a number of MW or null'],
    [
      `revise:day=${DAY},hour=1,border=border_AT_XX,value=1`,
      'border is "border_AT_XX" but must be a border of 2026-11-20',
    ],
    [
      `revise:day=${DAY},starts_at=2026-11-20T05:30:00Z,border=border_AT_BE,value=1`,
      'must be the start of a row of',
    ],
    [
      'revise:day=2021-01-01,hour=1,border=border_AT_BE,value=1',
      'day is "2021-01-01" but must be a day that',
    ],
  ])('%s', (spec, summary) => {
    const { faults } = still();
    const add = () => faults.add(spec);
    expect(add).toThrow(InputError);
    expect(add).toThrow(summary);
    expect(add).toThrow(`fault ${JSON.stringify(spec)}: `);
    expect(faults.list()).toEqual([]);
  });
});

test('text and object say the same', () => {
  const { faults } = still();
  const object: FaultInput = { name: 'missing-hours', day: DAY, times: 3, hours: [1, 2] };
  expect(faults.add(object)).toMatchObject({ name: 'missing-hours', day: DAY, times: 3 });
  expect(faults.add(`missing-hours:day=${DAY},times=3,hours=1+2`)).toMatchObject({
    day: DAY,
    times: 3,
    id: 2,
  });
  const { faults: other } = still();
  other.add(object);
  expect(rowsOf(requestDay(still({ faults: [object] }), DAY))).toHaveLength(22);
  expect(rowsOf(requestDay(still({ faults: ['missing-hours:hours=1+2'] }), DAY))).toHaveLength(22);
});

test('the vocabulary for people has a line for every fault', () => {
  for (const name of Object.keys(FAULTS))
    expect(describeFaults()).toMatch(new RegExp(`^  ${name}: \\S`, 'm'));
});
