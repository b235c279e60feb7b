/** Do several workers together write each day once and keep the source's quota, also when one is killed? */

import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { WorkflowFailedError } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requestWithinQuota } from '../../../activities/ingest/request-within-quota.ts';
import { datasetPlaces } from '../../../config/datasets.ts';
import { catalogOf, loadCatalog } from '../../../datasets/catalog.ts';
import type { Database } from '../../../db/connection/client.ts';
import { takeSlot } from '../../../db/queries/operation/quota.ts';
import { URGENCY, type Urgency } from '../../../domain/workflow/urgency.ts';
import { startBackfill } from '../../../temporal/backfills.ts';
import { failingSteps } from '../../../temporal/failing-steps.ts';
import { ALONE } from '../../support/alone.ts';
import { settingsOf } from '../../support/command.ts';
import { programOf, untilReady } from '../../support/program.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** A quota small enough that a test runs into it on a slow machine too, with the real one's proportions. */
const HOST = 'publicationtool.jao.eu';
const QUOTA = { requests: 20, windowMs: 6_000, reservedForLive: 2 };

/** A dataset of another source of the same host. */
const NORDIC = 'jao-nordic.max-net-positions';

/** Another request that asks for a slot for the first time. */
const take = ({ database }: TestEnvironment, urgency: Urgency) =>
  takeSlot(database, HOST, { runId: randomUUID(), activityId: '1', urgency });

async function smallQuotaCatalog(windowMs = QUOTA.windowMs) {
  const { get } = await loadCatalog(datasetPlaces());
  const quota = { ...QUOTA, windowMs };
  return catalogOf([DATASET, NORDIC].map(get).map((of) => ({ ...of, source: { ...of.source, quota } })));
}

describe('the quota', () => {
  let testEnv: TestEnvironment;
  beforeAll(async () => {
    const simulator = { quotaRequests: QUOTA.requests, quotaWindowMs: QUOTA.windowMs };
    testEnv = await openTestEnvironment({ simulator, catalog: await smallQuotaCatalog() });
  });
  afterAll(() => testEnv.close());

  test('is never exceeded by two workers, of which one is replaced on the way; no answer is 429', async () => {
    const [first] = [await testEnv.startWorker(), await testEnv.startWorker()];
    const range = { dataset: DATASET, from: '2026-07-01', to: '2026-08-29', concurrency: 30 };
    const backfill = await startBackfill(testEnv.temporal, range);
    await someWait();
    await expect.poll(async () => (await backfill.progress()).done).toBeGreaterThan(15);
    await first?.stop();
    await testEnv.startWorker();
    expect(await backfill.result()).toMatchObject({ summary: '60 of 60 days complete' });

    const { byStatus, greatestRequestedInWindow } = testEnv.simulator.requests.counts();
    // Two days with one request.
    expect(byStatus).toEqual({ 200: 30 });
    expect(greatestRequestedInWindow).toBeLessThanOrEqual(QUOTA.requests);
    // Backfills leave the reserved share alone, and come up against the rest.
    expect(await slotsUsed()).toBe(QUOTA.requests - QUOTA.reservedForLive);
  });

  /** How many slots of the host have ever been given out. */
  const slotsUsed = async () =>
    (await testEnv.rows(`select from ops.request_slot where host = $1 and free_at > '-infinity'`, [HOST]))
      .length;
  /** Some have come up against the quota: they wait. */
  const someWait = () =>
    expect.poll(() => testEnv.rows('select from ops.request_queue'), { interval: 50 }).not.toHaveLength(0);

  test('is one for two systems over one database, each with a Temporal server and datasets of its own', async () => {
    // The slots stay as the test before left them: the simulator counts its requests within the same window.
    testEnv.simulator.requests.clear();
    const { catalog, database, databaseUrl: url } = testEnv;
    const other = await openTestEnvironment({ catalog, stored: { database, url, drop: async () => {} } });
    other.redirectSource(testEnv.simulator.url);
    await other.startWorker();
    const range = { from: '2026-09-01', to: '2026-09-24', concurrency: 24 };
    const [one, two] = await Promise.all([
      startBackfill(testEnv.temporal, { dataset: DATASET, ...range }),
      startBackfill(other.temporal, { dataset: NORDIC, ...range }),
    ]);
    await someWait();
    expect(await one.result()).toMatchObject({ summary: '24 of 24 days complete' });
    expect(await two.result()).toMatchObject({ summary: '24 of 24 days complete' });
    const { byStatus, greatestRequestedInWindow } = testEnv.simulator.requests.counts();
    expect(byStatus).toEqual({ 200: 24 });
    expect(greatestRequestedInWindow).toBeLessThanOrEqual(QUOTA.requests);
    expect(await slotsUsed()).toBe(QUOTA.requests - QUOTA.reservedForLive);
    await other.close();
  });

  /** As if nothing had been requested, and nobody waited. */
  const forget = async () => {
    await testEnv.rows('delete from ops.request_queue');
    await testEnv.rows(`update ops.request_slot set free_at = '-infinity'`);
  };

  test('a slot that was given out while the process stood still is not used: others have counted on it', async () => {
    await forget();
    testEnv.simulator.requests.clear();
    let isFirst = true;
    // An answer of the database that arrives when its slot has gone by.
    const query = async (...args: Parameters<typeof testEnv.database.query>) => {
      const answer = await testEnv.database.query(...args);
      if (isFirst) await delay(450);
      isFirst = false;
      return answer;
    };
    const { source } = testEnv.catalog.get(DATASET);
    const needs = {
      database: { query } as Database,
      baseUrls: new Map([[source.id, testEnv.simulator.url]]),
    };
    const request = testEnv.catalog
      .get(DATASET)
      .pull.request(
        { startMs: Date.parse('2026-09-01T22:00:00Z'), endMs: Date.parse('2026-09-02T22:00:00Z') },
        { part: '', settings: {} },
      );
    await new MockActivityEnvironment().run(() =>
      requestWithinQuota(needs, source, { request, urgency: URGENCY.person }),
    );
    expect(testEnv.simulator.requests.counts().total).toBe(1);
    expect(await slotsUsed()).toBe(2);
  });
});

