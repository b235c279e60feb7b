/**
 * Does every answer say how much of what was asked for is there, and whether it was ever loaded: each shape and way of asking, by API,
 * formats, plain calls, SQL and command alike?
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addDays } from '../../../../domain/time/civil-day.ts';
import { intervalStarts } from '../../../../domain/time/delivery-day.ts';
import { type FoldedEnvironment, openFoldedEnvironment } from '../../../support/api/folded-environment.ts';
import { measure, onGrid } from '../../../support/api/measured-environment.ts';
import { sampleDataset } from '../../../support/sample-dataset.ts';
import { sampleFiles } from '../../../support/sample-file-dataset.ts';
import { sampleRecordDataset } from '../../../support/sample-record-dataset.ts';

const polled = sampleDataset({ id: 'sample.polled' });
const filed = sampleFiles({ id: 'measured.filed' });
const sent = sampleRecordDataset({ id: 'sample.sent' });
const yearly = sampleRecordDataset({
  ...{ id: 'sample.yearly', silence: 'withdraw', period: 'year' },
  fields: [
    { name: 'country', type: 'text', description: 'where' },
    { name: 'subdivision', type: 'text', description: 'where in it' },
    { name: 'fallback', type: 'boolean', description: 'whether another area stands in' },
  ],
  location: { country: 'country', subdivision: 'subdivision', fallback: 'fallback' },
});
const empty = sampleDataset({ id: 'sample.empty' });
const datasets = [polled, filed, sent, yearly, empty];

/** Whole in each dataset; the next day lacks something; the one after it was never loaded. */
const WHOLE = '2026-03-03';
const GAPPY = addDays(WHOLE, 1);
const NEVER = addDays(WHOLE, 2);
const FLEVOLAND = '9415913d-fffa-41f9-9323-6d62e6100a31';

let testEnv: FoldedEnvironment;
let begunAt: string;
beforeAll(async () => {
  testEnv = await openFoldedEnvironment(datasets);
  const rowsOn = (day: string, series: string, has: (n: number) => boolean) =>
    intervalStarts(polled, day).flatMap((ms, n) =>
      has(n) ? [[series, new Date(ms).toISOString(), n] as const] : [],
    );
  begunAt = new Date().toISOString();
  for (const day of [WHOLE, GAPPY])
    await testEnv.arrive(polled, day, new Date(), [
      ...rowsOn(day, 'a', () => true),
      ...rowsOn(day, 'b', (n) => day === WHOLE || n % 2 === 0),
    ]);
  const minute = (n: number) => n;
  await measure(testEnv, filed, WHOLE, [onGrid('quick', 60, minute), onGrid('slow', 900, minute)]);
  await measure(testEnv, filed, GAPPY, [
    onGrid('quick', 60, minute),
    onGrid('slow', 900, (n) => (n >= 24 && n < 72 ? undefined : n)),
  ]);
  const record = (key: string, at: string, body: object = { colour: 'red' }) =>
    JSON.stringify({ key, at, version: 1, body });
  const lines = (day: string) => [1, 2, 3].map((n) => record(`${day} ${n}`, `${day}T0${n}:30:00+01:00`));
  await testEnv.publishBytes(sent, WHOLE, new Date(), Buffer.from(lines(WHOLE).join('\n')));
  await testEnv.publishBytes(sent, GAPPY, new Date(), Buffer.from([...lines(GAPPY), '!broken'].join('\n')));
  const area = { country: 'NL', subdivision: 'NL-FL', fallback: false };
  await testEnv.rows(
    `insert into ops.location_version (location, version, name, country, subdivision, active, known_from, changed_by, reason)
     values ($1, 1, 'Flevoland', 'NL', 'NL-FL', true, '2026-01-01', 'test', 'test')`,
    [FLEVOLAND],
  );
  const holidays = [
    record('new year', '2026-01-01T00:00:00+01:00', area),
    record('spring', `${WHOLE}T00:00:00+01:00`, area),
    record('elsewhere', `${WHOLE}T00:00:00+01:00`, { country: 'GB', subdivision: null, fallback: false }),
  ];
  await testEnv.publishBytes(yearly, '2026-01-01', new Date(), Buffer.from(holidays.join('\n')));
});
afterAll(() => testEnv.close());

interface Case {
  readonly of: { readonly id: string };
  readonly from?: string;
  readonly to?: string;
  /** Of the query. */
  readonly more?: string;
  readonly says: object;
}
const day = (n: number) => ({ days: n });
const points = (expected: number, present = expected, quarantined = 0) => ({
  ...{ expected_points: expected, present_points: present, quarantined_points: quarantined },
});

