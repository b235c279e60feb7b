/**
 * `npm run bench:host -- --days 365 --window 60`: a backfill of every dataset of points of one host at once, against the floor that
 * its quota sets, while live days are asked for. Prints how long the backfills took, and how long live days did beside and after them.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { catalogOf, loadCatalog } from '../datasets/catalog.ts';
import { hostOf } from '../domain/dataset/facts.ts';
import { addDays } from '../domain/time/civil-day.ts';
import { startBackfill } from '../temporal/backfills.ts';
import { runDay } from '../temporal/days.ts';
import { median } from './median.ts';
import { DATASET, openWorkbench, type Workbench } from './workbench.ts';

const { values } = parseArgs({
  options: { days: { type: 'string', default: '365' }, window: { type: 'string', default: '60' } },
});
const days = Number(values.days);
const windowMs = Number(values.window) * 1_000;
const TO = '2026-10-31';
const FROM = addDays(TO, 1 - days);
/** Asked for one after the other beside the backfills; none is in their range. */
const LIVE = Array.from({ length: 6 }, (_, i) => addDays('2026-11-02', i));

const all = await loadCatalog();
const { source } = all.get(DATASET);
const quota = { ...source.quota, windowMs };
const datasets = all.datasets
  .filter((dataset) => hostOf(dataset.source) === hostOf(source))
  .map((dataset) => ({ ...dataset, source: { ...dataset.source, quota } }));
const bench = await openWorkbench({
  catalog: catalogOf(datasets),
  simulator: { quotaRequests: quota.requests, quotaWindowMs: windowMs, now: '2026-11-20T12:00:00Z' },
  simulatedClock: true,
});
try {
  await run(bench);
} finally {
  await bench.close();
}

async function run({ temporal, simulator }: Workbench): Promise<void> {
  const began = performance.now();
  const beganCpu = process.cpuUsage();
  const backfills = await Promise.all(
    datasets.map(({ id }) => startBackfill(temporal, { dataset: id, from: FROM, to: TO })),
  );
  const ended = Promise.all(backfills.map((backfill) => backfill.result()));
  // Once the backfills wait for the quota.
  await sleep(Math.min(windowMs, 20_000));
  const beside = await live(temporal, LIVE.slice(0, 3));
  const results = await ended;
  const seconds = (performance.now() - began) / 1_000;
  const { user, system } = process.cpuUsage(beganCpu);
  const after = await live(temporal, LIVE.slice(3));
  const { byStatus, greatestRequestedInWindow } = simulator.requests.counts();
  const requests = Object.values(byStatus).reduce((sum, count) => sum + count, 0) - LIVE.length;
  const floor = (requests * windowMs) / quota.requests / 1_000;
  console.log(
    `${datasets.length} datasets, ${days} days each: ${results.map(({ summary }) => summary)[0]}, …`,
  );
  console.log(`requests                  ${requests}, by status ${JSON.stringify(byStatus)}`);
  console.log(`most in a window          ${greatestRequestedInWindow} (allowed ${quota.requests})`);
  console.log(
    `backfills                 ${seconds.toFixed(0)} s, floor ${floor.toFixed(0)} s: ${(seconds / floor).toFixed(2)} × (target: 1.2)`,
  );
  console.log(
    `processor of this process ${((user + system) / 1e6).toFixed(0)} s (worker, simulator and this program)`,
  );
  console.log(`a live day beside, after  ${median(beside).toFixed(0)} ms, ${median(after).toFixed(0)} ms`);
}

async function live(temporal: Workbench['temporal'], of: readonly string[]): Promise<number[]> {
  const times: number[] = [];
  for (const day of of) {
    const began = performance.now();
    await (await runDay(temporal, { dataset: DATASET, day, wait: false })).result();
    times.push(performance.now() - began);
  }
  return times;
}