describe('a source that throttles all the same', () => {
  test('is not asked by those who had a slot already', async () => {
    // Slots are used up more slowly than a busy machine starts days.
    const testEnv = await openTestEnvironment({ catalog: await smallQuotaCatalog(4_000) });
    await testEnv.startWorker();
    const range = { dataset: DATASET, from: '2026-05-02', to: '2026-08-29', concurrency: 120 };
    const backfill = await startBackfill(testEnv.temporal, range);
    const waiting = async () => (await testEnv.rows('select from ops.request_queue')).length;
    await expect.poll(waiting).toBeGreaterThan(20);
    testEnv.simulator.faults.add({ name: 'status', code: 429, retryAfterS: 5, times: 1 });
    const requests = () => testEnv.simulator.requests.latest();
    const throttled = () => requests().find(({ status }) => status === 429);
    await expect.poll(throttled).toBeDefined();
    // The hold begins when a worker has heard the answer and told the others: by the database's clock, this machine's.
    const held = `select blocked_until - interval '5 s' as at from ops.quota where blocked_until > clock_timestamp()`;
    let heldAtMs = 0;
    const begin = async () => {
      heldAtMs = (await testEnv.rows<{ at: Date }>(held))[0]?.at.getTime() ?? 0;
      return heldAtMs;
    };
    await expect.poll(begin).toBeGreaterThan(0);
    // The first asks again after the wait that the source asked for.
    await expect.poll(() => Date.parse(requests().at(-1)?.time ?? '') - heldAtMs).toBeGreaterThan(5_000);
    // One that had made sure that it may ask just before may be under way for a while on a busy machine.
    const meanwhile = requests()
      .map(({ time }) => Date.parse(time) - heldAtMs)
      .filter((ms) => ms > 2_000 && ms < 4_900);
    expect(meanwhile).toEqual([]);
    await testEnv.temporal.client.workflow.getHandle(backfill.workflowId).cancel();
    await expect(backfill.result()).rejects.toThrow(WorkflowFailedError);
    await testEnv.close();
  });

  test('is left alone by everybody for a window', async () => {
    // A window that does not end while somebody looks.
    const testEnv = await openTestEnvironment({ catalog: await smallQuotaCatalog(120_000) });
    await testEnv.startWorker();
    testEnv.simulator.faults.add({ name: 'status', code: 429, times: 1 });
    const backfill = await startBackfill(testEnv.temporal, {
      dataset: DATASET,
      from: '2026-07-01',
      to: '2026-07-01',
    });
    await expect.poll(() => testEnv.simulator.requests.counts().byStatus[429]).toBe(1);
    // Another day asked for meanwhile waits for the source's sake.
    await expect.poll(async () => (await take(testEnv, URGENCY.person)).waitMs).toBeGreaterThan(10_000);
    expect((await backfill.progress()).done).toBe(0);
    const handle = testEnv.temporal.client.workflow.getHandle(backfill.workflowId);
    await handle.cancel();
    await expect(backfill.result()).rejects.toThrow(WorkflowFailedError);
    await testEnv.close();
  });
});

