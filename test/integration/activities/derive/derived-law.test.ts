/** Does a derived dataset equal its definition in SQL after whatever its inputs went through, and is only that computed which moved? */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rebuild } from '../../../../activities/rebuild/rebuild-day.ts';
import { transaction } from '../../../../db/connection/client.ts';
import { addDays } from '../../../../domain/time/civil-day.ts';
import { intervalStarts } from '../../../../domain/time/delivery-day.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';
import {
  BY_DEFINITION,
  bring,
  catalogWith,
  DERIVED,
  HOURS,
  poll,
  QUARTERS,
  sampleDerived,
} from '../../../support/derived-environment.ts';
import { runs } from '../../../support/runs.ts';

/** The first of a few days; the third has 25 hours. */
const FIRST = '2026-10-23';
const DAYS = 5;

const computed: string[] = [];
const derived = sampleDerived((day) => computed.push(day));
const catalog = catalogWith(derived);
let testEnv: TestDatabase;
beforeAll(async () => {
  testEnv = await createTestDatabase(catalog.all);
});
afterAll(() => testEnv.drop());

const rowsOf = async (text: string, values: unknown[] = []): Promise<unknown[]> =>
  (await testEnv.database.query(text, values)).rows;
const held = `select starts_at, series, value from sample.derived order by starts_at, series`;
const cursorNow = async (): Promise<number> =>
  ((await rowsOf('select cursor from ops.clock')) as { cursor: number }[])[0]?.cursor ?? 0;

/** A revision of a day of an input, or a poll. */
type Event =
  | { readonly of: 'quarters' | 'hours'; readonly day: number; readonly values: readonly (number | null)[] }
  | 'poll';

const revision = fc.record({
  of: fc.constantFrom('quarters' as const, 'hours' as const),
  day: fc.nat(DAYS - 1),
  // A value an interval from the first on: what is beyond is not said. Few values, so that many are said again.
  values: fc.array(fc.option(fc.integer({ min: 1, max: 3 }), { freq: 6 }), { maxLength: 30 }),
});
const events = fc.array(fc.oneof({ weight: 3, arbitrary: revision }, fc.constant('poll' as const)), {
  minLength: 1,
  maxLength: 14,
});

async function happen(event: Exclude<Event, 'poll'>): Promise<void> {
  const dataset = event.of === 'quarters' ? QUARTERS : HOURS;
  const day = addDays(FIRST, event.day);
  const starts = intervalStarts(dataset, day);
  const series = event.of === 'quarters' ? 'a' : 'b';
  const rows = event.values.flatMap((value, i) => {
    const startsAt = starts[i * 2];
    return startsAt === undefined ? [] : [[series, new Date(startsAt).toISOString(), value] as const];
  });
  await bring(testEnv.database, dataset, day, rows);
}

/** Units that changes of the inputs after a cursor concern: the day, and of quarters the one behind it. */
async function movedSince(cursor: number): Promise<string[]> {
  const changes = (await rowsOf('select dataset, day from ops.change where cursor > $1 and dataset <> $2', [
    cursor,
    DERIVED,
  ])) as { dataset: string; day: string }[];
  const units = changes.flatMap(({ dataset, day }) =>
    dataset === QUARTERS.id ? [day, addDays(day, 1)] : [day],
  );
  return [...new Set(units)].toSorted();
}

/** Every interval of every day has a value: nothing of an earlier history is left. */
async function fill(): Promise<void> {
  for (let i = -1; i < DAYS + 1; i += 1)
    for (const [dataset, series] of [[QUARTERS, 'a'] as const, [HOURS, 'b'] as const]) {
      const day = addDays(FIRST, i);
      const rows = intervalStarts(dataset, day).map((ms) => [series, new Date(ms).toISOString(), 0] as const);
      await bring(testEnv.database, dataset, day, rows);
    }
}

test('it equals its definition in SQL, and computes what moved and nothing else, whatever happens to its inputs', async () => {
  let polledTo = 0;
  const polled = async () => {
    const moved = await movedSince(polledTo);
    polledTo = await cursorNow();
    computed.length = 0;
    const due = await poll(testEnv.database, catalog, derived);
    expect(due).toEqual(moved);
    // The function is not called for a day that waits for an input.
    const waiting = (await rowsOf(
      `select distinct day from ops.finding where dataset = $1 and rule = 'waits_for_input' and resolution = 'open'`,
      [DERIVED],
    )) as { day: string }[];
    const waits = new Set(waiting.map(({ day }) => day));
    expect(computed.toSorted()).toEqual(moved.filter((day) => !waits.has(day)));
  };
  await fc.assert(
    fc.asyncProperty(events, async (history) => {
      for (const event of history) {
        if (event === 'poll') await polled();
        else await happen(event);
      }
      await polled();
      expect(await rowsOf(held)).toEqual(await rowsOf(BY_DEFINITION));
      computed.length = 0;
      expect(await poll(testEnv.database, catalog, derived)).toEqual([]);
      expect(computed).toEqual([]);
    }),
    { numRuns: runs(10) },
  );
  await fill();
  await polled();
  expect(await rowsOf(held)).toEqual(await rowsOf(BY_DEFINITION));
});

