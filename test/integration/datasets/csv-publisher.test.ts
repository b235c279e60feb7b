/**
 * Is a publisher of CSV over HTTP (a key in a header, 404 until published, files that do not name their day) one small folder, with no
 * other edit? Server, Temporal and database are real.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogOfFolders } from '../../../datasets/catalog.ts';
import { contractOf } from '../../../kit/testing/index.ts';
import { runDay } from '../../../temporal/days.ts';
import { tidemark } from '../../support/command.ts';
import {
  AREAS,
  CSV_DATASETS,
  CSV_KEY,
  type CsvPublisher,
  csvOf,
  hoursOf,
  priceOf,
  startCsvPublisher,
} from '../../support/csv-publisher.ts';
import { createTestDatabase } from '../../support/database.ts';
import { openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

const ID = 'norpool.area-prices';
const settings = new Map([['norpool', {} as Record<string, string>]]);

let publisher: CsvPublisher;
let testEnv: TestEnvironment;
let folder: string;
beforeAll(async () => {
  publisher = await startCsvPublisher();
  const catalog = await catalogOfFolders([CSV_DATASETS]);
  testEnv = await openTestEnvironment({
    ...{ catalog, stored: await createTestDatabase(catalog.all), sourceSettings: settings },
  });
  testEnv.redirectSource(publisher.url);
  await testEnv.startWorker();
  folder = await mkdtemp(join(tmpdir(), 'tidemark-csv-'));
});
afterAll(async () => {
  await testEnv.close();
  await publisher.close();
  await rm(folder, { recursive: true });
});

const ingest = async (day: string) =>
  (await runDay(testEnv.temporal, { dataset: ID, day, wait: false })).result();

const stored = (day: string) =>
  testEnv.rows<{ starts_at: Date; series: string; value: number | null }>(
    'select starts_at, series, value from norpool.area_prices where delivery_day = $1 order by 1, 2',
    [day],
  );

const dataset = (...args: string[]) =>
  tidemark(
    {
      ...{
        TIDEMARK_DATASETS: CSV_DATASETS,
        DATABASE_URL: testEnv.databaseUrl,
        TEMPORAL_ADDRESS: '127.0.0.1:9',
      },
      ...{ NORPOOL_BASE_URL: publisher.url, NORPOOL_KEY: settings.get('norpool')?.NORPOOL_KEY ?? '' },
    },
    'dataset',
    ...args,
  );

test('its folder is small, and keeps the contract', async () => {
  const files = readdirSync(join(CSV_DATASETS, 'norpool')).map((name) => join(CSV_DATASETS, 'norpool', name));
  const lines = files.map((file) => readFileSync(file, 'utf8').split('\n').length);
  expect(lines.reduce((sum, count) => sum + count, 0)).toBeLessThan(150);
  for (const { cases } of await contractOf([CSV_DATASETS])) for (const { run } of cases) run();
});

test('without its key nothing is requested, and a run and a recording say which setting is missing', async () => {
  await expect(ingest('2026-11-01')).rejects.toMatchObject({
    cause: { type: 'CREDENTIAL_MISSING', message: expect.stringContaining('set NORPOOL_KEY') },
  });
  const { code, stderr } = await dataset('record', ID, '--day', '2026-11-01', '--folder', folder);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('set NORPOOL_KEY') });
});

test('a day that is not published is late, then complete; no failed run', async () => {
  settings.set('norpool', { NORPOOL_KEY: CSV_KEY });
  expect(await ingest('2026-11-02')).toMatchObject({ state: 'late', presentPoints: 0 });
  publisher.files.set('2026-11-02', csvOf('2026-11-02'));
  expect(await ingest('2026-11-02')).toMatchObject({ state: 'complete', presentPoints: 48, newPoints: 48 });
  const runs = await testEnv.rows(`select outcome, error from ops.run where day = '2026-11-02' order by id`);
  expect(runs).toEqual([
    { outcome: 'late', error: null },
    { outcome: 'complete', error: null },
  ]);
});

test.each(['2026-03-29', '2026-10-25', '2026-11-02'])(
  '%s is there hour by hour, value for value',
  async (day) => {
    publisher.files.set(day, csvOf(day));
    expect(await ingest(day)).toMatchObject({ state: 'complete' });
    const published = hoursOf(day).flatMap(({ hour, startsAtMs }) =>
      AREAS.map((series) => ({ starts_at: new Date(startsAtMs), series, value: priceOf(series, hour) })),
    );
    expect(await stored(day)).toEqual(published);
    const body = join(folder, `${day}.csv`);
    writeFileSync(body, csvOf(day));
    const same = await dataset('verify', ID, '--day', day, '--body', body);
    expect(same).toMatchObject({
      code: 0,
      stdout: `${ID} of ${day}: all ${published.length} points are the same in SQL\n`,
    });
  },
);

test('an empty price is a null, and the day is not complete with it', async () => {
  publisher.files.set('2026-11-04', csvOf('2026-11-04').replace('3;NO2;103,25', '3;NO2;'));
  expect(await ingest('2026-11-04')).toMatchObject({ state: 'partial', presentPoints: 47, newPoints: 48 });
  const nulls = (await stored('2026-11-04')).filter(({ value }) => value === null);
  expect(nulls).toEqual([{ starts_at: new Date('2026-11-04T01:00:00Z'), series: 'NO2', value: null }]);
});

test('a recording has all but the key, and the key is nowhere', async () => {
  const { code, stdout } = await dataset('record', ID, '--day', '2026-11-02', '--folder', folder, '--json');
  expect(code).toBe(0);
  const [path = ''] = (JSON.parse(stdout) as { recordings: string[] }).recordings;
  const provenance = readFileSync(path, 'utf8');
  expect(JSON.parse(provenance)).toMatchObject({ unit: '2026-11-02', status: 200, body: '2026-11-02.csv' });
  settings.set('norpool', { NORPOOL_KEY: 'another-key' });
  await expect(ingest('2026-11-03')).rejects.toMatchObject({ cause: { type: 'REQUEST_REFUSED' } });
  const shown = inspect(
    [
      provenance,
      await testEnv.rows('select url, headers from ops.payload'),
      await testEnv.rows('select * from ops.run'),
    ],
    { depth: null },
  );
  expect(shown).not.toMatch(/another-key|key-of-the-subscription/);
});
