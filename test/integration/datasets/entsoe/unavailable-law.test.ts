/** Is unavailable capacity what its definition in SQL makes of the outages, whatever versions of them came, and computed only where one moved? */
import fc from 'fast-check';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { rebuild } from '../../../../activities/rebuild/rebuild-day.ts';
import { catalogOf } from '../../../../datasets/catalog.ts';
import capacity from '../../../../datasets/entsoe/unavailable-capacity.ts';
import { transaction } from '../../../../db/connection/client.ts';
import { explainPoint } from '../../../../db/queries/points/explain-point.ts';
import type { PulledRecords } from '../../../../domain/dataset/records.ts';
import { addDays, dayAt, dayInterval, eachDay } from '../../../../domain/time/civil-day.ts';
import { bundled } from '../../../support/bundled.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { bringBody, poll } from '../../../support/derived-environment.ts';
import { runs } from '../../../support/runs.ts';
import { EIC } from '../../../support/simulator/entsoe.ts';

const outages = bundled<PulledRecords>('entsoe.generation-outages');

/** The third of a few days has 25 hours. */
const FIRST = '2026-10-23';
const DAYS = 4;
const MINUTE = 60_000;
const firstMs = dayInterval(FIRST, 'Europe/Brussels').startMs;
const catalog = catalogOf([outages, capacity]);

let testEnv: TestDatabase;
beforeAll(async () => {
  testEnv = await createTestDatabase(catalog.all);
});
afterAll(() => testEnv.drop());

const rowsOf = async <T>(text: string, values: unknown[] = []): Promise<T[]> =>
  (await testEnv.database.query(text, values)).rows as T[];

/** One version of an outage as the publisher tells it; minutes count from the first day. */
const version = fc.record({
  id: fc.nat(4),
  version: fc.integer({ min: 1, max: 4 }),
  zone: fc.constantFrom('BE' as const, 'NL' as const),
  psr: fc.constantFrom<string>('B04', 'B14', ''),
  unit: fc.nat(2),
  nominal: fc.option(fc.constantFrom(100, 250.5), { freq: 8 }),
  status: fc.constantFrom('A05', 'A05', 'A05', 'A09', 'A13'),
  fromMinute: fc.nat(DAYS * 1_440),
  // Periods one behind the other, in one TimeSeries or in two; between the two there may be a hole.
  periods: fc.array(fc.record({ minutes: fc.integer({ min: 1, max: 1_500 }), mw: fc.nat(300) }), {
    ...{ minLength: 1, maxLength: 3 },
  }),
  hole: fc.constantFrom(0, 7),
});
type Version = typeof version extends fc.Arbitrary<infer T> ? T : never;

const payload = fc.record({
  day: fc.nat(DAYS - 1),
  documents: fc.uniqueArray(version, { minLength: 1, maxLength: 4, selector: (v) => `${v.id} ${v.version}` }),
});
const events = fc.array(fc.oneof({ weight: 3, arbitrary: payload }, fc.constant('poll' as const)), {
  ...{ minLength: 1, maxLength: 8 },
});

const minuteText = (ms: number) => `${new Date(ms).toISOString().slice(0, 16)}Z`;
const intervalOf = (from: number, to: number) =>
  `<timeInterval><start>${minuteText(from)}</start><end>${minuteText(to)}</end></timeInterval>`;