const CASES: Case[] = [
  // Points of a grid: 24 hours of two series, every second one of b missing on the second day.
  {
    of: polled,
    from: WHOLE,
    to: WHOLE,
    says: { ...day(1), loaded: 'all', states: { complete: 1 }, ...points(48) },
  },
  { of: polled, from: WHOLE, to: GAPPY, says: { ...day(2), loaded: 'all', ...points(96, 84) } },
  { of: polled, from: GAPPY, to: GAPPY, more: '&series=a', says: { loaded: 'all', ...points(24) } },
  { of: polled, from: GAPPY, to: GAPPY, more: '&series=b', says: { loaded: 'all', ...points(24, 12) } },
  { of: polled, from: WHOLE, to: GAPPY, more: '&series=b', says: { loaded: 'all', ...points(48, 36) } },
  {
    ...{ of: polled, from: `${WHOLE}T10:00:00Z`, to: `${WHOLE}T13:00:00Z` },
    says: { ...day(1), loaded: 'all', ...points(6) },
  },
  {
    of: polled,
    from: `${GAPPY}T10:00:00Z`,
    to: `${GAPPY}T13:00:00Z`,
    says: { loaded: 'all', ...points(6, 4) },
  },
  {
    ...{ of: polled, from: `${GAPPY}T10:00:00Z`, to: `${GAPPY}T13:00:00Z`, more: '&series=a' },
    says: { loaded: 'all', ...points(3) },
  },
  {
    of: polled,
    from: WHOLE,
    to: NEVER,
    says: { ...day(3), loaded: 'part', states: { complete: 1, partial: 1, none: 1 } },
  },
  {
    of: polled,
    from: NEVER,
    to: NEVER,
    says: { ...day(1), loaded: 'none', states: { none: 1 }, ...points(0) },
  },
  { of: polled, from: NEVER, to: NEVER, more: '&series=a', says: { loaded: 'none', ...points(0) } },
  { of: polled, from: '2035-01-01', to: '2035-01-31', says: { ...day(31), loaded: 'none', ...points(0) } },
  // Days before the dataset begins are none that could be loaded.
  { of: polled, from: '2021-12-31', to: '2021-12-31', says: { loaded: 'none' } },
  { of: empty, from: WHOLE, to: WHOLE, says: { loaded: 'none', ...points(0) } },
  // Points of files, by steps of their own: 1,440 minutes, 96 quarters.
  { of: filed, from: WHOLE, to: WHOLE, says: { loaded: 'all', ...points(1_536) } },
  { of: filed, from: WHOLE, to: GAPPY, says: { loaded: 'all', ...points(3_072, 3_024) } },
  { of: filed, from: GAPPY, to: GAPPY, more: '&series=quick', says: { loaded: 'all', ...points(1_440) } },
  { of: filed, from: WHOLE, to: GAPPY, more: '&series=slow', says: { loaded: 'all', ...points(192, 144) } },
  { of: filed, from: `${WHOLE}T10:00:00Z`, to: `${WHOLE}T10:05:00Z`, says: { loaded: 'all', ...points(6) } },
  {
    of: filed,
    from: `${GAPPY}T10:00:00Z`,
    to: `${GAPPY}T11:00:00Z`,
    says: { loaded: 'all', ...points(64, 60) },
  },
  { of: filed, from: NEVER, to: NEVER, says: { loaded: 'none', states: { none: 1 }, ...points(0) } },
  // Records of lines.
  {
    of: sent,
    says: { ...day(2), loaded: 'all', states: { complete: 1, quarantined: 1 }, ...points(6, 6, 1) },
  },
  {
    of: sent,
    from: WHOLE,
    to: WHOLE,
    says: { ...day(1), loaded: 'all', states: { complete: 1 }, ...points(3) },
  },
  { of: sent, from: WHOLE, to: GAPPY, says: { ...day(2), loaded: 'all', ...points(6, 6, 1) } },
  {
    of: sent,
    from: `${WHOLE}T01:00:00Z`,
    to: `${WHOLE}T02:00:00Z`,
    says: { ...day(1), loaded: 'all', ...points(1) },
  },
  { of: sent, from: `${WHOLE}T01:00:00Z`, to: `${GAPPY}T01:00:00Z`, says: { ...day(2), ...points(3, 3, 1) } },
  { of: sent, from: WHOLE, to: NEVER, says: { ...day(3), loaded: 'part', ...points(6, 6, 1) } },
  {
    of: sent,
    from: NEVER,
    to: NEVER,
    says: { ...day(1), loaded: 'none', states: { none: 1 }, ...points(0) },
  },
  { of: sent, from: NEVER, says: { ...day(0), loaded: 'none', ...points(0) } },
  { of: sent, more: `&key=${WHOLE}%202`, says: { loaded: 'all', ...points(1) } },
  // Records of years.
  { of: yearly, from: '2026-01-01', to: '2026-12-31', says: { ...day(1), loaded: 'all', ...points(3) } },
  {
    of: yearly,
    from: WHOLE,
    to: GAPPY,
    says: { ...day(1), loaded: 'all', states: { complete: 1 }, ...points(2) },
  },
  {
    of: yearly,
    from: WHOLE,
    to: GAPPY,
    more: `&location=${FLEVOLAND}`,
    says: { loaded: 'all', ...points(1) },
  },
  { of: yearly, from: '2025-12-31', to: '2026-12-31', says: { ...day(2), loaded: 'part', ...points(3) } },
  {
    of: yearly,
    from: '2035-01-01',
    to: '2035-12-31',
    says: { ...day(1), loaded: 'none', states: { none: 1 }, ...points(0) },
  },
];

