/** Do backfills use what is reserved for live days, only while none of these needs it soon, and never more than the quota? */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { datasetPlaces } from '../../../config/datasets.ts';
import { catalogOf, loadCatalog } from '../../../datasets/catalog.ts';
import { type Database, openDatabase } from '../../../db/connection/client.ts';
import { notePoll } from '../../../db/queries/notify/incidents.ts';
import { takeSlot } from '../../../db/queries/operation/quota.ts';
import { URGENCY, type Urgency } from '../../../domain/workflow/urgency.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { DATASET } from '../../support/test-environment.ts';

const HOST = 'publicationtool.jao.eu';
const QUOTA = { requests: 10, windowMs: 60_000, reservedForLive: 4 };
const SHARE = QUOTA.requests - QUOTA.reservedForLive;
/** A slot is given out again a little later than the window. */
const HELD_MS = QUOTA.windowMs + 500;
const START_MS = Date.parse('2026-11-20T12:00:00Z');

let stored: TestDatabase;
let owner: pg.Client;
/** A session for which the clock of the database stands where the test sets it. */
let database: Database;
let nowMs = START_MS;

beforeAll(async () => {
  const dataset = (await loadCatalog(datasetPlaces())).get(DATASET);
  const { all } = catalogOf([{ ...dataset, source: { ...dataset.source, quota: QUOTA } }]);
  stored = await createTestDatabase(all);
  owner = new pg.Client({ connectionString: stored.url });
  await owner.connect();
  await owner.query(`
    create schema shifted;
    create table shifted.clock (at timestamptz);
    insert into shifted.clock values (now());
    create function shifted.clock_timestamp() returns timestamptz language sql volatile as $$ select at from shifted.clock $$;
    grant usage on schema shifted to public;
    grant select on shifted.clock to public;
    grant execute on all functions in schema shifted to public;`);
  const session = { search_path: 'shifted,pg_catalog,public' };
  database = openDatabase({
    url: stored.url,
    role: 'tidemark_writer',
    application: 'tidemark test',
    session,
  });
});
afterAll(async () => {
  await database.end();
  await owner.end();
  await stored.drop();
});
beforeEach(begin);

async function begin(): Promise<void> {
  await setClock(START_MS);
  await owner.query(`update ops.request_slot set free_at = '-infinity', taken_at = '-infinity'`);
  await owner.query('delete from ops.request_queue');
  await owner.query('delete from ops.poll');
}

async function setClock(atMs: number): Promise<void> {
  nowMs = atMs;
  await owner.query('update shifted.clock set at = $1', [new Date(atMs)]);
}

/** Whether it got a slot; a place in the queue is given back, as by a run that has ended. */
async function take(urgency: Urgency): Promise<boolean> {
  const { waitMs } = await takeSlot(database, HOST, { runId: randomUUID(), activityId: '1', urgency });
  if (waitMs > 0) await owner.query('delete from ops.request_queue');
  return waitMs === 0;
}

/** How many of some requests of backfills get a slot within a window. */
async function takenInAWindow(): Promise<number> {
  let taken = 0;
  for (const endMs = nowMs + QUOTA.windowMs; nowMs < endMs; await setClock(nowMs + 1_000))
    if (await take(URGENCY.backfill)) taken += 1;
  return taken;
}

const due = (inMs: number) => notePoll(database, DATASET, nowMs + inMs);

test.each([
  ['no poll has said when a live day is due', async () => {}, SHARE],
  ['a live day is due now', () => due(0), SHARE],
  ['a live day is due within the window', () => due(QUOTA.windowMs / 2), SHARE],
  ['the next live day is due in an hour', () => due(3_600_000), QUOTA.requests],
  ['nothing is due by polling', () => notePoll(database, DATASET), QUOTA.requests],
  ['what was due an hour ago was not polled: it is paused', () => due(-3_600_000), QUOTA.requests],
])('when %s', async (_, prepare, slots) => {
  await prepare();
  expect(await takenInAWindow()).toBe(slots);
});

test('a live day that waits gets the reserved slot that a backfill has used, as soon as it is free', async () => {
  await due(3_600_000);
  expect(await takenInAWindow()).toBe(QUOTA.requests);
  const asker = { runId: randomUUID(), activityId: '1', urgency: URGENCY.due };
  const { waitMs, beginsInMs } = await takeSlot(database, HOST, asker);
  await setClock(nowMs + Math.ceil(beginsInMs));
  // A backfill that comes at the same instant, and is asked first.
  const other = await takeSlot(database, HOST, {
    runId: randomUUID(),
    activityId: '1',
    urgency: URGENCY.backfill,
  });
  expect(other.waitMs).toBeGreaterThan(0);
  expect((await takeSlot(database, HOST, asker)).waitMs).toBe(0);
  expect(waitMs).toBeLessThan(HELD_MS);
});

test('whoever asks, and whenever live days are due: never above the quota, and live days find their slots', async () => {
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('ask' as const),
        urgency: fc.constantFrom<Urgency>(1, 2, 3, 4),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 40_000 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('due' as const),
        inMs: fc.integer({ min: -70_000, max: 900_000 }),
      }),
    },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 80 }), async (steps) => {
      await begin();
      const given: { atMs: number; live: boolean }[] = [];
      /** Since when a live day has been near without a break; slots that were lent before are back a window later. */
      let nearSinceMs = nowMs;
      let dueMs = Number.NEGATIVE_INFINITY;
      const recent = (live: boolean) =>
        given.filter((slot) => slot.live === live && nowMs - slot.atMs < HELD_MS);
      for (const each of steps) {
        if (each.kind === 'wait') await setClock(nowMs + each.ms);
        else if (each.kind === 'due') {
          dueMs = nowMs + each.inMs;
          await due(each.inMs);
        }
        const isNear =
          dueMs === Number.NEGATIVE_INFINITY || (dueMs >= nowMs - 600_000 && dueMs <= nowMs + HELD_MS);
        if (!isNear) nearSinceMs = Number.POSITIVE_INFINITY;
        else if (nearSinceMs === Number.POSITIVE_INFINITY) nearSinceMs = nowMs;
        if (each.kind !== 'ask') continue;
        const live = each.urgency <= URGENCY.due;
        const hadRoom = recent(true).length < QUOTA.reservedForLive;
        const hasSlot = await take(each.urgency);
        if (hasSlot) given.push({ atMs: nowMs, live });
        // What was lent before a live day came near is held for a window from then on.
        const isReserved = nowMs - nearSinceMs >= HELD_MS;
        if (isReserved) expect(recent(false).length).toBeLessThanOrEqual(SHARE);
        if (isReserved && live && hadRoom) expect(hasSlot).toBe(true);
      }
      for (const [n, { atMs }] of given.slice(QUOTA.requests).entries())
        expect(atMs - (given[n]?.atMs ?? 0)).toBeGreaterThan(QUOTA.windowMs);
    }),
    { numRuns: 40 },
  );
});
