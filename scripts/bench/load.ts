/**
 * `npm run bench -- load`: a year of frequency, a point a second, against `psql \copy` of the same file into an identical keyed
 * hypertable; how much memory it takes, how long a second load takes, what the rollups save.
 * `npm run bench -- load --kill worker` (or `PostgreSQL`, `Temporal`, or several with commas): the process is killed in the middle of the load, and what is there
 * in the end is compared with an undisturbed load. `--series`: 200 series at 15 minutes and 10 at one second instead.
 * `--rows N` for a smaller file. Servers of its own, fsync on.
 */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { LoadProgress } from '../../domain/files/load.ts';
import { startLoad } from '../../temporal/loads.ts';
import { openSystem, queryOnce, type System } from '../../test/chaos/system.ts';
import { startApi } from './api-process.ts';
import { Beside, describeBeside, readRates } from './beside-load.ts';
import { benchSeries } from './load-series.ts';
import { LoadWorker } from './load-worker.ts';
import { median } from './workbench.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '31536000' },
    rounds: { type: 'string', default: '1' },
    kill: { type: 'string' },
    series: { type: 'boolean', default: false },
    concurrency: { type: 'string', default: '3' },
  },
});
const ROWS = Number(values.rows);
/** Seconds of one series, or many series. */
const DATASET = values.series ? 'swissgrid.stresstest-frequency' : 'swissgrid.volume-frequency';
/** Nobody's settings but these. */
const ALONE = { TIDEMARK_STATE_DIR: '/nowhere', TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml' };
const report = (line: string) => console.error(`${Math.round(performance.now() / 1000)} s · ${line}`);

console.log(
  `on ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.versions.node}\n`,
);
const system = await openSystem({}, report, { workers: 0 });
const file = join(system.folder, 'frequency.csv');
const { databaseUrl, temporalAddress, simulator, folder } = system;
const worker = new LoadWorker(databaseUrl, temporalAddress, simulator.url, join(folder, 'files'));
try {
  if (!values.series) makeFile();
  await endPolling(system);
  await worker.start();
  if (values.series) await manySeries(system);
  else if (values.kill) await killedInTheMiddle(system, values.kill.split(','));
  else await compare(system);
} finally {
  await worker.stop();
  await system.close();
}

function makeFile(): void {
  report(`${ROWS} lines are made.`);
  const made = ['--rows', `${ROWS}`, '--step', '1', '--from', '2023-01-01', '--seed', '7', '--out', file];
  execFileSync(process.execPath, ['--import', 'tsx/esm', 'scripts/generate-frequency.ts', ...made]);
}

/** Nothing else is to be done meanwhile. */
async function endPolling({ temporal: { client } }: System): Promise<void> {
  for await (const { scheduleId } of client.schedule.list())
    await client.schedule.getHandle(scheduleId).pause();
  for await (const { workflowId } of client.workflow.list({ query: `ExecutionStatus = 'Running'` }))
    await client.workflow
      .getHandle(workflowId)
      .terminate()
      .catch(() => undefined);
}

async function compare(system: System): Promise<void> {
  const copies: number[] = [];
  const loads: number[] = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    copies.push(await copySeconds(system.databaseUrl));
    report(`psql \\copy: ${copies.at(-1)?.toFixed(1)} s`);
    await empty(system.databaseUrl);
    const { seconds, progress } = await load(system);
    loads.push(seconds);
    report(`load: ${seconds.toFixed(1)} s: ${progress.summary}`);
  }
  const rate = (seconds: number) => `${Math.round(ROWS / seconds).toLocaleString('en')} rows/s`;
  console.log(`${ROWS.toLocaleString('en')} rows, ${values.rounds} round(s), medians`);
  console.log(`  psql \\copy       ${median(copies).toFixed(1)} s, ${rate(median(copies))}`);
  console.log(
    `  tidemark load    ${median(loads).toFixed(1)} s, ${rate(median(loads))}, hashing and registering included`,
  );
  console.log(`  ratio            ${(median(copies) / median(loads)).toFixed(2)} (target: 1.4)`);
  console.log(`  memory of worker ${worker.peakMemory()} MiB at most`);
  const again = await load(system);
  console.log(
    `  second load      ${again.seconds.toFixed(2)} s: ${again.progress.summary} (target: under 2 s)`,
  );
  await compareQueries(system.databaseUrl);
  console.log(`  sizes            ${JSON.stringify(await sizes(system.databaseUrl))}`);
  await compressed(system.databaseUrl);
  await beside(system);
}