const rangeOf = ({ from, to, more = '' }: Case) =>
  `${from ? `&from=${from}` : ''}${to ? `&to=${to}` : ''}${more}`;
const named = CASES.map((each) => [`${each.of.id}${rangeOf(each)}`, each] as const);

describe('the API says of', () => {
  test.each(named)('%s how much of it is there', async (_, each) => {
    const url = `/v1/data?dataset=${each.of.id}${rangeOf(each)}`;
    const { json, headers } = await testEnv.get(url);
    expect(json.meta.coverage).toMatchObject(each.says);
    const { loaded, expected_points, present_points } = json.meta.coverage;
    expect(headers['tidemark-coverage']).toContain(`loaded=${loaded}; `);
    expect(headers['tidemark-coverage']).toContain(
      `expected=${expected_points}; present=${present_points}; `,
    );
    // Present is what the answer has.
    const values = json.data.filter((row: { value?: unknown }) => row.value !== null);
    expect(present_points).toBe(values.length);
    for (const format of ['csv', 'arrow', 'parquet'])
      expect((await testEnv.get(`${url}&format=${format}`)).headers['tidemark-coverage']).toBe(
        headers['tidemark-coverage'],
      );
  });

  test.each(named)('%s whether it was loaded, as of an instant', async (_, each) => {
    const { loaded } = (await testEnv.get(`/v1/data?dataset=${each.of.id}${rangeOf(each)}`)).json.meta
      .coverage;
    const asOf = async (at: string) =>
      (await testEnv.get(`/v1/data?dataset=${each.of.id}${rangeOf(each)}&as_of=${at}`)).json.meta.coverage;
    expect(await asOf(new Date().toISOString())).toMatchObject({ loaded });
    // What is measured is known since the beginning of the month.
    if (each.of !== filed) expect(await asOf(begunAt)).toMatchObject({ loaded: 'none' });
  });
});

const aligned = CASES.filter(({ from = '', to = '', more }) => !`${from}${to}`.includes('T') && !more);

test.each(aligned.map((each) => [`${each.of.id}${rangeOf(each)}`, each] as const))(
  'SQL says the same of %s, by the day',
  async (_, each) => {
    const { coverage } = (await testEnv.get(`/v1/data?dataset=${each.of.id}${rangeOf(each)}`)).json.meta;
    const ask = (at: string | null) =>
      testEnv.rows<object>('select * from catalog.coverage($1, $2, $3, $4)', [
        ...[each.of.id, each.from ?? null, each.to ?? null, at],
      ]);
    const [told] = await ask(null);
    // Of a year the ledger has the whole year.
    const { expected_points: _e, present_points: _p, ...byUnit } = coverage;
    expect(told).toMatchObject({ ...(each.of === yearly ? byUnit : coverage) });
    expect((await ask(new Date().toISOString()))[0]).toMatchObject({ loaded: coverage.loaded, states: null });
  },
);

describe('a plain call', () => {
  const plain = (table: string, from: string, to: string) =>
    testEnv.get(`/data/${table}?start_time=${from}&end_time=${to}`);

  test.each([polled, filed, empty])('is refused where nothing was loaded: $id', async ({ id }) => {
    for (const call of [`${id}?`, `aggregated/${id}?resolution=1h&`]) {
      const { status, json } = await testEnv.get(`/data/${call}start_time=${NEVER}&end_time=${NEVER}`);
      expect(status).toBe(404);
      expect(json.detail).toContain(`nothing of ${id} is loaded in this range (loaded=none; days=1; `);
    }
  });

  test('says in a header how much of it is there', async () => {
    const { status, headers } = await plain(polled.id, WHOLE, NEVER);
    expect(status).toBe(200);
    expect(headers['tidemark-coverage']).toContain('loaded=part; days=3; ');
  });
});

test('/coverage counts the records of the range, and a year that was never loaded is not loaded', async () => {
  const of = async (from: string, to: string) =>
    (await testEnv.get(`/v1/datasets/${yearly.id}/coverage?from=${from}&to=${to}`)).json;
  expect(await of(WHOLE, GAPPY)).toMatchObject({ present_points: 2, expected_points: 2, data: [] });
  expect(await of('2035-01-01', '2035-12-31')).toMatchObject({
    ...{ present_points: 0, expected_points: 0 },
    data: [{ from: '2034-12-31T23:00:00.000Z', to: '2035-12-31T23:00:00.000Z', reason: 'not loaded' }],
  });
});
