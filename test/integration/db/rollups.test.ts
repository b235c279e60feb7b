/** Do both ways of writing rollups end in the same rows, bit for bit, whatever the points and however they came to be? */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { storageOf } from '../../../db/migration/storage.ts';
import { clearCurrent, type DayScope, numbers } from '../../../db/queries/points/observations.ts';
import { insertRollups, type NewRollup, refreshRollups } from '../../../db/queries/points/rollups.ts';
import { rollupOf } from '../../../domain/lines/rollup.ts';
import { type CivilDay, dayInterval } from '../../../domain/time/civil-day.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { runs } from '../../support/runs.ts';
import { sampleFiles } from '../../support/sample-file-dataset.ts';

/** `refreshRollups` keeps those of the first, `insertRollups` writes those of the second. */
const refreshed = sampleFiles();
const inserted = sampleFiles({ id: 'measured.loaded' });
const inIndia = { id: 'india', title: 'India', link: 'http://localhost/', timeZone: 'Asia/Kolkata' };
const halfHours = sampleFiles({ id: 'india.values', source: inIndia });
const halfHoursToo = sampleFiles({ id: 'india.loaded', source: inIndia });

/** Days of 24, 23 and 25 hours. */
const DAYS: readonly CivilDay[] = ['2026-02-03', '2026-03-29', '2026-10-25'];
const SERIES = 3;

let testEnv: TestDatabase;
beforeAll(async () => {
  testEnv = await createTestDatabase([refreshed, inserted, halfHours, halfHoursToo]);
  for (const { id } of [refreshed, inserted, halfHours, halfHoursToo])
    await testEnv.database.query(
      `insert into ops.series (dataset, series, first_payload_id) select $1, 's' || n, 1 from generate_series(1, $2) n`,
      [id, SERIES],
    );
});
afterAll(() => testEnv.drop());

interface Point {
  /** Seconds from the start of the day. */
  readonly at: number;
  readonly value: number | null;
}

/** A grid with holes, then perhaps another in the same day; values whose sums depend on their order. */
const points = fc
  .record({
    step: fc.constantFrom(1, 7, 30, 900, 3600),
    from: fc.nat(82_000),
    present: fc.array(fc.boolean(), { maxLength: 90 }),
    values: fc.array(
      fc.option(fc.oneof(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.integer({ min: -3, max: 3 }))),
      {
        minLength: 1,
        maxLength: 20,
      },
    ),
  })
  .map(({ step, from, present, values }) =>
    present.flatMap((is, n): Point[] => {
      const value = values[n % values.length] ?? null;
      // PostgreSQL has two zeros, which are equal to it and not to a test.
      return is ? [{ at: from + n * step, value: value === 0 ? 0 : value }] : [];
    }),
  );
const day = fc.array(points, { minLength: SERIES, maxLength: SERIES });

async function seriesIds(dataset: string): Promise<number[]> {
  const { rows } = await testEnv.database.query<{ id: number }>(
    'select id from catalog.series where dataset = $1 order by series',
    [dataset],
  );
  return rows.map(({ id }) => id);
}

function within({ interval: { startMs, endMs } }: DayScope, all: readonly Point[]): Point[] {
  return all.filter(({ at }) => startMs + at * 1000 < endMs);
}

/** Makes these the current values of a day. */
async function become(scope: DayScope, series: readonly (readonly Point[])[]): Promise<void> {
  const ids = await seriesIds(scope.dataset);
  const rows = series.flatMap((points, s) =>
    within(scope, points).map((point) => ({ ...point, id: ids[s] })),
  );
  await clearCurrent(testEnv.database, scope);
  await testEnv.database.query(
    `insert into ${storageOf(scope.dataset).current} (series_id, starts_at, delivery_day, value, change_id)
     select id, to_timestamp(at), $4, value, 1 from unnest($1::int[], $2::float8[], $3::float8[]) as p(id, at, value)`,
    [
      numbers(rows.map(({ id }) => id ?? null)),
      numbers(rows.map(({ at }) => scope.interval.startMs / 1000 + at)),
      numbers(rows.map(({ value }) => value)),
      scope.day,
    ],
  );
}

