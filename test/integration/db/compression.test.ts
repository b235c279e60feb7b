/** Does what is older than a dataset keeps go, whole days of it and nothing else, and does everybody who reads hear of it? */
import { ScheduleNotFoundError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalogOf } from '../../../datasets/catalog.ts';
import { openDatabase } from '../../../db/connection/client.ts';
import { compressOldValues, dropOldValues } from '../../../db/queries/operation/retention.ts';
import { addDays, dayAt, dayInterval, eachDay } from '../../../domain/time/civil-day.ts';
import { maintenanceScheduleId } from '../../../domain/workflow/ids.ts';
import { reconcileStorageSchedules } from '../../../temporal/storage-schedules.ts';
import { type FoldedEnvironment, openFoldedEnvironment } from '../../support/api/folded-environment.ts';
import { measure, onGrid } from '../../support/api/measured-environment.ts';
import { sampleFiles } from '../../support/sample-file-dataset.ts';
import { openTestEnvironment } from '../../support/test-environment.ts';

const KEPT_DAYS = 30;
const limited = sampleFiles({ retentionDays: KEPT_DAYS });
const unlimited = sampleFiles({ id: 'measured.for-ever' });
const today = dayAt(Date.now(), limited.source.timeZone);
const DAYS = eachDay(addDays(today, -60), addDays(today, -1));

let testEnv: FoldedEnvironment;
beforeAll(async () => {
  testEnv = await openFoldedEnvironment([limited, unlimited]);
  for (const dataset of [limited, unlimited])
    for (const day of DAYS) await measure(testEnv, dataset, day, [onGrid('a', 3600, (n) => n)]);
  await testEnv.rows(
    `insert into store.measured__values__closed
       (starts_at, value, change_id, closed_by, series_id, delivery_day)
     select starts_at, 0, 0, change_id, series_id, delivery_day from store.measured__values`,
  );
});
afterAll(() => testEnv.close());

const TABLES = ['values', 'values__closed', 'values__hourly', 'values__daily'] as const;

async function daysOf(table: string): Promise<string[]> {
  const rows = await testEnv.rows<{ day: string }>(
    `select distinct delivery_day as day from store.measured__${table} order by 1`,
  );
  return rows.map(({ day }) => day);
}

async function rowsOf(table: string): Promise<number> {
  const [{ rows } = { rows: 0 }] = await testEnv.rows<{ rows: number }>(
    `select count(*) as rows from store.measured__${table}`,
  );
  return rows;
}

describe('what is older than the dataset keeps', () => {
  test('goes by whole days, with its versions and rollups, once', async () => {
    const pinned = { dataset: limited.id, from: DAYS[0], to: DAYS[1], as_of: new Date().toISOString() };
    const pin = (await testEnv.post('/v1/pins', pinned)).json?.pin;
    const before = await testEnv.get(`/v1/data?dataset=${limited.id}&from=${DAYS[0]}&to=${DAYS[1]}`);
    const dropped = await dropOldValues(testEnv.database, limited.id);
    const keptFrom = dropped?.keptFrom ?? '';
    // A chunk has a week.
    expect(keptFrom <= addDays(today, -KEPT_DAYS)).toBe(true);
    expect(keptFrom > addDays(today, -KEPT_DAYS - 8)).toBe(true);
    const kept = DAYS.filter((day) => day >= keptFrom);
    for (const table of TABLES) expect(await daysOf(table)).toEqual(kept);
    const points = kept.reduce((sum, day) => {
      const { startMs, endMs } = dayInterval(day, limited.source.timeZone);
      return sum + (endMs - startMs) / 3_600_000;
    }, 0);
    expect(await rowsOf('values')).toBe(points);
    expect(dropped?.days).toBe(DAYS.length - kept.length);
    expect(await dropOldValues(testEnv.database, limited.id)).toBeUndefined();
    expect(await rowsOf('for_ever__daily')).toBe(DAYS.length);

    const known = { 'if-none-match': String(before.headers.etag) };
    const after = await testEnv.get(`/v1/data?dataset=${limited.id}&from=${DAYS[0]}&to=${DAYS[1]}`, known);
    expect(after.json).toMatchObject({
      data: [],
      meta: { coverage: { expected_points: 0, present_points: 0 } },
    });
    expect(pin).toBeDefined();
    expect((await testEnv.get(`/v1/data?pin=${pin}`)).status).toBe(409);
  });

  test('is named in the ledger, by coverage and in the catalogue', async () => {
    const day = (await testEnv.get(`/v1/datasets/${limited.id}/days/${DAYS[0]}`)).json;
    expect(day).toMatchObject({ state: 'complete', dropped_at: expect.any(String) });
    expect(day.summary).toContain('dropped');
    const range = `from=${DAYS[0]}&to=${DAYS.at(-1)}`;
    const { data } = (await testEnv.get(`/v1/datasets/${limited.id}/coverage?${range}`)).json;
    expect(data).toMatchObject([{ reason: 'dropped', points: 0 }]);
    const { first_day } = (await testEnv.get(`/v1/datasets/${limited.id}`)).json;
    expect(new Date(data[0].to).getTime()).toBe(dayInterval(first_day, limited.source.timeZone).startMs);
  });
});

