/** Does a dataset that is pulled daily and has its history from files stand as one, whichever way a day came first? */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { datasetPlaces } from '../../../../config/datasets.ts';
import { catalogOf, loadCatalog } from '../../../../datasets/catalog.ts';
import { defineDataset } from '../../../../domain/dataset/dataset.ts';
import { startBackfill } from '../../../../temporal/backfills.ts';
import { runDay } from '../../../../temporal/days.ts';
import { WITHOUT_QUOTA } from '../../../support/catalog-without-quota.ts';
import { type Loading, openLoading } from '../../../support/loading.ts';
import { DATASET } from '../../../support/test-environment.ts';

const HISTORY = '2026-10-01';
const PULLED = '2026-10-04';
const NAMES = ['border_AT_CZ', 'border_CZ_AT'];

let loading: Loading;
beforeAll(async () => {
  const pulled = (await loadCatalog(datasetPlaces())).get(DATASET);
  const both = defineDataset({
    ...pulled,
    source: { ...pulled.source, quota: WITHOUT_QUOTA },
    expectedSeries: [{ from: pulled.firstDay, count: NAMES.length }],
    finestSeconds: 3_600,
    files: { onlySeries: 'border_AT_CZ', form: {} },
  });
  loading = await openLoading({ catalog: catalogOf([both]), simulator: { quotaRequests: 0 } });
});
afterAll(() => loading?.close());

/** Hours of days of local summer time, a column for each series. */
function fileOfHours(day: string, days: number, value: number): string {
  const startMs = Date.parse(`${day}T00:00:00+02:00`);
  const lines = Array.from({ length: days * 24 }, (_, n) => {
    const at = new Date(startMs + n * 3_600_000).toISOString();
    return `${at},${value},${value + 1}`;
  });
  return loading.fileOf(`time,${NAMES.join(',')}\n${lines.join('\n')}\n`);
}

const daysOf = () =>
  loading.testEnv.rows(
    `select day::text, state, expected_points as expected, present_points as present from ops.delivery_day order by day`,
  );
const valuesOf = (day: string) =>
  loading.testEnv.rows(
    `select series, min(value) as low, max(value) as high from jao_core.max_exchanges
     where delivery_day = $1 and series = any($2) group by series order by series`,
    [day, NAMES],
  );
const differences = () => loading.differences(HISTORY, '2026-10-05', DATASET);

test('days of a file are judged by what the definition expects, like those that are pulled', async () => {
  const loaded = await loading.load(fileOfHours(HISTORY, 3, 1_000), { dataset: DATASET });
  expect(loaded.summary).toBe('72 lines: points 144 new; days 3 complete');
  const range = { from: PULLED, to: '2026-10-05' };
  await (await startBackfill(loading.testEnv.temporal, { dataset: DATASET, ...range })).result();
  const [whole, pulled] = [
    { state: 'complete', expected: 48, present: 48 },
    { state: 'complete', expected: 3_600, present: 3_600 },
  ];
  expect(await daysOf()).toEqual([
    ...['2026-10-01', '2026-10-02', '2026-10-03'].map((day) => ({ day, ...whole })),
    ...['2026-10-04', '2026-10-05'].map((day) => ({ day, ...pulled })),
  ]);
  expect(await differences()).toContain('0 would differ [[],{}]');
});

test('a file corrects a day that was pulled, and what it leaves out is kept and told', async () => {
  const loaded = await loading.load(fileOfHours(PULLED, 1, 7), { dataset: DATASET });
  expect(loaded.summary).toBe('24 lines: points 48 changed; days 1 complete');
  expect(await valuesOf(PULLED)).toEqual([
    { series: 'border_AT_CZ', low: 7, high: 7 },
    { series: 'border_CZ_AT', low: 8, high: 8 },
  ]);
  const found = await loading.testEnv.rows(
    `select rule, points from ops.finding where day = $1 and resolution = 'open' order by rule`,
    [PULLED],
  );
  // Checks see what comes from a file, too: its values stand still.
  expect(found).toEqual([
    { rule: 'frozen', points: 48 },
    { rule: 'vanished', points: 3_552 },
  ]);
  expect(await differences()).toContain('0 would differ [[],{}]');
});

test('the source says its own again when it is asked, and a day of the file becomes one of the source', async () => {
  for (const day of [PULLED, HISTORY])
    await (await runDay(loading.testEnv.temporal, { dataset: DATASET, day, wait: true })).result();
  const [first] = (await valuesOf(PULLED)) as { low: number }[];
  expect(first?.low).toBeGreaterThan(100);
  const [versions] = await loading.testEnv.rows(
    `select count(*)::int as versions from jao_core.max_exchanges_versions
     where delivery_day = any($1) and series = any($2)`,
    [[PULLED, HISTORY], NAMES],
  );
  // The pulled day had three versions of each point, the day of the file has two.
  expect(versions).toEqual({ versions: 48 * 3 + 48 * 2 });
  expect((await daysOf())[0]).toMatchObject({ state: 'complete', expected: 3_600, present: 3_600 });
  expect(await differences()).toContain('0 would differ [[],{}]');
});
