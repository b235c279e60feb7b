/** Days of the simulated platform as they are published: auctions apart, vintages, answers that say the same, refusals, outages. */
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ZONES, zonesOn } from '../../../../datasets/entsoe/zones.ts';
import { relationNames } from '../../../../domain/dataset/relation-names.ts';
import type { Settings } from '../../../../domain/dataset/settings.ts';
import { eachDay } from '../../../../domain/time/civil-day.ts';
import { startBackfill } from '../../../../temporal/backfills.ts';
import { runDay } from '../../../../temporal/days.ts';
import { settingsOf, tidemark } from '../../../support/command.ts';
import { TOKEN } from '../../../support/simulator/entsoe.ts';
import { openTestEnvironment, type TestEnvironment } from '../../../support/test-environment.ts';

const PRICES = 'entsoe.day-ahead-prices';
const settings = new Map<string, Settings>();
let testEnv: TestEnvironment;

beforeAll(async () => {
  testEnv = await openTestEnvironment({
    sourceSettings: settings,
    simulator: { now: '2026-11-20T12:00:00Z', clockRate: 0, revisionShare: 0, entsoe: { requests: 0 } },
  });
  await testEnv.startWorker();
});
afterAll(() => testEnv.close());
beforeEach(() => {
  choose('DE_LU');
  at('2026-11-20T12:00:00Z');
  testEnv.simulator.faults.clear();
});

const choose = (zones: string) => settings.set('entsoe', { ENTSOE_TOKEN: TOKEN, ENTSOE_ZONES: zones });
const at = (now: string) => testEnv.simulator.clock.set({ nowMs: Date.parse(now) });

async function ingest(dataset: string, day: string) {
  return await (await runDay(testEnv.temporal, { dataset, day, wait: false })).result();
}

async function seriesOf(dataset: string, day: string) {
  const { schema, table } = relationNames(dataset);
  return await testEnv.rows(
    `select series, count(*)::int as points from ${schema}.${table} where delivery_day = $1 group by 1 order by 1`,
    [day],
  );
}

const countOf = async (sql: string, ...values: unknown[]) =>
  (await testEnv.rows<{ n: number }>(`select count(*)::int as n from ${sql}`, values))[0]?.n;

test('the second auction comes first: the day is partial until the first is there, whatever the order', async () => {
  at('2026-11-17T10:45:00Z');
  expect(await ingest(PRICES, '2026-11-18')).toMatchObject({
    state: 'partial',
    presentPoints: 96,
    expectedPoints: 192,
  });
  expect(await seriesOf(PRICES, '2026-11-18')).toEqual([{ series: 'DE_LU.2', points: 96 }]);
  at('2026-11-17T13:00:00Z');
  expect(await ingest(PRICES, '2026-11-18')).toMatchObject({ state: 'complete', presentPoints: 192 });
  expect(await seriesOf(PRICES, '2026-11-18')).toEqual([
    { series: 'DE_LU.1', points: 96 },
    { series: 'DE_LU.2', points: 96 },
  ]);
});

test('the same under new ids writes nothing', async () => {
  const day = '2026-11-17';
  await ingest(PRICES, day);
  const before = await countOf('ops.change where dataset = $1', PRICES);
  const payload = await testEnv.rows<{ sha256: Buffer }>(
    'select sha256 from ops.payload where dataset = $1 and day = $2',
    [PRICES, day],
  );
  at('2026-11-20T13:00:00Z');
  expect(await ingest(PRICES, day)).toMatchObject({ newPoints: 0, revisedPoints: 0 });
  expect(await countOf('ops.change where dataset = $1', PRICES)).toBe(before);
  expect(await countOf('entsoe.day_ahead_prices_versions where delivery_day = $1', day)).toBe(192);
  expect(payload).toHaveLength(1);
});

test('every vintage of a forecast is kept', async () => {
  const [id, day] = ['entsoe.wind-solar-forecast-current', '2026-11-18'];
  at('2026-11-18T01:00:00Z');
  await ingest(id, day);
  at('2026-11-18T14:00:00Z');
  const outcome = await ingest(id, day);
  expect(outcome.revisedPoints).toBeGreaterThan(50);
  const versions = await countOf('entsoe.wind_solar_forecast_current_versions where delivery_day = $1', day);
  expect(versions).toBe(3 * 96 + outcome.revisedPoints);
});

