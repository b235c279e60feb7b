/**
 * `npm run history`: the whole history of JAO Core in one backfill at the source's quota, with live days asked for beside
 * it. `npm run history -- --days 5000 --kill-every 30`: so many days without that quota, by `--workers`, of which one
 * is killed every so many seconds in turn, `--concurrency` days at once. Servers of its own; the time of each step is real.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';
import { datasetPlaces } from '../config-datasets.ts';
import { loadCatalog } from '../datasets/catalog.ts';
import { batchesOf } from '../domain/days/batches.ts';
import { addDays, type CivilDay, eachDay } from '../domain/time/civil-day.ts';
import { expectedPoints } from '../domain/time/delivery-day.ts';
import { startBackfill } from '../temporal/backfills.ts';
import { runDay } from '../temporal/days.ts';
import { DATASET } from '../test/chaos/phases.ts';
import { openSystem, queryOnce, type System } from '../test/chaos/system.ts';
import { median } from './median.ts';

const { values } = parseArgs({
  options: {
    days: { type: 'string' },
    'kill-every': { type: 'string', default: '0' },
    workers: { type: 'string', default: '2' },
    concurrency: { type: 'string', default: '16' },
  },
});
const logging = { filter: makeTelemetryFilterString({ core: 'ERROR' }) };
Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging } });
const report = (line: string) => console.error(`${Math.round(performance.now() / 1000)} s · ${line}`);

/** Fewer a minute than the quota reserves for live days, so that a wait is for the machine and not for the quota. */
const LIVE_EVERY_MS = 7_000;

const dataset = (await loadCatalog(datasetPlaces())).get(DATASET);
if (values.days) await loadMany(Number(values.days), Number(values['kill-every']), Number(values.workers));
else await loadAtQuota();

/** The history up to the day before yesterday; live days are the last ones, which are loaded beforehand. */
async function loadAtQuota(): Promise<void> {
  const today = new Date().toISOString().slice(0, 10);
  const live = eachDay(addDays(today, -6), addDays(today, -2));
  const to = addDays(today, -7);
  const system = await openSystem({ revisionShare: 0 }, report, { workers: 1 });
  try {
    const alone = await latencies(system, live, 40);
    report('The live share alone is measured; the history begins.');
    await nextWindow(system);
    const started = performance.now();
    const done = new AbortController();
    const backfill = await startBackfill(system.temporal, {
      dataset: DATASET,
      from: dataset.firstDay,
      to,
      days: 'all',
    });
    const beside = latencies(system, live, Number.POSITIVE_INFINITY, done.signal);
    const { summary, rows } = await backfill.result();
    const minutes = (performance.now() - started) / 60_000;
    done.abort();
    const days = eachDay(dataset.firstDay, to);
    const requests = batchesOf(dataset, days).length;
    const floor = floorMinutes(requests, dataset.source.quota.requests);
    const counts = system.simulator.requests.counts();
    console.log(`${summary}; ${rows} points in ${minutes.toFixed(2)} minutes`);
    console.log(`  requests for it       ${requests} (${days.length} days)`);
    console.log(
      `  floor of the quota    ${floor.toFixed(2)} minutes: ratio ${(minutes / floor).toFixed(2)} (target: 1.2)`,
    );
    console.log(
      `  requested in all      ${counts.total}, at most ${counts.greatestRequestedInWindow} a minute, ${counts.throttled} too many`,
    );
    await compareLive(alone, await beside);
    await historiesOf(system, backfill.workflowId);
  } finally {
    await system.close();
  }
}

/** What went before must not count: the quota is empty again. */
async function nextWindow({ simulator }: System): Promise<void> {
  await delay(dataset.source.quota.windowMs + 1_000);
  simulator.requests.clear();
}

/** Shortest time that the quota allows: each window takes so many requests, the last window begins when all before are over. */
function floorMinutes(requests: number, quota: number): number {
  return Math.floor((requests - 1) / quota);
}

