/** Does the ledger say what is so of a day, whichever way its points come, whatever came, and whenever it was looked at? */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foldUnit } from '../../../../activities/fold/fold-unit.ts';
import { lockUnit } from '../../../../activities/fold/lock-unit.ts';
import { rebuild } from '../../../../activities/rebuild/rebuild-day.ts';
import { transaction } from '../../../../db/connection/client.ts';
import { readLedger } from '../../../../db/queries/days/ledger.ts';
import { endProgress } from '../../../../db/queries/days/ledger-days.ts';
import { SENT } from '../../../../db/queries/payloads/payloads.ts';
import { coverRange } from '../../../../db/read/cover/cover-range.ts';
import { defineDataset } from '../../../../domain/dataset/dataset.ts';
import type { DerivedPoints } from '../../../../domain/dataset/derive.ts';
import type { PointDataset, PulledPoints } from '../../../../domain/dataset/points.ts';
import type { DayState } from '../../../../domain/days/ledger.ts';
import { validRange } from '../../../../domain/interpret/checks.ts';
import { computedBody } from '../../../../domain/interpret/computed.ts';
import { AnswerRefused } from '../../../../domain/interpret/finding.ts';
import { sentPoints } from '../../../../domain/lines/sent-points.ts';
import { addDays } from '../../../../domain/time/civil-day.ts';
import { intervalStarts } from '../../../../domain/time/delivery-day.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { sampleDataset } from '../../../support/sample-dataset.ts';
import { storePayload } from '../../../support/store-payload.ts';

const checks = [validRange(0, 1_000, 'MW')];
const expectedSeries = [{ from: '2022-01-01', count: 1 }];
const decode: PulledPoints['pull']['decode'] = (body, answer) => {
  const text = Buffer.from(body).toString();
  if (text.startsWith('<')) throw new AnswerRefused('not_json', 'the answer is not JSON', text);
  return sampleDataset().pull.decode(body, answer);
};

/** All of the day at 10:30 of the day before, due at 11:00 there. */
const ahead = sampleDataset({ id: 'sample.ahead', expectedSeries, decode }, checks);
/** Each hour two hours after its end, due at noon of the next day. */
const measured = sampleDataset(
  {
    ...{ id: 'sample.measured', expectedSeries, decode },
    publication: {
      opens: { day: 0, time: '01:00' },
      expected: { day: 1, time: '02:00' },
      deadline: { day: 1, time: '12:00' },
    },
  },
  checks,
);
const { pull: _, ...facts } = measured;
/** Due when the day is over. */
const sent = defineDataset<PointDataset>({
  ...{ ...facts, id: 'sample.sent', silence: 'nothing' },
  push: sentPoints(),
});
/** Due when its input is. */
const derived = defineDataset<DerivedPoints>({
  ...{ ...facts, id: 'sample.computed' },
  derive: { inputs: { measured: { dataset: measured.id } }, compute: () => [] },
});

let testEnv: TestDatabase;
beforeAll(async () => {
  testEnv = await createTestDatabase([ahead, measured, sent, derived]);
});
afterAll(() => testEnv.drop());

/** Wall clock of Amsterdam in winter, one hour before UTC. */
const local = (day: string, time: string) => new Date(`${day}T${time}:00+01:00`);
const CLOCK = {
  'the evening before': (day: string) => local(addDays(day, -1), '20:00'),
  'half past two': (day: string) => local(day, '14:30'),
  'the next morning': (day: string) => local(addDays(day, 1), '08:00'),
  'the next afternoon': (day: string) => local(addDays(day, 1), '15:00'),
} as const;
type Position = keyof typeof CLOCK;

type Values = readonly (readonly [hour: number, value: number | null])[];
const hours = (count: number, value: number | null = 5): Values =>
  Array.from({ length: count }, (_, hour) => [hour, value] as const);
const RESPONSE = {
  nothing: hours(0),
  'twelve hours': hours(12),
  'twelve hours, one of them null': [...hours(11), [11, null]],
  'twelve hours, one of them quarantined': [...hours(11), [11, 9_999]],
  'the whole day': hours(24),
} as const satisfies Record<string, Values>;
type Response = keyof typeof RESPONSE;

function bodyOf(dataset: PointDataset, day: string, values: Values): Buffer {
  const starts = intervalStarts(measured, day);
  const points = values.map(([hour, value]) => ({
    series: 'a',
    startsAtMs: starts[hour] as number,
    value,
    place: `${hour}`,
  }));
  const startOf = ({ startsAtMs }: { startsAtMs: number }) => new Date(startsAtMs).toISOString();
  if (dataset === derived)
    return Buffer.from(computedBody({ inputs: [], waitsFor: [], series: undefined, points }));
  if (dataset === sent)
    return Buffer.from(
      points
        .map((point) => `${JSON.stringify({ series: 'a', starts_at: startOf(point), value: point.value })}\n`)
        .join(''),
    );
  return Buffer.from(JSON.stringify(points.map((point) => ['a', startOf(point), point.value])));
}

async function bring(dataset: PointDataset, day: string, fetchedAt: Date, body: Buffer) {
  const status = dataset === sent ? SENT : 200;
  await storePayload(testEnv.database, { dataset: dataset.id, day, fetchedAt, status, body });
  return await transaction(testEnv.database, async (sql) => {
    await lockUnit(sql, dataset, day);
    return await foldUnit(sql, dataset, day, {});
  });
}