/** What a load writes of these points. */
async function load(scope: DayScope, series: readonly (readonly Point[])[]): Promise<void> {
  const ids = await seriesIds(scope.dataset);
  const rollups = series.flatMap((all, s): NewRollup[] => {
    const own = within(scope, all);
    const read = {
      startsAtMs: Float64Array.from(own, ({ at }) => scope.interval.startMs + at * 1000),
      values: Float64Array.from(own, ({ value }) => value ?? Number.NaN),
    };
    const rollup = rollupOf(read, scope.interval, 1);
    return rollup ? [{ ...rollup, seriesId: ids[s] as number, deliveryDay: scope.day }] : [];
  });
  const { hours, days } = storageOf(scope.dataset);
  for (const table of [hours, days])
    await testEnv.database.query(`delete from ${table} where delivery_day = $1`, [scope.day]);
  await insertRollups(testEnv.database, scope.dataset, rollups);
}

async function stored(scope: DayScope) {
  const { hours, days } = storageOf(scope.dataset);
  const read = async (table: string, order: string) =>
    (
      await testEnv.database.query(
        `select s.series, r.* from ${table} r join catalog.series s on s.id = r.series_id where r.delivery_day = $1 order by ${order}`,
        [scope.day],
      )
    ).rows.map(({ series_id: _, ...row }) => row);
  return { hours: await read(hours, 's.series, r.starts_at'), days: await read(days, 's.series') };
}

const scopeOf = ({ id, source }: typeof refreshed, day: CivilDay): DayScope => ({
  ...{ dataset: id, day, interval: dayInterval(day, source.timeZone) },
});

describe('the law', () => {
  test.each([
    ['Europe/Zurich', refreshed, inserted],
    ['Asia/Kolkata, where days begin within UTC hours', halfHours, halfHoursToo],
  ])('a load writes what comes of the current values, also after revisions: %s', async (_, one, other) => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...DAYS), day, day, async (date, first, second) => {
        for (const values of [first, second]) {
          await become(scopeOf(one, date), values);
          await refreshRollups(testEnv.database, scopeOf(one, date), 1);
          await load(scopeOf(other, date), values);
          expect(await stored(scopeOf(one, date))).toEqual(await stored(scopeOf(other, date)));
        }
      }),
      { numRuns: runs(20) },
    );
  });

  test('the figures are those of the values, hour by hour, and the step is the most frequent distance', async () => {
    const scope = scopeOf(refreshed, '2026-03-29');
    const day: Point[] = [
      ...[0, 30, 60, 90, 3600].map((at, n) => ({ at, value: n === 1 ? null : 50 + n / 8 })),
      ...[7200, 7201, 7202].map((at) => ({ at, value: null })),
    ];
    await become(scope, [day, [{ at: 5, value: 49 }], []]);
    await refreshRollups(testEnv.database, scope, 1);
    const hourly = await testEnv.database.query(
      'select * from measured.values_hourly where delivery_day = $1 order by series, starts_at',
      [scope.day],
    );
    expect(
      hourly.rows.map(({ starts_at, count, sum, avg }) => [starts_at.toISOString(), count, sum, avg]),
    ).toEqual([
      ['2026-03-28T23:00:00.000Z', 3, 150.625, 150.625 / 3],
      ['2026-03-29T00:00:00.000Z', 1, 50.5, 50.5],
      ['2026-03-29T01:00:00.000Z', 0, null, null],
      ['2026-03-28T23:00:00.000Z', 1, 49, 49],
    ]);
    const daily = await testEnv.database.query(
      'select * from measured.values_daily where delivery_day = $1 order by series',
      [scope.day],
    );
    expect(daily.rows).toMatchObject([
      { step_seconds: 30, published: 8, count: 4, sum: 201.125, min: 50, max: 50.5, first: 50, last: 50.5 },
      { step_seconds: 1, published: 1, count: 1, sum: 49, first: 49, last: 49 },
    ]);
    expect(daily.rows[0].ends_at - daily.rows[0].starts_at).toBe(23 * 3_600_000);
  });

  test('nothing is written where nothing has moved', async () => {
    const scope = scopeOf(refreshed, '2026-10-25');
    await become(scope, [[{ at: 0, value: 1 }], [{ at: 0, value: null }], []]);
    const places = async () =>
      (
        await testEnv.database.query(
          `select ctid::text, xmin::text from ${storageOf(scope.dataset).days} where delivery_day = $1 order by 1`,
          [scope.day],
        )
      ).rows;
    await refreshRollups(testEnv.database, scope, 1);
    const before = await places();
    await refreshRollups(testEnv.database, scope, 1);
    expect(await places()).toEqual(before);
    expect(before).toHaveLength(2);
  });
});
