/** Who gets the next slot of a source's quota, and does the quota hold however many ask at once? With workers: test/long/workers. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { datasetPlaces } from '../../../config/datasets.ts';
import { catalogOf, loadCatalog } from '../../../datasets/catalog.ts';
import type { Database } from '../../../db/connection/client.ts';
import { takeSlot } from '../../../db/queries/operation/quota.ts';
import { URGENCY, type Urgency } from '../../../domain/workflow/urgency.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { DATASET } from '../../support/test-environment.ts';

/** A quota small enough that a test runs into it on a slow machine too, with the real one's proportions. */
const HOST = 'publicationtool.jao.eu';
const QUOTA = { requests: 20, windowMs: 6_000, reservedForLive: 2 };

let stored: TestDatabase;
let database: Database;
beforeAll(async () => {
  const dataset = (await loadCatalog(datasetPlaces())).get(DATASET);
  stored = await createTestDatabase(
    catalogOf([{ ...dataset, source: { ...dataset.source, quota: QUOTA } }]).all,
  );
  ({ database } = stored);
});
afterAll(() => stored.drop());
// As if nothing had been requested, and nobody waited.
beforeEach(async () => {
  await rows('delete from ops.request_queue');
  await rows(`update ops.request_slot set free_at = '-infinity'`);
});

const rows = async (statement: string, values: readonly unknown[] = []) =>
  (await database.query(statement, [...values])).rows;
/** Another request that asks for a slot for the first time. */
const take = (urgency: Urgency) =>
  takeSlot(database, HOST, { runId: randomUUID(), activityId: '1', urgency });

test('live polling has slots that a backfill cannot take', async () => {
  const backfills = [];
  for (let n = 0; n < QUOTA.requests; n++) backfills.push((await take(URGENCY.backfill)).waitMs);
  expect(backfills.at(-1)).toBeGreaterThan(0);
  expect(await take(URGENCY.due)).toMatchObject({ waitMs: 0 });
  expect(await take(URGENCY.person)).toMatchObject({ waitMs: 0 });
});

test('a backfill gets half of its share at once and the rest evenly, so that its days do not all begin together', async () => {
  const share = QUOTA.requests - QUOTA.reservedForLive;
  const turns = [];
  for (let n = 0; n < 3 * share; n++) {
    const askedMs = performance.now();
    turns.push({ askedMs, ...(await take(URGENCY.backfill)) });
  }
  const half = Math.ceil(share / 2);
  expect(turns.slice(0, half).map(({ waitMs }) => waitMs)).toEqual(Array.from({ length: half }, () => 0));
  const starts = turns.map(({ askedMs, beginsInMs }) => askedMs + beginsInMs);
  const gaps = starts.slice(1).map((at, n) => at - (starts[n] ?? 0));
  // A slot is held for half a second longer than the window, so that one used late is still a window away.
  const spacing = (QUOTA.windowMs + 500) / share;
  expect(Math.min(...gaps.slice(half))).toBeGreaterThan(spacing * 0.8);
  // Nothing of the quota is lost by it: from the second window on, a share goes out in each.
  const second = gaps.slice(share + 1);
  expect(second.reduce((sum, gap) => sum + gap, 0) / second.length).toBeLessThan(spacing * 1.05);
});

test('the next slot is for whoever is most urgent, and among equals for who has waited longest', async () => {
  const asker = (urgency: Urgency) => ({ runId: randomUUID(), activityId: '1', urgency });
  while ((await take(URGENCY.person)).waitMs === 0);
  await rows('delete from ops.request_queue');
  const waiting = [4, 3, 2, 1, 4, 3, 2, 1].map((urgency) => asker(urgency as Urgency));
  for (const each of waiting) await takeSlot(database, HOST, each);
  const order = [3, 7, 2, 6, 1, 5, 0, 4];
  const ahead = [];
  for (const n of order) ahead.push((await takeSlot(database, HOST, waiting[n] ?? asker(1))).ahead);
  expect(ahead).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  // One slot is free: only the first may have it, whoever asks before.
  await rows(
    `update ops.request_slot set free_at = '-infinity'
     where slot = (select max(slot) from ops.request_slot where host = $1) and host = $1`,
    [HOST],
  );
  const granted = [];
  for (const n of order.toReversed())
    granted.push((await takeSlot(database, HOST, waiting[n] ?? asker(1))).waitMs === 0);
  expect(granted).toEqual([false, false, false, false, false, false, false, true]);
});

test('whoever does not come for its turn keeps nobody waiting', async () => {
  while ((await take(URGENCY.person)).waitMs === 0);
  await rows('delete from ops.request_queue');
  const { ahead } = await take(URGENCY.person);
  expect(ahead).toBe(0);
  expect((await take(URGENCY.due)).ahead).toBe(1);
  await rows(`update ops.request_queue set back_at = clock_timestamp() - interval '1.1 s' where urgency = 1`);
  expect((await take(URGENCY.due)).ahead).toBe(1);
  await rows(`delete from ops.request_queue where urgency = 2`);
  expect((await take(URGENCY.due)).ahead).toBe(0);
});

test('any N+1 requests in a row span a whole window, however many ask at once', async () => {
  const sent: number[] = [];
  const send = async () => {
    const asker = { runId: randomUUID(), activityId: '1', urgency: URGENCY.person };
    for (;;) {
      const { waitMs } = await takeSlot(database, HOST, asker);
      if (waitMs === 0) break;
      await delay(waitMs);
    }
    sent.push(performance.now());
  };
  await Promise.all(Array.from({ length: 45 }, send));
  const sorted = sent.toSorted((a, b) => a - b);
  for (let i = QUOTA.requests; i < sorted.length; i++) {
    expect((sorted[i] ?? 0) - (sorted[i - QUOTA.requests] ?? 0)).toBeGreaterThanOrEqual(QUOTA.windowMs);
  }
});
