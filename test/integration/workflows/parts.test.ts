/** Are days that take several requests written part by part, and is silence judged within a part? */
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { catalogOf } from '../../../datasets/catalog.ts';
import { TASK_QUEUE } from '../../../domain/workflow/ids.ts';
import { startBackfill } from '../../../temporal/backfills.ts';
import { runDay } from '../../../temporal/days.ts';
import { startRebuild } from '../../../temporal/rebuilds.ts';
import type { pollDataset } from '../../../workflows/poll-dataset.ts';
import { createTestDatabase } from '../../support/database.ts';
import { openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';
import {
  KEY,
  notThere,
  published,
  rowOf,
  startZonePublisher,
  ZONES,
  type ZonePublisher,
  zoneDataset,
} from '../../support/zones.ts';

const { id } = zoneDataset;
const settings = new Map([[zoneDataset.source.id, { SAMPLE_ZONES: ZONES.join() } as Record<string, string>]]);
let publisher: ZonePublisher;
let testEnv: TestEnvironment;

beforeAll(async () => {
  publisher = await startZonePublisher();
  const catalog = catalogOf([zoneDataset]);
  const stored = await createTestDatabase(catalog.all);
  testEnv = await openTestEnvironment({ catalog, stored, sourceSettings: settings });
  testEnv.redirectSource(publisher.url);
  await testEnv.startWorker();
});
afterAll(async () => {
  await testEnv.close();
  await publisher.close();
});
beforeEach(() => {
  settings.set(zoneDataset.source.id, { SAMPLE_ZONES: ZONES.join(), SAMPLE_KEY: KEY });
  publisher.answers.clear();
  publisher.requests.length = 0;
});

async function ingest(day: string) {
  return await (await runDay(testEnv.temporal, { dataset: id, day, wait: false })).result();
}

const ledgerOf = (day: string) =>
  testEnv.rows('select state, expected_points, present_points, error from ops.delivery_day where day = $1', [
    day,
  ]);
const rowsOf = (day: string) =>
  testEnv.rows(
    `select series, starts_at, value, known_from, known_to from sample.zones_versions where delivery_day = $1
     order by 1, 2, 4`,
    [day],
  );
const countsOf = (day: string) =>
  testEnv.rows(
    'select series, count(*)::int as points from sample.zones where delivery_day = $1 group by 1 order by 1',
    [day],
  );
const findingsOf = (day: string) =>
  testEnv.rows(
    `select p.part, f.rule from ops.finding f join ops.payload p on p.id = f.payload_id
     where f.day = $1 and f.resolution = 'open' order by 1, 2`,
    [day],
  );

const withoutFirst: typeof published = (zone, from, to) => published(zone, from + 900_000, to);

const WHOLE = [
  { series: 'NORTH.price', points: 96 },
  { series: 'SOUTH.price', points: 24 },
  { series: 'WEST.price', points: 24 },
];

describe('without its key', () => {
  test('nothing is requested, and a run says which setting is missing', async () => {
    settings.set(zoneDataset.source.id, {});
    await expect(ingest('2026-09-01')).rejects.toMatchObject({
      cause: { type: 'CREDENTIAL_MISSING', message: expect.stringContaining('set SAMPLE_KEY') },
    });
    const polled = await testEnv.temporal.client.workflow.execute<typeof pollDataset>('pollDataset', {
      args: [{ dataset: id }],
      workflowId: 'poll-without-key',
      taskQueue: TASK_QUEUE,
    });
    expect(polled.started).toEqual([]);
    expect(publisher.requests).toEqual([]);
    expect(await ledgerOf('2026-09-01')).toEqual([]);
  });

  test('a wrong one is refused, and stands nowhere', async () => {
    settings.set(zoneDataset.source.id, { SAMPLE_ZONES: 'NORTH', SAMPLE_KEY: 'wrong-key' });
    await expect(ingest('2026-09-01')).rejects.toMatchObject({
      cause: { type: 'REQUEST_REFUSED', message: expect.stringContaining('unknown key …') },
    });
    const shown = inspect([
      await testEnv.rows('select * from ops.delivery_day'),
      await testEnv.rows('select * from ops.run'),
      testEnv.warnings(),
    ]);
    expect(shown).toContain('unknown key …');
    expect(shown).not.toContain('wrong-key');
  });
});

describe('a day', () => {
  test('is complete when every part is, each by its own steps', async () => {
    const outcome = await ingest('2026-09-02');
    expect(outcome).toMatchObject({ state: 'complete', expectedPoints: 144, presentPoints: 144 });
    expect(await countsOf('2026-09-02')).toEqual(WHOLE);
    expect(publisher.requests.toSorted()).toEqual([...ZONES]);
    expect(await findingsOf('2026-09-02')).toEqual(ZONES.map((part) => ({ part, rule: 'new_series' })));
    expect(
      await testEnv.rows('select part, expected_points from ops.payload where day = $1 order by 1', [
        '2026-09-02',
      ]),
    ).toEqual([
      { part: 'NORTH', expected_points: 96 },
      { part: 'SOUTH', expected_points: 24 },
      { part: 'WEST', expected_points: 24 },
    ]);
  });

  test('the same again writes nothing', async () => {
    const before = await rowsOf('2026-09-02');
    expect(await ingest('2026-09-02')).toMatchObject({ state: 'complete', newPoints: 0, revision: 0 });
    expect(await rowsOf('2026-09-02')).toEqual(before);
    expect(
      await testEnv.rows('select distinct seen_count from ops.payload where day = $1', ['2026-09-02']),
    ).toEqual([{ seen_count: 2 }]);
  });

  test('of which a part is not published yet is partial, then complete', async () => {
    publisher.answers.set('WEST', notThere);
    const state = { state: 'partial', expectedPoints: 96 + 24 + 96, presentPoints: 120 };
    expect(await ingest('2026-09-03')).toMatchObject(state);
    publisher.answers.clear();
    expect(await ingest('2026-09-03')).toMatchObject({ state: 'complete', presentPoints: 144 });
    expect(await countsOf('2026-09-03')).toEqual(WHOLE);
  });

  test('of which nothing is published yet awaits it', async () => {
    for (const zone of ZONES) publisher.answers.set(zone, notThere);
    expect(await ingest('2026-09-04')).toMatchObject({ state: 'late', presentPoints: 0 });
  });

  test('a 404 of another kind is a refusal', async () => {
    for (const zone of ZONES) publisher.answers.set(zone, () => ({ status: 404, body: 'no such table' }));
    await expect(ingest('2026-09-05')).rejects.toMatchObject({
      cause: { message: expect.stringContaining('3 of 3 requests failed: ') },
    });
  });
});

describe('what a part says', () => {
  const day = '2026-09-07';

  test('is compared with what it said before, and with no other part', async () => {
    publisher.answers.set('NORTH', withoutFirst);
    expect(await ingest(day)).toMatchObject({ state: 'partial', expectedPoints: 144, presentPoints: 143 });
    publisher.answers.set('SOUTH', (zone, from) => ({
      status: 200,
      body: JSON.stringify([rowOf(zone, from, 999)]),
    }));
    const outcome = await ingest(day);
    expect(outcome).toMatchObject({ newPoints: 0, revisedPoints: 1, presentPoints: 143 });
    expect(await findingsOf(day)).toEqual([
      { part: 'NORTH', rule: 'missing_intervals' },
      { part: 'SOUTH', rule: 'missing_intervals' },
      { part: 'SOUTH', rule: 'vanished' },
    ]);
  });

  test('is taken where another part is rejected, and the day says so until that one is mended', async () => {
    publisher.answers.set('NORTH', (zone, from, to) => ({
      ...published(zone, from, to),
      body: JSON.stringify([rowOf(zone, from + 900_000, 777)]),
    }));
    publisher.answers.set('SOUTH', () => ({ status: 200, body: '<html>out of order</html>' }));
    const outcome = await ingest(day);
    expect(outcome).toMatchObject({ state: 'quarantined', quarantinedPoints: 0, revisedPoints: 1 });
    expect(outcome.summary).toBe(
      `${day} is quarantined, a response was rejected; it had before: ${outcome.presentPoints} of 144 points; 1 revised`,
    );
    expect(await ingest(day)).toMatchObject({ state: 'quarantined', revisedPoints: 0 });
    publisher.answers.delete('SOUTH');
    expect((await ingest(day)).state).not.toBe('quarantined');
  });

  test('is written where another part fails, and the run names that one', async () => {
    publisher.answers.set('NORTH', () => ({ status: 400, body: 'no' }));
    publisher.answers.set('WEST', (zone, from, to) => ({
      ...published(zone, from, to),
      body: JSON.stringify([rowOf(zone, from, 1), rowOf(zone, from + 3_600_000, 2)]),
    }));
    await expect(ingest(day)).rejects.toMatchObject({
      cause: {
        type: 'REQUEST_REFUSED',
        message: expect.stringMatching(/^1 of 3 requests failed: NORTH: .*answered 400/),
      },
    });
    expect(await ledgerOf(day)).toMatchObject([{ error: expect.stringContaining('NORTH') }]);
    const west = (await rowsOf(day)) as { series: string; value: number }[];
    expect(west.filter(({ series }) => series === 'WEST.price').map(({ value }) => value)).toEqual(
      expect.arrayContaining([1, 2]),
    );
    publisher.answers.clear();
    expect(await ingest(day)).toMatchObject({ state: 'complete', presentPoints: 144 });
    expect(await ledgerOf(day)).toMatchObject([{ error: null }]);
  });

  test('comes to the same when the day is folded again', async () => {
    const before = [await rowsOf(day), await findingsOf(day), await ledgerOf(day)];
    const rebuilt = await (
      await startRebuild(testEnv.temporal, { dataset: id, from: day, to: day })
    ).result();
    expect(rebuilt).toMatchObject({ differing: 0, errors: {} });
    expect([await rowsOf(day), await findingsOf(day), await ledgerOf(day)]).toEqual(before);
  });
});

describe('a backfill', () => {
  test('asks once a part for adjacent days; a day that is not whole in it asks for itself', async () => {
    const [from, to] = ['2026-08-03', '2026-08-06'];
    const gap = Date.parse('2026-08-04T12:00:00Z');
    publisher.answers.set('SOUTH', (zone, start, end) => {
      const rows = JSON.parse(String(published(zone, start, end).body)) as [string, string, number][];
      const isBatch = end - start > 25 * 3_600_000;
      return {
        status: 200,
        body: JSON.stringify(rows.filter(([, at]) => !isBatch || Date.parse(at) !== gap)),
      };
    });
    const handle = await startBackfill(testEnv.temporal, { dataset: id, from, to, days: 'all' });
    expect((await handle.result()).outcomes).toEqual({ complete: [`${from}..${to}`] });
    expect(publisher.requests.toSorted()).toEqual(['NORTH', 'SOUTH', 'SOUTH', 'WEST']);
    expect(await countsOf('2026-08-04')).toEqual(WHOLE);
    expect(
      await testEnv.rows('select count(distinct batch_response_id)::int as answers from ops.payload'),
    ).toEqual([{ answers: 3 }]);
  });
});