test('what was measured grows with the day', async () => {
  const [id, day] = ['entsoe.load-actual', '2026-11-19'];
  at('2026-11-19T12:00:00Z');
  expect(await ingest(id, day)).toMatchObject({ state: 'partial', presentPoints: 49, expectedPoints: 96 });
  at('2026-11-20T12:00:00Z');
  expect(await ingest(id, day)).toMatchObject({ state: 'complete', presentPoints: 96 });
});

test('hours and quarters stand beside each other; a zone that is late leaves the day partial', async () => {
  choose('DE_LU,FR');
  testEnv.simulator.faults.add('late:minutes=100000,table=entsoe/A65_A01_FR');
  const id = 'entsoe.load-forecast';
  expect(await ingest(id, '2026-11-16')).toMatchObject({ state: 'partial', presentPoints: 96 });
  testEnv.simulator.faults.clear();
  expect(await ingest(id, '2026-11-16')).toMatchObject({
    state: 'complete',
    presentPoints: 120,
    expectedPoints: 120,
  });
});

test('residual load is partial until each zone that is requested can be computed, and names the one that cannot', async () => {
  choose('DE_LU,FR');
  const [day, forecast, measured] = [
    '2026-11-15',
    'entsoe.residual-load-forecast',
    'entsoe.residual-load',
  ] as const;
  testEnv.simulator.faults.add('late:minutes=100000,table=entsoe/A65_A01_FR');
  testEnv.simulator.faults.add('late:minutes=100000,table=entsoe/A75_FR');
  expect(await ingest(forecast, day)).toMatchObject({ state: 'awaiting', presentPoints: 0 });
  const inputs = ['load-forecast', 'wind-solar-forecast-day-ahead', 'load-actual', 'generation-by-type'];
  for (const input of inputs) await ingest(`entsoe.${input}`, day);
  expect(await ingest(forecast, day)).toMatchObject({
    ...{ state: 'partial', presentPoints: 96, expectedPoints: 192 },
  });
  // Load of FR is measured, its generation is not: nothing is left of it to compute.
  expect(await ingest(measured, day)).toMatchObject({
    ...{ state: 'partial', presentPoints: 192, expectedPoints: 384 },
  });
  const findings = async () =>
    await testEnv.rows(
      `select dataset, rule, reason from ops.finding where dataset = any($1) and day = $2 and resolution = 'open' and rule <> 'new_series'
       order by 1, 2`,
      [[forecast, measured], day],
    );
  expect(await findings()).toEqual([
    { dataset: measured, rule: 'not_computed', reason: 'nothing could be computed of FR, FR.error' },
    { dataset: forecast, rule: 'not_computed', reason: 'nothing could be computed of FR' },
  ]);
  testEnv.simulator.faults.clear();
  for (const input of inputs) await ingest(`entsoe.${input}`, day);
  expect(await ingest(forecast, day)).toMatchObject({ state: 'complete', presentPoints: 192 });
  expect(await ingest(measured, day)).toMatchObject({ state: 'complete', presentPoints: 384 });
  expect(await findings()).toEqual([]);
  expect(await residualBySql(day)).toEqual([{ points: 192, wrong: 0 }]);
});

/** How many values of a day there are, and how many of them are not load less wind and solar, by SQL alone. */
async function residualBySql(day: string) {
  return await testEnv.rows(
    `with made as (
       select split_part(series, '.', 1) as zone, date_trunc('hour', starts_at) as hour, starts_at, series, value
       from entsoe.generation_by_type where delivery_day = $1 and split_part(series, '.', 2) in ('B16', 'B18', 'B19')
     ), taken as (
       select r.series, r.starts_at, r.value, l.value
         - sum((select g.value from made g where g.series = s.series and g.starts_at <= r.starts_at order by g.starts_at desc limit 1)) as expected
       from entsoe.residual_load r
       join lateral (
         select value from entsoe.load_actual l where l.series = r.series and l.starts_at <= r.starts_at order by starts_at desc limit 1
       ) l on true
       join (select distinct zone, series from made) s on s.zone = r.series
       where r.delivery_day = $1 and r.series not like '%.error'
       group by r.series, r.starts_at, r.value, l.value
     )
     select count(*)::int as points, count(*) filter (where abs(value - expected) > 0.001)::int as wrong from taken`,
    [day],
  );
}

