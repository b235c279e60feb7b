/** Do hundreds of series of different intervals live in one dataset: found by the key, covered each by its own step? */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FoldedEnvironment, openFoldedEnvironment } from '../../../support/api/folded-environment.ts';
import { measure, onGrid } from '../../../support/api/measured-environment.ts';
import { sampleFiles } from '../../../support/sample-file-dataset.ts';

const dataset = sampleFiles();
const DAY = '2026-02-03';
/** One hour of seconds: a whole day would only take longer. */
const SECONDS = 3_600;
const slow = Array.from({ length: 200 }, (_, n) => `slow_${String(n).padStart(3, '0')}`);
const quick = Array.from({ length: 10 }, (_, n) => `quick_${n}`);

let testEnv: FoldedEnvironment;
beforeAll(async () => {
  testEnv = await openFoldedEnvironment([dataset]);
  await measure(testEnv, dataset, DAY, [
    ...slow.map((name) => onGrid(name, 900, (n) => (name === 'slow_007' && n === 5 ? undefined : n))),
    ...quick.map((name) => onGrid(name, 1, (n) => (n < SECONDS ? n / 8 : undefined))),
  ]);
  await testEnv.rows('analyze');
});
afterAll(() => testEnv.close());

test('a set of series is read by the key', async () => {
  const plan = await testEnv.rows<{ 'QUERY PLAN': string }>(
    `explain select * from measured.values
     where starts_at >= '${DAY}T00:00Z' and starts_at < '${DAY}T01:00Z' and series = any('{slow_003,slow_150}')`,
  );
  const text = plan.map((row) => row['QUERY PLAN']).join('\n');
  expect(text).toMatch(/Index Cond: \(\(series_id = s\.id\) AND \(starts_at >= /);
  expect(text).not.toMatch(/Seq Scan on _hyper/);
});

test('each has its own step: in the days, in coverage and in the points that a bucket expects', async () => {
  const steps = await testEnv.rows<{ step: number; series: number }>(
    'select step_seconds as step, count(*) as series from measured.values_daily group by 1 order by 1',
  );
  expect(steps).toEqual([
    { step: 1, series: 10 },
    { step: 900, series: 200 },
  ]);
  const coverage = async (query = '') =>
    (await testEnv.get(`/v1/datasets/${dataset.id}/coverage?from=${DAY}&to=${DAY}${query}`)).json;
  expect(await coverage('&series=slow_006')).toMatchObject({
    expected_points: 96,
    present_points: 96,
    data: [],
  });
  expect(await coverage('&series=slow_007')).toMatchObject({
    ...{ expected_points: 96, present_points: 95 },
    data: [{ from: '2026-02-03T00:15:00.000Z', points: 1 }],
  });
  const all = await coverage();
  expect(all).toMatchObject({
    expected_points: 200 * 96 + 10 * 86_400,
    present_points: 200 * 96 - 1 + 10 * SECONDS,
  });
  // Ten series that lack the same are one gap.
  expect(all.data).toMatchObject([
    { series: quick, points: 10 * (86_400 - SECONDS) },
    { series: ['slow_007'], points: 1 },
  ]);
  const buckets = await testEnv.get(
    `/v1/data/aggregated?dataset=${dataset.id}&from=${DAY}&to=${DAY}&resolution=PT1H&function=count&limit=100000`,
  );
  const ofHour = new Map<string, number[]>();
  for (const { series, expected, count } of buckets.json.data.slice(0, 210))
    ofHour.set(series, [count, expected]);
  expect(ofHour.get('slow_000')).toEqual([4, 4]);
  expect(ofHour.get('quick_9')).toEqual([3_600, 3_600]);
  expect(buckets.json.data).toHaveLength(24 * 210);
});