test('what is old is compressed where the edition can; elsewhere its licence alone refuses', async () => {
  const [edition] = await testEnv.rows<{ licence: string }>(
    `select current_setting('timescaledb.license') as licence`,
  );
  const isCommunity = edition?.licence === 'timescale';
  const before = await testEnv.rows('select * from measured.for_ever order by series, starts_at');
  expect((await compressOldValues(testEnv.database, unlimited.id, 28)) > 0).toBe(isCommunity);
  expect(await testEnv.rows('select * from measured.for_ever order by series, starts_at')).toEqual(before);
  const admin = openDatabase({ url: testEnv.url, application: 'test', maxConnections: 1 });
  const results = await Promise.allSettled(
    [
      `alter table store.measured__values set (timescaledb.compress, timescaledb.compress_segmentby = 'series_id',
       timescaledb.compress_orderby = 'starts_at')`,
      `select compress_chunk(c, true) from show_chunks('store.measured__values', older_than => interval '1 day') c`,
    ].map((statement) => admin.query(statement)),
  );
  await admin.end();
  const licence = expect.stringMatching(/not supported under the current "apache" license/);
  for (const { status, reason } of results as PromiseRejectedResult[])
    expect([status, reason?.message]).toEqual(isCommunity ? ['fulfilled', undefined] : ['rejected', licence]);
});

test('a schedule asks for it each day, follows the catalogue, and leaves a pause alone', async () => {
  const served = await openTestEnvironment({ catalog: catalogOf([limited]) });
  const { schedule } = served.temporal.client;
  const handle = schedule.getHandle(maintenanceScheduleId(limited.id));
  await reconcileStorageSchedules(served.temporal, [limited]);
  await handle.pause('moving house');
  await reconcileStorageSchedules(served.temporal, [limited]);
  expect(await handle.describe()).toMatchObject({
    state: { paused: true, note: 'moving house' },
    spec: { intervals: [{ every: 86_400_000 }] },
  });
  await handle.unpause();
  await served.startWorker();
  await handle.trigger();
  const run = async () => (await handle.describe()).info.recentActions.at(-1)?.action.workflow;
  await expect.poll(run).toBeDefined();
  const { workflowId = '' } = (await run()) ?? {};
  expect(await served.temporal.client.workflow.getHandle(workflowId).result()).toMatchObject({
    dataset: limited.id,
    summary: 'nothing to do',
  });
  await reconcileStorageSchedules(served.temporal, []);
  await expect(handle.describe()).rejects.toThrow(ScheduleNotFoundError);
  await served.close();
});