function documentOf(run: number, { id, version: number, status, ...about }: Version): string {
  const startMs = firstMs + about.fromMinute * MINUTE;
  const periods: string[] = [];
  let at = startMs;
  for (const { minutes, mw } of about.periods) {
    const point = `<Point><position>1</position><quantity>${mw}</quantity></Point>`;
    const span = intervalOf(at, at + minutes * MINUTE);
    periods.push(`<Available_Period>${span}<resolution>PT1M</resolution>${point}</Available_Period>`);
    at += (minutes + about.hole) * MINUTE;
  }
  const resource = 'production_RegisteredResource';
  const series = periods.map(
    (period) => `<TimeSeries><businessType>A53</businessType>
    <biddingZone_Domain.mRID>${EIC[about.zone]}</biddingZone_Domain.mRID><${resource}.mRID>unit ${about.unit}</${resource}.mRID>
    ${about.psr && `<${resource}.pSRType.psrType>${about.psr}</${resource}.pSRType.psrType>`}
    ${about.nominal === null ? '' : `<${resource}.pSRType.powerSystemResources.nominalP>${about.nominal}</${resource}.pSRType.powerSystemResources.nominalP>`}
    <curveType>A03</curveType>${period}</TimeSeries>`,
  );
  const span = intervalOf(startMs, at - about.hole * MINUTE).replaceAll(
    'timeInterval>',
    'unavailability_Time_Period.timeInterval>',
  );
  return `<Unavailability_MarketDocument><mRID>${run}-${id}</mRID><revisionNumber>${number}</revisionNumber><type>A80</type>
    <createdDateTime>2026-10-0${number}T10:00:00Z</createdDateTime><docStatus><value>${status}</value></docStatus>${span}
    ${series.join('')}</Unavailability_MarketDocument>`;
}

async function bring(
  run: number,
  { day, documents }: typeof payload extends fc.Arbitrary<infer T> ? T : never,
) {
  const files = documents.map((each, i) => [`${i}.xml`, Buffer.from(documentOf(run, each))] as const);
  await bringBody(testEnv.database, outages, addDays(FIRST, day), zipSync(Object.fromEntries(files)));
}

/** By the minute: what a unit is out by is the most that one of its outages says, and those of a zone and type are added. A place without is zero. */
const DIFFERENCES = `
  with period as (
    select o.zone || '.' || coalesce(o.psr_type, 'unknown') as series, coalesce(o.unit, o.key) as unit,
      (a ->> 'from')::timestamptz as starts, (a ->> 'to')::timestamptz as ends,
      case when o.status <> 'A05' or o.nominal_mw < (a ->> 'mw')::numeric then 0
        else o.nominal_mw - (a ->> 'mw')::numeric end as out_mw
    from entsoe.generation_outages o, jsonb_array_elements(o.body -> 'available') a
  ), minute as (
    select series, unit, m as at, max(out_mw) as out_mw, bool_or(out_mw is null) as unknown
    from period, generate_series(starts, ends - interval '1 minute', interval '1 minute') m
    group by series, unit, m
  ), quarter as (
    select series, date_bin('15 minutes', at, '2000-01-01Z') as starts_at,
      case when not bool_or(unknown) then round(sum(out_mw) / 15, 3)::float8 end as value
    from minute group by 1, 2
  ), present as (
    select distinct series, (at at time zone 'Europe/Brussels')::date as day from minute
  ), expected as (
    select p.series, q as starts_at, case when v.series is null then 0 else v.value end as value
    from present p
    cross join generate_series(p.day::timestamp at time zone 'Europe/Brussels',
      (p.day + 1)::timestamp at time zone 'Europe/Brussels' - interval '1 minute', interval '15 minutes') q
    left join quarter v on v.series = p.series and v.starts_at = q
  )
  select coalesce(e.series, h.series) as series, coalesce(e.starts_at, h.starts_at) as starts_at, e.value as expected, h.value as held
  from expected e
  full join entsoe.unavailable_capacity h on h.series = e.series and h.starts_at = e.starts_at
  where case when e.series is null then h.value <> 0 else h.series is null or h.value is distinct from e.value end
  order by 2, 1`;

/** Days that versions cover which came, or were replaced, after an instant. */
async function movedSince(at: Date): Promise<string[]> {
  const spans = await rowsOf<{ starts_at: Date; ends_at: Date }>(
    `select starts_at, ends_at from entsoe.generation_outages_versions
     where (known_from > $1 or known_to > $1) and known_to is distinct from known_from`,
    [at],
  );
  const days = spans.flatMap(({ starts_at, ends_at }) =>
    eachDay(dayAt(starts_at.getTime(), 'Europe/Brussels'), dayAt(ends_at.getTime() - 1, 'Europe/Brussels')),
  );
  return [...new Set(days)].toSorted();
}