/** What compression saves, on the Community edition; the values are then read once more. */
async function compressed(url: string): Promise<void> {
  const began = performance.now();
  const [done] = await queryOnce<{ chunks: number }>(
    url,
    `select ops.compress_old_values('${DATASET}', interval '28 days') as chunks`,
  );
  if (!done?.chunks) return console.log('  compressed       nothing: this is the Apache edition');
  const seconds = (performance.now() - began) / 1_000;
  const size = JSON.stringify(await sizes(url));
  console.log(`  compressed       ${done.chunks} chunks in ${seconds.toFixed(1)} s: ${size}`);
  await compareQueries(url);
}

/** Raw reads through the API, and what reads and live days take during a load: it is loaded once more. */
async function beside(system: System): Promise<void> {
  const api = await startApi(system.databaseUrl, ALONE);
  const others = new Beside(api.url, system.temporal, '2026-01-01');
  try {
    const month = `dataset=${DATASET}&from=2023-01-01&to=2023-01-31`;
    for (const [format, rate] of Object.entries(await readRates(api.url, month, Math.min(ROWS, 31 * 86_400))))
      console.log(`  a month as ${format.padEnd(7)} ${rate.toLocaleString('en')} rows/s through the API`);
    const before = await others.during(delay(15_000));
    await empty(system.databaseUrl);
    const during = await others.during(load(system));
    for (const line of describeBeside(before, during)) console.log(`  ${line}`);
  } finally {
    await others.close();
    await api.stop();
  }
}

async function manySeries(system: System): Promise<void> {
  const api = await startApi(system.databaseUrl, ALONE);
  const loadIt = async () => (await load(system)).seconds;
  try {
    await benchSeries({ databaseUrl: system.databaseUrl, apiUrl: api.url, rows: ROWS, file, load: loadIt });
  } finally {
    await api.stop();
  }
}

/** The keyed hypertable with its lineage, filled by defaults: psql has less to do than a loader that fills them. */
async function copySeconds(url: string): Promise<number> {
  await queryOnce(url, `drop table if exists bench_copy`);
  await queryOnce(
    url,
    `create table bench_copy (series_id int not null default 1, starts_at timestamptz not null, delivery_day date not null default '2023-01-01',
       value double precision, known_at timestamptz not null default now(), payload_id bigint not null default 1,
       primary key (series_id, starts_at))`,
  );
  const index = `create index on bench_copy using brin (delivery_day, starts_at) with (pages_per_range = 16, autosummarize = on)`;
  const extension = `(select extnamespace::regnamespace from pg_extension where extname = 'timescaledb')`;
  const [found] = await queryOnce<{ name: string }>(url, `select ${extension}::text as name`);
  await queryOnce(
    url,
    `select ${found?.name}.create_hypertable('bench_copy', 'starts_at', chunk_time_interval => interval '7 days', create_default_indexes => false)`,
  );
  await queryOnce(url, index);
  await queryOnce(url, 'checkpoint');
  const began = performance.now();
  execFileSync(
    'psql',
    [url, '-qc', `\\copy bench_copy (starts_at, value) from '${file}' with (format csv, delimiter ';')`],
    {
      env: { ...process.env, PGTZ: 'UTC' },
    },
  );
  const seconds = (performance.now() - began) / 1_000;
  await queryOnce(url, 'drop table bench_copy');
  return seconds;
}

async function empty(url: string): Promise<void> {
  await queryOnce(
    url,
    `truncate store.swissgrid__volume_frequency, store.swissgrid__volume_frequency__closed, store.swissgrid__volume_frequency__hourly,
       store.swissgrid__volume_frequency__daily`,
  );
  await queryOnce(
    url,
    `truncate ops.file, ops.load, ops.load_part, ops.finding, ops.change, ops.delivery_day, ops.payload, ops.decision, ops.batch_response cascade`,
  );
  await queryOnce(url, 'checkpoint');
}

async function load({ temporal }: System): Promise<{ seconds: number; progress: LoadProgress }> {
  const began = performance.now();
  const started = await startLoad(temporal, {
    dataset: DATASET,
    file,
    concurrency: Number(values.concurrency),
  });
  const progress = await started.result();
  return { seconds: (performance.now() - began) / 1_000, progress };
}

/** From the values and from the rollups, as a person would write it in SQL. */
async function compareQueries(url: string): Promise<void> {
  const questions = { day: 'daily', week: 'daily', month: 'daily', year: 'daily', hour: 'hourly' } as const;
  for (const [bucket, from] of Object.entries(questions)) {
    const plain = `select date_trunc('${bucket}', starts_at, 'Europe/Zurich') as at, avg(value), min(value), max(value) from swissgrid.volume_frequency group by 1`;
    const rolled = `select date_trunc('${bucket}', starts_at, 'Europe/Zurich') as at, sum(sum) / sum(count), min(min), max(max) from swissgrid.volume_frequency_${from} group by 1`;
    const [slow, quick] = [await timed(url, plain, 1), await timed(url, rolled, 5)];
    console.log(
      `  ${bucket.padEnd(6)} of the year  ${slow.toFixed(0)} ms from values, ${quick.toFixed(1)} ms from rollups: ${(slow / quick).toFixed(0)} times`,
    );
  }
}