/** What must be said, by hand: of a day that has nothing, of one that has some, and of one that is whole. */
const SAID: Readonly<
  Record<string, Readonly<Record<Position, readonly [nothing: DayState, some: DayState]>>>
> = {
  [ahead.id]: {
    'the evening before': ['late', 'partial'],
    'half past two': ['late', 'partial'],
    'the next morning': ['late', 'partial'],
    'the next afternoon': ['late', 'partial'],
  },
  [measured.id]: {
    'the evening before': ['awaiting', 'in_progress'],
    'half past two': ['awaiting', 'in_progress'],
    'the next morning': ['awaiting', 'in_progress'],
    'the next afternoon': ['late', 'partial'],
  },
  [sent.id]: {
    'the evening before': ['awaiting', 'in_progress'],
    'half past two': ['awaiting', 'in_progress'],
    'the next morning': ['awaiting', 'partial'],
    'the next afternoon': ['awaiting', 'partial'],
  },
  [derived.id]: {
    'the evening before': ['awaiting', 'in_progress'],
    'half past two': ['awaiting', 'in_progress'],
    'the next morning': ['awaiting', 'in_progress'],
    'the next afternoon': ['awaiting', 'partial'],
  },
};

function saidOf(dataset: PointDataset, position: Position, response: Response): DayState {
  const [nothing, some] = (SAID[dataset.id] as (typeof SAID)[string])[position];
  if (response === 'nothing') return nothing;
  if (response === 'the whole day') return 'complete';
  return response.endsWith('quarantined') ? 'quarantined' : some;
}

let serial = 0;
/** Days of winter, each used once. */
const nextDay = () => addDays('2025-01-02', serial++);

describe.each([ahead, measured, sent, derived])('$id', (dataset) => {
  describe.each(Object.keys(CLOCK) as Position[])('looked at in %s', (position) => {
    test.each(Object.keys(RESPONSE) as Response[])('with %s', async (response) => {
      const day = nextDay();
      const at = CLOCK[position](day);
      if (dataset === derived) await bring(measured, day, at, bodyOf(measured, day, hours(12)));
      const { ledger } = await bring(dataset, day, at, bodyOf(dataset, day, RESPONSE[response]));
      const state = saidOf(dataset, position, response);
      expect(ledger).toMatchObject({ state, expectedPoints: 24 });
      expect([ledger.dueAt !== null, ledger.duePoints !== null]).toEqual(
        Array(2).fill(state === 'in_progress'),
      );
      const again = await transaction(testEnv.database, (sql) => rebuild(sql, dataset, day));
      expect(again).toMatchObject({ before: state, after: state, values: 0, findings: 0 });
      // When the deadline has passed without a response, what is missing is missing; and stays so when the day is folded again.
      await transaction(testEnv.database, (sql) => endProgress(sql, CLOCK['the next afternoon'](day)));
      const settled = state === 'in_progress' ? 'partial' : state;
      expect(await readLedger(testEnv.database, dataset.id, day)).toMatchObject({
        ...{ state: settled, dueAt: null, duePoints: null },
      });
      expect(await transaction(testEnv.database, (sql) => rebuild(sql, dataset, day))).toMatchObject({
        ...{ before: settled, after: settled },
      });
    });
  });
});

test('what is due so far is counted by the clock and the usual lag', async () => {
  const at = 'half past two';
  const [byHours, byClock, computed] = [nextDay(), nextDay(), nextDay()];
  const some = (dataset: PointDataset, day: string) =>
    bring(dataset, day, CLOCK[at](day), bodyOf(dataset, day, hours(12)));
  // At 14:30 the hours until 12:30 are due, of which twelve are over.
  expect((await some(measured, byHours)).ledger).toMatchObject({
    ...{ duePoints: 12, dueAt: local(addDays(byHours, 1), '12:00') },
  });
  expect((await some(sent, byClock)).ledger).toMatchObject({
    ...{ duePoints: 14, dueAt: local(addDays(byClock, 1), '00:00') },
  });
  await some(measured, computed);
  expect((await some(derived, computed)).ledger).toMatchObject({
    ...{ duePoints: 12, dueAt: local(addDays(computed, 1), '12:00') },
  });
});

test('an answer that is refused changes nothing of what is in progress', async () => {
  const day = nextDay();
  const at = CLOCK['half past two'](day);
  await bring(measured, day, at, bodyOf(measured, day, hours(12)));
  const refused = Buffer.from('<html>');
  const { ledger } = await bring(measured, day, new Date(at.getTime() + 60_000), refused);
  expect(ledger).toMatchObject({ presentPoints: 12 });
});

test('gaps of a day in progress: hours that are not due, and hours that are awaited', async () => {
  const day = nextDay();
  const now = CLOCK['half past two'](day);
  await bring(measured, day, now, bodyOf(measured, day, hours(10)));
  const question = { dataset: measured, from: day, to: day, series: null, enoughGaps: 10 };
  const { gaps, expected, present } = await coverRange(testEnv.database, {
    ...question,
    nowMs: now.getTime(),
  });
  expect({ expected, present }).toEqual({ expected: 24, present: 10 });
  expect(gaps.map(({ reason, points }) => [reason, points])).toEqual([
    ['awaiting', 2],
    ['not due', 12],
  ]);
});