async function settledNow(): Promise<Date> {
  const [{ at }] = (await rowsOf('select settled_at as at from ops.clock')) as [{ at: Date }];
  return at;
}

test('it equals its definition in SQL, and is computed for the days that a version covers or covered, whatever versions come', async () => {
  let polledAt = new Date(0);
  let run = 0;
  const polled = async () => {
    const moved = await movedSince(polledAt);
    polledAt = await settledNow();
    expect(await poll(testEnv.database, catalog, capacity)).toEqual(moved);
  };
  await fc.assert(
    fc.asyncProperty(events, async (history) => {
      run += 1;
      for (const event of history) {
        if (event === 'poll') await polled();
        else await bring(run, event);
      }
      await polled();
      expect(await rowsOf(DIFFERENCES)).toEqual([]);
      expect(await poll(testEnv.database, catalog, capacity)).toEqual([]);
    }),
    { numRuns: runs(12) },
  );
  // Chance may have made none: that there is one is shown below.
  const states = await rowsOf<{ state: string }>(
    `select distinct d.state from ops.delivery_day d where dataset = $1 and d.state <> 'complete'
       and not exists (select from entsoe.unavailable_capacity u where u.delivery_day = d.day and u.value is null)`,
    [capacity.id],
  );
  expect(states).toEqual([]);
});

const OUTAGE: Version = {
  ...{ id: 0, version: 1, zone: 'NL', psr: 'B19', unit: 0, nominal: 250.5, status: 'A05' },
  ...{ fromMinute: 120, periods: [{ minutes: 60, mw: 50 }], hole: 0 },
};

test('a value leads to the payload of each outage that it follows from', async () => {
  await bring(9_000, { day: 1, documents: [OUTAGE] });
  await bring(9_001, { day: 3, documents: [{ ...OUTAGE, unit: 1, nominal: 100 }] });
  await poll(testEnv.database, catalog, capacity);
  const at = new Date(firstMs + 120 * MINUTE);
  const explained = await explainPoint(testEnv.database, capacity, 'NL.B19', at);
  const version = explained?.versions.at(-1);
  expect(version).toMatchObject({ value: 250.5, knownTo: null });
  const payloads = await rowsOf<{ id: number }>(
    `select payload_id as id from entsoe.generation_outages where key in ('9000-0', '9001-0')`,
  );
  const lineage = version?.inputs.flatMap((input) => input.payloads.map(({ id }) => id)) ?? [];
  for (const { id } of payloads) expect(lineage).toContain(id);
  expect(new Set(version?.inputs.map(({ dataset }) => dataset))).toEqual(new Set([outages.id]));
});

test('bytes that are read anew move all that they may have moved', async () => {
  const corrected = {
    ...outages,
    decoderVersion: 2,
    decode: (...given: Parameters<typeof outages.decode>) => {
      const { records, findings } = outages.decode(...given);
      return { records: records.filter(({ key }) => key !== '9000-0'), findings };
    },
  };
  await transaction(testEnv.database, (sql) => rebuild(sql, corrected, addDays(FIRST, 1)));
  expect(await poll(testEnv.database, catalog, capacity)).toContain(FIRST);
  expect(await rowsOf(DIFFERENCES)).toEqual([]);
});

test('days far ahead are left until they are near', async () => {
  const far = { ...OUTAGE, id: 1, fromMinute: 400 * 1_440 };
  await bring(9_002, { day: 1, documents: [far] });
  expect(await poll(testEnv.database, catalog, capacity)).toEqual([]);
  const noted = await rowsOf<{ day: string }>(
    `select day from ops.derived_unit where dataset = $1 and moved_to > computed_to`,
    [capacity.id],
  );
  expect(noted).toEqual([{ day: dayAt(firstMs + far.fromMinute * MINUTE, 'Europe/Brussels') }]);
});
