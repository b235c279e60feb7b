/** Does the quota stay true when the database's clock is set forwards and back, and do processes follow that clock? */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { datasetPlaces } from '../../../config/datasets.ts';
import { catalogOf, loadCatalog } from '../../../datasets/catalog.ts';
import { type Database, openDatabase } from '../../../db/connection/client.ts';
import { DatabaseClock } from '../../../db/connection/database-clock.ts';
import { clocksSetBack, holdHost, takeSlot } from '../../../db/queries/operation/quota.ts';
import { URGENCY, type Urgency } from '../../../domain/workflow/urgency.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { DATASET } from '../../support/test-environment.ts';

const HOST = 'publicationtool.jao.eu';
const QUOTA = { requests: 20, windowMs: 2_000, reservedForLive: 2 };
/** A slot is given out again a little later than the window. */
const HELD_MS = QUOTA.windowMs + 500;
const DAY_S = 86_400;

let stored: TestDatabase;
let owner: pg.Client;
/** Sessions for which the clock of the database is what the test sets it to. */
let database: Database;

beforeAll(async () => {
  const dataset = (await loadCatalog(datasetPlaces())).get(DATASET);
  const { all } = catalogOf([{ ...dataset, source: { ...dataset.source, quota: QUOTA } }]);
  stored = await createTestDatabase(all);
  owner = new pg.Client({ connectionString: stored.url });
  await owner.connect();
  await owner.query(`
    create schema shifted;
    create table shifted.clock (seconds double precision);
    insert into shifted.clock values (0);
    create function shifted.clock_timestamp() returns timestamptz language sql volatile as
      $$ select pg_catalog.clock_timestamp() + seconds * interval '1 s' from shifted.clock $$;
    grant usage on schema shifted to public;
    grant select on shifted.clock to public;
    grant execute on all functions in schema shifted to public;`);
  const session = { search_path: 'shifted,pg_catalog,public' };
  const options = { url: stored.url, role: 'tidemark_writer', application: 'tidemark test' } as const;
  database = openDatabase({ ...options, session, maxConnections: 5 });
});
afterAll(async () => {
  await database.end();
  await owner.end();
  await stored.drop();
});
beforeEach(async () => {
  await setClock(0);
  await owner.query(`update ops.request_slot set free_at = '-infinity', taken_at = '-infinity'`);
  await owner.query('delete from ops.request_queue');
  await owner.query('update ops.quota set blocked_until = null, held_at = null, clock_set_back_at = null');
});

async function setClock(aheadSeconds: number): Promise<void> {
  await owner.query('update shifted.clock set seconds = $1', [aheadSeconds]);
}

/** How far the slot that is free last lies ahead, milliseconds. */
async function furthestMs(): Promise<number> {
  const { rows } = await database.query(
    'select extract(epoch from max(free_at) - clock_timestamp())::float8 * 1000 as ms from ops.request_slot',
  );
  return rows[0].ms;
}

const take = (urgency: Urgency = URGENCY.person) =>
  takeSlot(database, HOST, { runId: randomUUID(), activityId: '1', urgency });

async function takeAll(): Promise<void> {
  for (let n = 0; n < QUOTA.requests; n++) await take();
}

test('a day forwards and back: a slot waits for its window at most, and it is noted', async () => {
  await setClock(DAY_S);
  await takeAll();
  // One that waits, and is set back with the slots: it does not keep others waiting for a day.
  await take();
  await setClock(0);
  expect(await furthestMs()).toBeGreaterThan(80_000_000);
  expect((await take()).beginsInMs).toBeLessThanOrEqual(HELD_MS);
  expect(await furthestMs()).toBeLessThanOrEqual(2 * HELD_MS);
  const [found] = await clocksSetBack(database);
  expect(found).toMatchObject({ host: HOST, at: expect.any(Date) });
  expect(found?.seconds).toBeGreaterThan(DAY_S - 60);
});

test('a ban that was said meanwhile lasts as long as the source asked for', async () => {
  await setClock(DAY_S);
  await holdHost(database, HOST, 120_000);
  await setClock(0);
  const { beginsInMs } = await take();
  expect(beginsInMs).toBeGreaterThan(60_000);
  expect(beginsInMs).toBeLessThanOrEqual(120_000);
  expect(await clocksSetBack(database)).toHaveLength(1);
});

test('a ban that is longer than the window is kept when the clock stands', async () => {
  await holdHost(database, HOST, 3_600_000);
  const { beginsInMs, waitMs } = await take();
  expect(beginsInMs).toBeGreaterThan(3_500_000);
  expect(waitMs).toBe(120_000);
  await takeAll();
  expect((await take()).beginsInMs).toBeGreaterThan(3_500_000);
  expect(await clocksSetBack(database)).toEqual([]);
});

test('slots that lie a day ahead for whatever reason are moved back', async () => {
  await owner.query(`update ops.request_slot set free_at = clock_timestamp() + interval '1 day'`);
  expect((await take(URGENCY.backfill)).beginsInMs).toBeLessThanOrEqual(HELD_MS);
  expect(await furthestMs()).toBeLessThanOrEqual(2 * HELD_MS);
});

test.each([0.2, 1, 3, 3_600])('set back by %d s: N+1 slots in a row still span a window', async (seconds) => {
  const starts: number[] = [];
  /** Requests by a clock that is so far ahead; when they may be sent is told by one that stands. */
  const send = async (aheadSeconds: number) => {
    await setClock(aheadSeconds);
    await Promise.all(
      Array.from({ length: 15 }, async () => {
        const asker = { runId: randomUUID(), activityId: '1', urgency: URGENCY.person };
        for (;;) {
          const { waitMs } = await takeSlot(database, HOST, asker);
          if (waitMs === 0) break;
          await delay(waitMs);
        }
        starts.push(performance.now());
      }),
    );
  };
  await send(seconds);
  await send(0);
  const sorted = starts.toSorted((a, b) => a - b);
  const spans = sorted.slice(QUOTA.requests).map((at, n) => at - (sorted[n] ?? 0));
  expect(Math.min(...spans)).toBeGreaterThanOrEqual(QUOTA.windowMs);
});

test('a process follows the clock of the database: by a little never back, by more at once', async () => {
  const setBack: number[] = [];
  const measured: number[] = [];
  const watch = { setBack: (ms: number) => setBack.push(ms), measured: (ms: number) => measured.push(ms) };
  await setClock(DAY_S);
  const clock = await DatabaseClock.follow(database, watch);
  const aheadMs = () => clock.now().getTime() - Date.now();
  expect(aheadMs()).toBeLessThanOrEqual(DAY_S * 1_000);
  expect(aheadMs()).toBeGreaterThan(DAY_S * 1_000 - 60_000);
  expect(measured.at(-1)).toBeLessThan(-80_000_000);
  const before = clock.now();
  expect(clock.now() >= before).toBe(true);
  await setClock(0);
  await expect.poll(() => setBack.length).toBe(1);
  expect(setBack[0]).toBeGreaterThan(80_000_000);
  expect(aheadMs()).toBeLessThanOrEqual(0);
  expect(aheadMs()).toBeGreaterThan(-60_000);
  await clock.stop();
});
