/**
 * `npm run bench -- backfill`: what the platform costs on top of Temporal itself, and what an unchanged poll costs. Prints ratios of
 * medians measured alternately in one run, so that a noisy machine slows both sides.
 */

import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { storageOf } from '../../db/migration/storage.ts';
import { WHOLE_DAY } from '../../domain/dataset/pull.ts';
import { addDays, eachDay } from '../../domain/time/civil-day.ts';
import { deliveryInterval } from '../../domain/time/delivery-day.ts';
import { startBackfill } from '../../temporal/backfills.ts';
import { runDay } from '../../temporal/days.ts';
import { DATASET, median, openWorkbench, type Workbench } from './workbench.ts';

const DAYS = 60;
const ROUNDS = 5;
/** The default of a backfill; measured best on two cores for both sides. */
const CONCURRENCY = 16;

const bench = await openWorkbench();
try {
  await compareBackfill(bench);
  await unchangedPoll(bench);
} finally {
  await bench.close();
}

async function compareBackfill(workbench: Workbench): Promise<void> {
  const yardstick = await startYardstick(workbench);
  const nothing: number[] = [];
  const real: number[] = [];
  // The first round warms both sides up and does not count.
  for (let round = 0; round <= ROUNDS; round++) {
    await warmSource(workbench, round);
    const none = await seconds(() => yardstick.run(round));
    const some = await seconds(() => backfill(workbench, round));
    if (round === 0) continue;
    nothing.push(DAYS / none);
    real.push(DAYS / some);
  }
  await yardstick.stop();
  console.log(`backfill of ${DAYS} days, ${CONCURRENCY} at once, ${ROUNDS} rounds, medians`);
  console.log(`  three activities that do nothing  ${median(nothing).toFixed(1)} workflows/s`);
  console.log(`  ingestDay                         ${median(real).toFixed(1)} days/s`);
  console.log(
    `  ratio                             ${(median(real) / median(nothing)).toFixed(2)} (target: 0.8 or more)\n`,
  );
}

function rangeOf(round: number) {
  const from = addDays('2025-01-01', round * DAYS);
  return { dataset: DATASET, from, to: addDays(from, DAYS - 1) };
}

/** Lets the simulator make its days beforehand: making them is the source's work, not ours. */
async function warmSource({ catalog, simulator }: Workbench, round: number): Promise<void> {
  const dataset = catalog.get(DATASET);
  const { from, to } = rangeOf(round);
  for (const day of eachDay(from, to)) {
    const { path, query } = dataset.pull.request(deliveryInterval(dataset, day), WHOLE_DAY);
    await (await fetch(`${simulator.url}${path}?${new URLSearchParams(query)}`)).arrayBuffer();
  }
}

async function backfill({ temporal }: Workbench, round: number): Promise<void> {
  const range = { ...rangeOf(round), concurrency: CONCURRENCY };
  const { summary } = await (await startBackfill(temporal, range)).result();
  if (summary !== `${DAYS} of ${DAYS} days complete`) throw new Error(summary);
}

/** A worker of its own, beside the real one and as idle as that one is while the other is measured. */
async function startYardstick({ temporal, temporalAddress }: Workbench) {
  const connection = await NativeConnection.connect({ address: temporalAddress });
  const taskQueue = 'nothing';
  const nothing = async () => {};
  const worker = await Worker.create({
    connection,
    taskQueue,
    workflowsPath: fileURLToPath(new URL('nothing.ts', import.meta.url)),
    activities: { one: nothing, two: nothing, three: nothing },
  });
  const running = worker.run();
  return {
    run: (round: number) =>
      temporal.client.workflow.execute('nothingMany', {
        args: [DAYS, CONCURRENCY],
        taskQueue,
        workflowId: `nothing-${round}`,
      }),
    async stop() {
      worker.shutdown();
      await running;
      await connection.close();
    },
  };
}

async function unchangedPoll(workbench: Workbench): Promise<void> {
  const { simulator, temporal } = workbench;
  const days = Array.from({ length: 20 }, (_, i) => addDays('2026-01-01', i));
  const ask = async (day: string) =>
    (await runDay(temporal, { dataset: DATASET, day, wait: false })).result();
  for (const day of days) await ask(day);
  simulator.requests.clear();
  const before = await marks(workbench);
  for (const day of days) await ask(day);
  const after = await marks(workbench);
  const per = (n: number) => (n / days.length).toFixed(1);
  console.log(`an unchanged poll of a day, mean of ${days.length}`);
  console.log(`  requests           ${per(simulator.requests.counts().total)}`);
  console.log(`  observation rows   ${per(await rowsSince(workbench, before.transaction))} (target: 0)`);
  console.log(
    `  WAL                ${per(after.wal - before.wal)} bytes (everything the database wrote meanwhile)`,
  );
}

/** A transaction number and the position in the WAL. */
async function marks({ database }: Workbench): Promise<{ transaction: number; wal: number }> {
  const { rows } = await database.query<{ transaction: number; wal: number }>(
    `select pg_current_xact_id()::text::int as transaction,
       (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8 as wal`,
  );
  return rows[0] ?? { transaction: 0, wal: 0 };
}

/** Observation rows written by transactions from a number on. */
async function rowsSince({ database }: Workbench, transaction: number): Promise<number> {
  const { current, closed } = storageOf(DATASET);
  const { rows } = await database.query<{ count: number }>(
    `select (select count(*) from ${current} where xmin::text::bigint >= $1)
       + (select count(*) from ${closed} where xmin::text::bigint >= $1) as count`,
    [transaction],
  );
  return rows[0]?.count ?? Number.NaN;
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}
