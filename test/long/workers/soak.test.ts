/**
 * Does anything grow that should not? The short form of `npm run bench -- soak`: six simulated days with revisions, late days and
 * errors of the source, then polls that bring nothing new. In the end growth is planted, to see that it would be noticed.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PulledPoints } from '../../../domain/dataset/points.ts';
import type { DayState } from '../../../domain/days/ledger.ts';
import { nextCheckAt } from '../../../domain/days/polling.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import { dayWorkflowId } from '../../../domain/workflow/ids.ts';
import { queryOnce } from '../../chaos/system.ts';
import { byPolls, DATASET, poll, SOURCE, soak } from '../../soak/days.ts';
import { growing, lastThirds, middleOf } from '../../soak/flat.ts';
import { measure, type Sample } from '../../soak/measure.ts';
import { plantGrowth } from '../../soak/planted-growth.ts';
import { catalogWithoutQuota } from '../../support/catalog-without-quota.ts';
import { openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  const simulator = { ...SOURCE, quotaRequests: 0 };
  const catalog = await catalogWithoutQuota(DATASET);
  testEnv = await openTestEnvironment({ simulator, simulatedClock: true, catalog, workflowThread: true });
  await testEnv.startWorker();
});
afterAll(() => testEnv.close());

test('six days of polling, with revisions, late days and errors, leave nothing behind but rows', async () => {
  const samples = await soak(testEnv, { days: 6, pace: byPolls(8) });
  const [before, after] = lastThirds(samples);
  expect(growing(middleOf(before), middleOf(after))).toEqual([]);
}, 300_000);

test('an unchanged poll adds a row per run and per step that writes, and nothing else, in the tables or in memory', async () => {
  testEnv.simulator.faults.clear();
  standStillAt('18:00');
  // What went wrong in the days before is made good.
  await pollAgain();
  const before = await measure(testEnv);
  let runs = 0;
  for (let n = 0; n < 4; n++) runs += await pollAgain();
  const after = await measure(testEnv);
  expect.soft(runs).toBeGreaterThanOrEqual(4 * 30);
  expect.soft(rowsAdded(before, after)).toEqual({ 'ops.run': runs, 'ops.step': 2 * runs });
  expect.soft(growing(before, after)).toEqual([]);
  // Collected garbage leaves the heap within a megabyte of what it was; a quarter of the answers is several.
  const [heapBefore = Number.NaN, heapAfter = Number.NaN] = [before, after].map(
    (sample) => sample['heap MB'],
  );
  expect(heapAfter - heapBefore).toBeLessThan((await receivedMB(runs)) / 4);
}, 300_000);

test('growth of each kind would be named', async () => {
  const before = await measure(testEnv);
  const resetDay = await plantGrowth(testEnv, testEnv.databaseUrl);
  const after = await measure(testEnv);
  await resetDay();
  expect(growing(before, after)).toEqual([
    'heap MB',
    'resident MB',
    'workflows running',
    'clients in use',
    'connections',
    'listeners',
    'open handles',
    'longest history',
  ]);
}, 300_000);

test('a row too many would be told', async () => {
  const before = await measure(testEnv);
  await queryOnce(
    testEnv.databaseUrl,
    `insert into ops.finding (dataset, day, rule, severity, points, reason, found_at)
     select dataset, day, rule, severity, points, reason, found_at from ops.finding limit 1`,
  );
  expect(rowsAdded(before, await measure(testEnv))).toEqual({ 'ops.finding': 1 });
});

/** From now on the simulated clock shows this time of the day that it has come to. */
function standStillAt(time: string): void {
  const { clock } = testEnv.simulator;
  const day = new Date(clock.nowMs()).toISOString().slice(0, 10);
  clock.set({ nowMs: Date.parse(`${day}T${time}:00Z`), rate: 0 });
}

/** A poll for which every day is due again, since five minutes, up to the end of all that it started. @returns how many days it asked for. */
async function pollAgain(): Promise<number> {
  await letAllBeDue();
  const { started } = await poll(testEnv);
  const { client } = testEnv.temporal;
  await Promise.all(started.map((day) => client.workflow.getHandle(dayWorkflowId(DATASET, day)).result()));
  return started.length;
}

/** Days that were due for longer would have been missed, and be caught up on by a backfill. */
async function letAllBeDue(): Promise<void> {
  const dataset = testEnv.catalog.get(DATASET) as PulledPoints;
  const nowMs = testEnv.simulator.clock.nowMs();
  const known = await testEnv.rows<{ day: CivilDay; state: DayState }>(
    'select day::text as day, state from ops.delivery_day where dataset = $1',
    [DATASET],
  );
  const requested = known.flatMap(({ day, state }) => {
    const next = nextCheckAt(dataset, day, { day, state, lastRequestedMs: nowMs }, nowMs);
    return next === null
      ? []
      : `('${day}', timestamptz '${new Date(2 * nowMs - next - 300_000).toISOString()}')`;
  });
  await queryOnce(
    testEnv.databaseUrl,
    `with requested (day, at) as (values ${requested.join(', ')}),
     runs as (update ops.run r set started_at = least(started_at, at), finished_at = least(finished_at, at)
              from requested q where r.dataset = '${DATASET}' and r.day = q.day::date)
     update ops.delivery_day d set last_checked_at = at from requested q where d.dataset = '${DATASET}' and d.day = q.day::date`,
  );
}

/** Rows that were added, by table. */
function rowsAdded(before: Sample, after: Sample): Sample {
  const names = Object.keys(after).filter((name) => name.includes('.'));
  const added = names.map((name) => [name, (after[name] ?? 0) - (before[name] ?? 0)] as const);
  return Object.fromEntries(added.filter(([, count]) => count !== 0));
}

/** MB that the source has sent in the last runs. */
async function receivedMB(runs: number): Promise<number> {
  const [row] = await testEnv.rows<{ megabytes: number }>(
    `select sum(size_bytes)::float8 / 1e6 as megabytes from (select payload_id as id from ops.run order by id desc limit $1) r
     join ops.payload using (id)`,
    [runs],
  );
  return row?.megabytes ?? Number.NaN;
}