test('a rebuild comes to the same from the stored results, without the function', async () => {
  const before = await rowsOf('select * from sample.derived_versions order by starts_at, series, known_from');
  computed.length = 0;
  for (let i = 0; i < DAYS; i += 1) {
    const day = addDays(FIRST, i);
    const { values, versions } = await transaction(testEnv.database, (sql) => rebuild(sql, derived, day));
    expect({ day, values, versions }).toEqual({ day, values: 0, versions: 0 });
  }
  expect(computed).toEqual([]);
  expect(
    await rowsOf('select * from sample.derived_versions order by starts_at, series, known_from'),
  ).toEqual(before);
});

test('another version of the function computes all of it again, once, and what says the same changes nothing', async () => {
  const next = sampleDerived((day) => computed.push(day), { decoderVersion: 2 });
  const newer = catalogWith(next);
  const cursor = await cursorNow();
  const all = (await rowsOf('select day from ops.derived_unit where dataset = $1 order by day', [
    DERIVED,
  ])) as {
    day: string;
  }[];
  expect(await poll(testEnv.database, newer, next)).toEqual(all.map(({ day }) => day));
  expect(await poll(testEnv.database, newer, next)).toEqual([]);
  expect(await cursorNow()).toBe(cursor);
  // A process with the older version leaves it alone.
  expect(await poll(testEnv.database, catalog, derived)).toEqual([]);
});

test('a point that can no longer be computed is null, and a day whose input is gone waits for it with what it had', async () => {
  const day = addDays(FIRST, 1);
  const fewer = { ...QUARTERS, pull: { ...QUARTERS.pull, decode: () => ({ points: [], findings: [] }) } };
  const firstHour: typeof QUARTERS.pull.decode = (...options) => {
    const { points, findings } = QUARTERS.pull.decode(...options);
    return {
      points: points.filter(({ startsAtMs }) => startsAtMs < Date.parse(`${day}T00:00:00Z`)),
      findings,
    };
  };
  const corrected = { ...QUARTERS, pull: { ...QUARTERS.pull, decode: firstHour } };
  const valued = () =>
    rowsOf(
      `select count(value)::int as valued, count(*)::int as places from sample.derived where delivery_day = $1 and series = 'gap'`,
      [day],
    );
  const stateOf = () =>
    rowsOf('select state from ops.delivery_day where dataset = $1 and day = $2', [DERIVED, day]);
  expect(await valued()).toEqual([{ valued: 96, places: 96 }]);
  const newest = sampleDerived(() => {}, { decoderVersion: 2 });
  // The source's bytes are read by a corrected decoder, which sees less in them.
  await transaction(testEnv.database, (sql) => rebuild(sql, corrected, day));
  expect(await poll(testEnv.database, catalogWith(newest), newest)).toEqual([day, addDays(day, 1)]);
  expect(await valued()).toEqual([{ valued: 8, places: 96 }]);
  await transaction(testEnv.database, (sql) => rebuild(sql, fewer, day));
  expect(await poll(testEnv.database, catalogWith(newest), newest)).toEqual([day, addDays(day, 1)]);
  expect(await valued()).toEqual([{ valued: 8, places: 96 }]);
  const open = await rowsOf(
    `select reason from ops.finding where dataset = $1 and day = $2 and rule = 'waits_for_input' and resolution = 'open'`,
    [DERIVED, day],
  );
  expect(open).toEqual([{ reason: `waits for sample.quarters: ${day} is late` }]);
  expect(await stateOf()).toEqual([{ state: 'partial' }]);
  await transaction(testEnv.database, (sql) => rebuild(sql, QUARTERS, day));
  expect(await poll(testEnv.database, catalogWith(newest), newest)).toEqual([day, addDays(day, 1)]);
  expect(await valued()).toEqual([{ valued: 96, places: 96 }]);
  expect(await rowsOf(held)).toEqual(await rowsOf(BY_DEFINITION));
});