async function timed(url: string, query: string, times: number): Promise<number> {
  const taken: number[] = [];
  for (let n = 0; n < times; n++) {
    const [row] = await queryOnce<{ 'QUERY PLAN': [{ 'Execution Time': number }] }>(
      url,
      `explain (analyze, timing off, format json) ${query}`,
    );
    taken.push(row?.['QUERY PLAN'][0]['Execution Time'] ?? Number.NaN);
  }
  return median(taken);
}

async function sizes(url: string): Promise<unknown> {
  const [row] = await queryOnce<Record<string, string>>(
    url,
    `select pg_size_pretty(sum(pg_total_relation_size(c.oid)) filter (where c.relkind = 'r')) as chunks,
       pg_size_pretty(sum(pg_relation_size(c.oid)) filter (where c.relkind = 'r')) as heap,
       pg_size_pretty(sum(pg_relation_size(c.oid)) filter (where c.relkind = 'i')) as indexes
     from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = '_timescaledb_internal'`,
  );
  return row;
}

/** All that a load writes, as one line that is other when a single row is. */
async function fingerprint(url: string): Promise<unknown> {
  const [row] = await queryOnce<Record<string, string>>(
    url,
    `select
       (select jsonb_build_array(count(*), sum(hashfloat8(value)::bigint), sum(extract(epoch from starts_at)::bigint), min(delivery_day), max(delivery_day)) from swissgrid.volume_frequency) as rows,
       (select jsonb_build_array(count(*), sum(count), sum(hashfloat8(sum)::bigint)) from swissgrid.volume_frequency_hourly) as hours,
       (select jsonb_build_array(count(*), sum(count), sum(hashfloat8(sum)::bigint)) from swissgrid.volume_frequency_daily) as days,
       (select jsonb_agg(jsonb_build_array(state, n, points) order by state) from (
          select state, count(*) as n, sum(present_points) as points from ops.delivery_day where dataset = '${DATASET}' group by state) s) as ledger,
       (select count(*) from ops.change where dataset = '${DATASET}') as changes, (select count(*) from swissgrid.volume_frequency_versions where known_to is not null) as closed,
       (select count(*) from ops.payload where dataset = '${DATASET}') as payloads,
       (select count(*) from ops.finding where dataset = '${DATASET}' and rule <> 'new_series') as findings`,
  );
  return row;
}

async function killedInTheMiddle(system: System, whats: readonly string[]): Promise<void> {
  const { seconds } = await load(system);
  const expected = JSON.stringify(await fingerprint(system.databaseUrl));
  report(`undisturbed: ${seconds.toFixed(1)} s, ${expected}`);
  for (const what of whats) await killed(system, what, { seconds, expected });
}

async function killed(
  system: System,
  what: string,
  undisturbed: { readonly seconds: number; readonly expected: string },
): Promise<void> {
  const { expected } = undisturbed;
  await empty(system.databaseUrl);
  const began = performance.now();
  const started = await startLoad(system.temporal, { dataset: DATASET, file });
  const half = () =>
    started.progress().then(
      ({ done }) => done >= ROWS / 2,
      () => false,
    );
  while (!(await half())) await delay(100);
  const killedAt = performance.now();
  if (what === 'worker') {
    await worker.kill();
    await worker.start();
  } else {
    const kind = what === 'Temporal' ? 'kill Temporal' : 'kill PostgreSQL';
    await system.disturb({ kind, afterMs: 0, pauseMs: 500, pick: 0 });
  }
  const before = (await progressOf(started)).done;
  while ((await progressOf(started)).done <= before) await delay(100);
  const resumed = (performance.now() - killedAt) / 1_000;
  const { summary } = await started.result();
  const seconds = (performance.now() - began) / 1_000;
  const found = JSON.stringify(await fingerprint(system.databaseUrl));
  console.log(`${what} killed at half of ${ROWS.toLocaleString('en')} rows`);
  console.log(
    `  undisturbed load ${undisturbed.seconds.toFixed(1)} s, this one ${seconds.toFixed(1)} s; the next range was written ${resumed.toFixed(1)} s after the kill`,
  );
  console.log(`  ${summary}`);
  console.log(
    `  what is there    ${found === expected ? 'exactly the rows of the undisturbed load' : `OTHER: ${found} instead of ${expected}`}`,
  );
  if (found !== expected) process.exitCode = 1;
}

async function progressOf(started: Awaited<ReturnType<typeof startLoad>>): Promise<LoadProgress> {
  for (;;) {
    const progress = await started.progress().catch(() => undefined);
    if (progress) return progress;
    await delay(100);
  }
}

rmSync(file, { force: true });