test('a day of zeros is suspected, and none of it is written', async () => {
  choose('FR');
  const body = { zeros: ['FR'] };
  await fetch(`${testEnv.simulator.url}/_simulator/entsoe`, { method: 'POST', body: JSON.stringify(body) });
  const outcome = await ingest(PRICES, '2026-11-23');
  expect(outcome).toMatchObject({ state: 'quarantined', presentPoints: 0 });
  const undo = JSON.stringify({ zeros: [] });
  await fetch(`${testEnv.simulator.url}/_simulator/entsoe`, { method: 'POST', body: undo });
});

test('outages have versions of the publisher, and those that were seen are kept', async () => {
  choose('DE_LU,FR,NL,BE');
  for (const now of ['2026-11-10T12:00:00Z', '2026-11-14T12:00:00Z', '2026-11-18T12:00:00Z']) {
    at(now);
    await ingest('entsoe.generation-outages', '2026-11-18');
  }
  const rows = await countOf('entsoe.generation_outages');
  expect(rows).toBeGreaterThan(5);
  expect(await countOf('entsoe.generation_outages_versions')).toBeGreaterThan(rows ?? 0);
});

test('an outage that is seen late has its earlier versions too, and stands as the publisher had told it by an instant', async () => {
  choose('ES,PL,AT,CZ');
  const id = 'entsoe.generation-outages';
  at('2026-11-18T12:00:00Z');
  await ingest(id, '2026-11-18');
  const versions = await testEnv.rows<{ key: string; version: number; published_at: Date; status: string }>(
    `select key, version, published_at, status from entsoe.generation_outages_versions where zone in ('ES', 'PL', 'AT', 'CZ')
     order by key, version`,
  );
  const of = (key: string) => versions.filter((each) => each.key === key);
  const several = [...new Set(versions.map(({ key }) => key))].filter((key) => of(key).length > 1);
  expect(several.length).toBeGreaterThan(1);
  for (const key of several) {
    expect(of(key).map(({ version }) => version)).toEqual(of(key).map((_, i) => i + 1));
    for (const { version, published_at } of of(key))
      expect(
        await testEnv.rows('select version from entsoe.generation_outages_published_by($1) where key = $2', [
          published_at,
          key,
        ]),
      ).toEqual([{ version }]);
  }
  const [key = ''] = several;
  const result = await tidemark(settingsOf(testEnv), 'query', id, '--key', key, '--versions', '--json');
  const shown: { version: number; status: string }[] = JSON.parse(result.stdout);
  expect(shown.map(({ version, status }) => ({ version, status })).toSorted(byVersion)).toEqual(
    of(key).map(({ version, status }) => ({ version: Number(version), status })),
  );
  // Asked for once: with its earlier versions kept, nothing more is asked for by an id.
  testEnv.simulator.requests.clear();
  await ingest(id, '2026-11-18');
  expect(testEnv.simulator.requests.counts().total).toBe(2 * 4);
});

test('a day is complete once it was answered, though all of its outages began before, and the same when it is rebuilt', async () => {
  choose('FI');
  at('2026-11-20T12:00:00Z');
  const [id, days] = ['entsoe.generation-outages', eachDay('2026-11-12', '2026-11-20')];
  const outcomes = [];
  for (const day of days) outcomes.push(await ingest(id, day));
  expect(outcomes.map(({ state }) => state)).toEqual(days.map(() => 'complete'));
  expect(outcomes.filter(({ newPoints }) => newPoints === 0).length).toBeGreaterThan(0);
  const ledger = () =>
    testEnv.rows<{ completed_at: Date | null }>(
      `select day, state, present_points, first_published_at, completed_at from ops.delivery_day
       where dataset = $1 and day = any($2) order by day`,
      [id, days],
    );
  const before = await ledger();
  expect(before.filter(({ completed_at }) => completed_at === null)).toEqual([]);
  const range = ['--from', days[0] as string, '--to', days.at(-1) as string];
  expect((await tidemark(settingsOf(testEnv), 'rebuild', id, ...range, '--wait')).code).toBe(0);
  expect(await ledger()).toEqual(before);
  testEnv.simulator.faults.add('empty-data');
  expect(await ingest(id, '2026-11-11')).toMatchObject({ state: 'complete', presentPoints: 0 });
  expect(await ingest(id, '2099-01-01')).toMatchObject({ state: 'awaiting' });
});