describe('a worker that is stopped', () => {
  test('leaves at once what only waits for its turn, and another one goes on with it', async () => {
    const testEnv = await openTestEnvironment({ catalog: await smallQuotaCatalog(10_000) });
    const worker = await testEnv.startWorker();
    const range = { dataset: DATASET, from: '2026-05-02', to: '2026-06-30', concurrency: 60 };
    const backfill = await startBackfill(testEnv.temporal, range);
    // Half of a backfill's slots are given at once, the others come one by one.
    await expect.poll(async () => (await backfill.progress()).done).toBeGreaterThan(8);
    await worker.stop();
    // What waits for its turn has not failed.
    expect(await failingSteps(testEnv.temporal)).toEqual([]);
    await testEnv.startWorker();
    expect(await backfill.result()).toMatchObject({ summary: '60 of 60 days complete' });
    // Nothing was requested twice for it.
    const requested = testEnv.simulator.requests.latest().map(({ window }) => window?.from);
    expect(requested).toEqual([...new Set(requested)]);
    await testEnv.close();
  });
});

describe('worker processes', () => {
  let testEnv: TestEnvironment;
  const processes: ChildProcess[] = [];
  beforeAll(async () => {
    testEnv = await openTestEnvironment({ simulator: { quotaRequests: 0 } });
  });
  afterAll(async () => {
    for (const child of processes) child.kill('SIGTERM');
    await Promise.all(processes.map(ended));
    await testEnv.close();
  });

  async function spawnWorker(): Promise<ChildProcess> {
    const { PATH = '', HOME = '' } = process.env;
    const child = spawn(process.execPath, programOf('test/support/impatient-worker'), {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: {
        ...{ PATH, HOME, ...ALONE },
        ...{ ...settingsOf(testEnv), LOG_LEVEL: 'error' },
      },
    });
    processes.push(child);
    await untilReady(child);
    return child;
  }

  test('two of three are killed in the middle: every day is written once and complete', async () => {
    const [first, second] = await Promise.all([spawnWorker(), spawnWorker(), spawnWorker()]);
    const backfill = await startBackfill(testEnv.temporal, {
      dataset: DATASET,
      from: '2026-03-20',
      to: '2026-04-18',
      concurrency: 8,
    });
    await expect.poll(async () => (await backfill.progress()).done).toBeGreaterThan(4);
    first.kill('SIGKILL');
    second.kill('SIGKILL');
    expect(await backfill.result()).toMatchObject({ summary: '30 of 30 days complete' });
    expect(
      await testEnv.rows(
        'select count(*) as changes, sum(new_points)::int as points, sum(revised_points)::int as revised from ops.change',
      ),
    ).toEqual([{ changes: 30, points: (30 * 24 - 1) * 132, revised: 0 }]);
    expect(
      await testEnv.rows('select count(*) from jao_core.max_exchanges_versions where known_to is not null'),
    ).toEqual([{ count: 0 }]);
  }, 400_000);

  test('SIGTERM lets a worker finish what it has begun, and it goes', async () => {
    const worker = await spawnWorker();
    worker.kill('SIGTERM');
    await ended(worker);
    expect(worker.exitCode).toBe(0);
  });

  function ended(child: ChildProcess): Promise<unknown> {
    return child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : once(child, 'exit');
  }
});
