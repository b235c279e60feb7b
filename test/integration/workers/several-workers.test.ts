/** Do several workers together write each day once and keep the source's quota, also when one is killed? */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { datasetPlaces } from '../../../config-datasets.ts';
import { catalogOf, loadCatalog } from '../../../datasets/catalog.ts';
import { mayRequest, type Slot, takeSlot } from '../../../db/queries/operation/quota.ts';
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
    expect(await slotsWaitedFor()).toBeGreaterThan(0);
  });

  /** How many slots of the host have ever been given out. */
  const slotsUsed = async () =>
    (await testEnv.rows(`select from ops.request_slot where host = $1 and free_at > '-infinity'`, [HOST]))
      .length;
  /** How many of them began later than they were asked for, the last time. */
  const slotsWaitedFor = async () =>
    (
      await testEnv.rows(
        `select from ops.request_slot s join ops.quota q using (host)
         where host = $1 and s.free_at - q.quota_window > s.taken_at + interval '50 ms'`,
        [HOST],
      )
    ).length;

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
    expect(await one.result()).toMatchObject({ summary: '24 of 24 days complete' });
    expect(await two.result()).toMatchObject({ summary: '24 of 24 days complete' });
    const { byStatus, greatestRequestedInWindow } = testEnv.simulator.requests.counts();
    expect(byStatus).toEqual({ 200: 24 });
    expect(greatestRequestedInWindow).toBeLessThanOrEqual(QUOTA.requests);
    expect(await slotsUsed()).toBe(QUOTA.requests - QUOTA.reservedForLive);
    expect(await slotsWaitedFor()).toBeGreaterThan(0);
    await other.close();
  });

  test('live polling has slots that a backfill cannot take', async () => {
    const backfillWaits = [];
    for (let n = 0; n < QUOTA.requests; n++)
      backfillWaits.push((await takeSlot(testEnv.database, HOST, false)).waitMs);
    expect(backfillWaits.at(-1)).toBeGreaterThan(0);
    expect(await takeSlot(testEnv.database, HOST, true)).toMatchObject({ waitMs: 0 });
    expect(await takeSlot(testEnv.database, HOST, true)).toMatchObject({ waitMs: 0 });
    expect((await takeSlot(testEnv.database, HOST, true)).waitMs).toBeGreaterThan(0);
  });

  test('a backfill gets half of its share at once and the rest evenly, so that its days do not all begin together', async () => {
    await testEnv.rows(`update ops.request_slot set free_at = '-infinity'`);
    const slots: Slot[] = [];
    const share = QUOTA.requests - QUOTA.reservedForLive;
    for (let n = 0; n < 3 * share; n++) slots.push(await takeSlot(testEnv.database, HOST, false));
    expect(slots.slice(0, Math.ceil(share / 2)).map(({ waitMs }) => waitMs)).toEqual(
      Array.from({ length: Math.ceil(share / 2) }, () => 0),
    );
    const starts = slots.map(({ startsAt }) => startsAt.getTime());
    const gaps = starts.slice(1).map((at, n) => at - (starts[n] ?? 0));
    // A slot is held for half a second longer than the window, so that one used late is still a window away.
    const spacing = (QUOTA.windowMs + 500) / share;
    expect(Math.min(...gaps.slice(Math.ceil(share / 2)))).toBeGreaterThan(spacing * 0.9);
    // Nothing of the quota is lost by it: from the second window on, a share goes out in each.
    const second = gaps.slice(share + 1);
    expect(second.reduce((sum, gap) => sum + gap, 0) / second.length).toBeLessThan(spacing * 1.05);
    await testEnv.rows(`update ops.request_slot set free_at = '-infinity'`);
  });

  test('a slot whose time has passed is not used: others have counted on it', async () => {
    const slot = {
      startsAt: (await testEnv.rows<{ now: Date }>('select clock_timestamp() as now'))[0]?.now ?? new Date(0),
    };
    expect(await mayRequest(testEnv.database, HOST, slot)).toBe(true);
    const before = { startsAt: new Date(slot.startsAt.getTime() - 1_000) };
    expect(await mayRequest(testEnv.database, HOST, before)).toBe(false);
  });

  test('any N+1 slots in a row span a whole window, however many ask at once', async () => {
    const slots = await Promise.all(Array.from({ length: 90 }, () => takeSlot(testEnv.database, HOST, true)));
    const sorted = slots.map(({ startsAt }) => startsAt.getTime()).toSorted((a, b) => a - b);
    for (let i = QUOTA.requests; i < sorted.length; i++) {
      expect((sorted[i] ?? 0) - (sorted[i - QUOTA.requests] ?? 0)).toBeGreaterThanOrEqual(QUOTA.windowMs);
    }
  });
});

describe('a source that throttles all the same', () => {
  test('is not asked by those who had a slot already', async () => {
    // Slots are used up more slowly than a busy machine starts days.
    const testEnv = await openTestEnvironment({ catalog: await smallQuotaCatalog(4_000) });
    await testEnv.startWorker();
    const range = { dataset: DATASET, from: '2026-05-02', to: '2026-08-29', concurrency: 120 };
    const backfill = await startBackfill(testEnv.temporal, range);
    // The window after the next is being given out: many days hold a slot and wait for its time.
    const given = `select max(free_at) > clock_timestamp() + interval '6 s' as far from ops.request_slot`;
    await expect.poll(async () => (await testEnv.rows(given))[0]).toEqual({ far: true });
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
    // By a clock far ahead no slot is too late.
    const anySlot = { startsAt: new Date(Date.now() + 86_400_000) };
    await expect.poll(() => mayRequest(testEnv.database, HOST, anySlot)).toBe(false);
    // Another day asked for meanwhile waits for the source's sake.
    expect((await takeSlot(testEnv.database, HOST, true)).waitMs).toBeGreaterThan(0);
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
    const failing = await failingSteps(testEnv.temporal);
    expect(failing.length).toBeGreaterThan(0);
    expect(new Set(failing.map(({ reason }) => reason))).toEqual(
      new Set(['The worker was stopped while this waited for its turn. It begins anew.']),
    );
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