/** Asks for live days again and again, as a person does. @returns milliseconds each took. */
async function latencies(
  { temporal }: System,
  days: readonly CivilDay[],
  times: number,
  signal?: AbortSignal,
): Promise<number[]> {
  const taken: number[] = [];
  for (let n = 0; n < times && !signal?.aborted; n++) {
    const began = performance.now();
    const day = days[n % days.length] ?? '';
    await (await runDay(temporal, { dataset: DATASET, day, wait: false })).result();
    taken.push(performance.now() - began);
    await delay(LIVE_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  return taken;
}

async function compareLive(alone: readonly number[], beside: readonly number[]): Promise<void> {
  const ms = (values: readonly number[], share: number) =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
  const line = (values: readonly number[]) =>
    `median ${median(values).toFixed(0)} ms, 90 % within ${ms(values, 0.9).toFixed(0)} ms, all within ${Math.max(...values).toFixed(0)} ms (${values.length} days)`;
  console.log(`  a live day alone      ${line(alone)}`);
  console.log(
    `  beside the backfill   ${line(beside)}: ratio of medians ${(median(beside) / median(alone)).toFixed(2)}`,
  );
}

async function historiesOf({ temporal }: System, workflowId: string): Promise<void> {
  const lengths: number[] = [];
  for await (const run of temporal.client.workflow.list({ query: `WorkflowId = '${workflowId}'` }))
    lengths.push(run.historyLength ?? 0);
  console.log(`  runs of the backfill  ${lengths.length}, longest history ${Math.max(...lengths)} events`);
}

/** Many days by workers that are killed in turn; every day must come out written once. */
async function loadMany(days: number, killEverySeconds: number, workers: number): Promise<void> {
  const to = addDays(dataset.firstDay, days - 1);
  const nowMs = Date.parse(`${addDays(to, 2)}T12:00:00Z`);
  const program = ['--import', 'tsx/esm', 'bench/history-worker.ts', String(nowMs - Date.now()), '100000'];
  const source = { revisionShare: 0, quotaRequests: 0, now: new Date(nowMs).toISOString() };
  const system = await openSystem(source, report, { workers, program });
  try {
    const started = performance.now();
    const backfill = await startBackfill(system.temporal, {
      ...{ dataset: DATASET, from: dataset.firstDay, to },
      concurrency: Number(values.concurrency),
    });
    const done = new AbortController();
    const killing = killInTurn(system, killEverySeconds, done.signal);
    const watching = setInterval(async () => {
      const progress = await backfill.progress().catch(() => undefined);
      if (progress) report(`${progress.done} of ${progress.total}, ${progress.daysPerMinute} days a minute`);
    }, 30_000);
    const { summary, rows } = await backfill.result();
    const minutes = (performance.now() - started) / 60_000;
    clearInterval(watching);
    done.abort();
    console.log(
      `${summary}; ${rows} points in ${minutes.toFixed(1)} minutes, ${await killing} workers killed`,
    );
    console.log(
      `  requests              ${system.simulator.requests.counts().total} (${batchesOf(dataset, eachDay(dataset.firstDay, to)).length} are needed)`,
    );
    await writtenOnce(system, to);
    await historiesOf(system, backfill.workflowId);
  } finally {
    await system.close();
  }
}

async function killInTurn({ workers }: System, everySeconds: number, signal: AbortSignal): Promise<number> {
  let kills = 0;
  while (everySeconds > 0 && !signal.aborted) {
    await delay(everySeconds * 1_000, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    await workers[kills % workers.length]?.kill(500);
    kills += 1;
  }
  return kills;
}

async function writtenOnce({ databaseUrl }: System, to: CivilDay): Promise<void> {
  const [row] = await queryOnce<Record<string, number>>(
    databaseUrl,
    `select (select count(*) from ops.delivery_day where state = 'complete')::int as complete,
       (select count(*) from ops.change)::int as changes, (select count(*) from ops.run)::int as runs,
       (select count(*) from jao_core.max_exchanges_versions)::int as versions,
       (select count(*) from jao_core.max_exchanges)::int as points,
       (select count(*) from ops.backfill_day where action <> 'skip' and outcome is distinct from 'complete')::int as not_as_planned`,
  );
  const expected = eachDay(dataset.firstDay, to).reduce(
    (sum, day) => sum + expectedPoints(dataset, day, 0),
    0,
  );
  console.log(`  written               ${JSON.stringify(row)}; ${expected} points are expected`);
}