test('the history of zones in SQL is that of the requests; a line through the years is joined by it', async () => {
  const rows = await testEnv.rows<Record<'zone' | 'area' | 'first_day' | 'last_day', string>>(
    'select zone, area, first_day::text, last_day::text from entsoe.zone_history',
  );
  expect(new Set(rows.map(({ zone }) => zone))).toEqual(new Set(ZONES.map(({ code }) => code)));
  for (const day of ['2015-01-05', '2018-09-30', '2018-10-01', '2020-12-31', '2021-01-01', '2026-11-20']) {
    const held = rows.filter(
      ({ first_day, last_day }) =>
        (first_day === '-infinity' || first_day <= day) && (last_day === 'infinity' || day <= last_day),
    );
    const areas = new Set(held.map(({ area }) => area));
    const priced = zonesOn(day).filter(({ pricedFrom = day }) => pricedFrom === 'never' || pricedFrom <= day);
    expect(areas).toEqual(new Set(priced.map(({ code }) => code)));
  }
  choose('DE_LU,DE_AT_LU');
  for (const day of ['2018-09-30', '2018-10-01']) await ingest(PRICES, day);
  expect(
    await testEnv.rows(
      `select p.series, count(*)::int as points from entsoe.zone_history h join entsoe.day_ahead_prices p
         on p.series in (h.area, h.area || '.1') and p.delivery_day between h.first_day and h.last_day
       where h.zone = 'DE_LU' and p.delivery_day < '2019-01-01' group by 1 order by 1`,
    ),
  ).toEqual([
    { series: 'DE_AT_LU', points: 24 },
    { series: 'DE_LU.1', points: 24 },
  ]);
});

const byVersion = (a: { version: number }, b: { version: number }) => a.version - b.version;

describe('a backfill', () => {
  test('asks once a zone for the days that are begun together', async () => {
    choose('DE_LU,FR');
    testEnv.simulator.requests.clear();
    const handle = await startBackfill(testEnv.temporal, {
      dataset: 'entsoe.generation-by-type',
      from: '2026-09-01',
      to: '2026-09-08',
    });
    expect((await handle.result()).outcomes).toEqual({ complete: ['2026-09-01..2026-09-08'] });
    expect(testEnv.simulator.requests.counts().total).toBe(2);
    for (const day of ['2026-09-01', '2026-09-08'])
      expect((await seriesOf('entsoe.generation-by-type', day)).length).toBeGreaterThan(10);
  });

  test('asks for fewer days together where the platform refuses so many', async () => {
    choose('DE_LU,FR');
    const change = (limits: object) =>
      fetch(`${testEnv.simulator.url}/_simulator/entsoe`, {
        method: 'POST',
        body: JSON.stringify({ limits }),
      });
    await change({ A65: 'P2D' });
    testEnv.simulator.requests.clear();
    const range = { dataset: 'entsoe.load-actual', from: '2026-08-11', to: '2026-08-18' };
    const handle = await startBackfill(testEnv.temporal, range);
    expect((await handle.result()).outcomes).toEqual({ complete: ['2026-08-11..2026-08-18'] });
    // Both zones are refused at once; then two days at a time.
    expect(testEnv.simulator.requests.counts().total).toBe(2 + 2 * 4);
    await change({ A65: 'P1M' });
  });

  test('of parts that are all new writes days side by side without waiting in a circle', async () => {
    choose('NL');
    const days = Array.from({ length: 4 }, (_, i) => `2026-08-0${i + 1}`);
    const outcomes = await Promise.all(days.map((day) => ingest('entsoe.physical-flows', day)));
    expect(new Set(outcomes.map(({ state }) => state))).toEqual(new Set(['complete']));
    const failed = testEnv.warnings().map(({ message, meta }) => `${message} ${inspect(meta?.error)}`);
    expect(failed.filter((text) => text.includes('deadlock'))).toEqual([]);
    expect(
      await countOf('ops.finding where dataset = $1 and rule = $2', 'entsoe.physical-flows', 'new_series'),
    ).toBe(10);
  });
});
