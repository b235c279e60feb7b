/**
 * Records the histories that the replay test replays: `npm run histories`. Each scenario is a workflow run on a real
 * server. A recorded history is never overwritten, because one made by today's code proves nothing about yesterday's: a
 * changed workflow gets a new scenario, and an old history goes only when no such run can be open anywhere any more.
 */
import { existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporal } from '@temporalio/proto';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { datasetPlaces } from '../../config/datasets.ts';
import { ROOT } from '../../config/installation.ts';
import { loadTracing } from '../../config/tracing/load.ts';
import { catalogOf, loadCatalog } from '../../datasets/catalog.ts';
import { insertErasure } from '../../db/queries/payloads/erasures.ts';
import { isPulledPoints } from '../../domain/dataset/dataset.ts';
import { RETRY_RULES, type RetryRules } from '../../domain/workflow/failures.ts';
import { backfillWorkflowId, dayWorkflowId } from '../../domain/workflow/ids.ts';
import { addReceiver, tryReceiver } from '../../notify/receivers.ts';
import { startBackfill } from '../../temporal/backfills.ts';
import { runDay } from '../../temporal/days.ts';
import { startErasure } from '../../temporal/erasures.ts';
import { startLoad } from '../../temporal/loads.ts';
import { startReceiver } from '../support/notify/receiver.ts';
import { event } from '../support/sample-events.ts';
import {
  DATASET,
  openTestEnvironment,
  type TestEnvironment,
  type TestWorker,
} from '../support/test-environment.ts';

/** Where files appear. */
const PLACE = join(tmpdir(), 'tidemark-capture-files');
const FOLDER = fileURLToPath(new URL('histories/', import.meta.url));

interface Run {
  readonly workflowId: string;
  readonly runId?: string;
}

const NOTIFYING = { receivers: { allowPrivate: true } };
/** A scenario may change them for a while. */
const rules: { -readonly [C in keyof RetryRules]: RetryRules[C] } = { ...RETRY_RULES };

let testEnv: TestEnvironment;
let worker: TestWorker;
beforeAll(async () => {
  const simulator = { revisionShare: 0, quotaRequests: 0, now: '2026-09-15T05:00:00Z', clockRate: 0 };
  testEnv = await openTestEnvironment({
    ...{ simulator, simulatedClock: true, catalog: await catalogWithoutQuota() },
    sourceSettings: new Map([['swissgrid', { SWISSGRID_FREQUENCY_FILES: PLACE }]]),
    ...{ ...NOTIFYING, retryRules: rules },
  });
  worker = await testEnv.startWorker();
});
afterAll(() => testEnv.close());

/** The quota would stretch the longest scenario to minutes; it is not what is recorded here. */
async function catalogWithoutQuota() {
  const { all } = await loadCatalog(datasetPlaces());
  const quota = { requests: 1_000, windowMs: 1_000, reservedForLive: 10 };
  return catalogOf(
    all.map((each) => (isPulledPoints(each) ? { ...each, source: { ...each.source, quota } } : each)),
  );
}

const day = async (on: string, wait = false): Promise<Run> => {
  const run = await runDay(testEnv.temporal, { dataset: DATASET, day: on, wait });
  await run.result().catch(() => {});
  return run;
};
const byHand = async (type: string, input: unknown, workflowId: string): Promise<Run> => {
  await testEnv.temporal.client.workflow
    .execute(type, { args: [input], taskQueue: 'tidemark', workflowId })
    .catch(() => {});
  return { workflowId };
};
/** Requests each day, also those that an earlier scenario has loaded. */
const backfill = async (from: string, to: string, concurrency = 3): Promise<Run> => {
  const run = await startBackfill(testEnv.temporal, { dataset: DATASET, from, to, concurrency, days: 'all' });
  await run.result();
  return run;
};

/** Five days of lines every hour, one of them without a value that can be read. */
const load = async (first: string, more: { maxRefused?: number }): Promise<Run> => {
  const startMs = Date.parse(`${first}T00:00:00Z`);
  const lines = Array.from({ length: 120 }, (_, n) => {
    const at = new Date(startMs + n * 3_600_000).toISOString();
    return `${at},${n === 50 ? '?' : 50 + n / 1_000}`;
  });
  const file = join(tmpdir(), `tidemark-capture-${first}.csv`);
  writeFileSync(file, `${lines.join('\n')}\n`);
  const changedAt = new Date(startMs);
  utimesSync(file, changedAt, changedAt);
  const run = await startLoad(testEnv.temporal, { dataset: 'swissgrid.stresstest-frequency', file, ...more });
  await run.result();
  return run;
};

/** Two looks with a minute and more between them: the second finds a file that can be loaded, and one that cannot. */
const look = async (): Promise<Run> => {
  rmSync(PLACE, { recursive: true, force: true });
  mkdirSync(PLACE);
  writeFileSync(join(PLACE, 'good.csv'), '2026-02-01T00:00:00Z,50\n2026-02-01T00:10:00Z,50.01\n');
  writeFileSync(join(PLACE, 'broken.zip'), 'PK\u0003\u0004 and no zip');
  const again = (workflowId: string) =>
    byHand('lookForFiles', { dataset: 'swissgrid.frequency' }, workflowId);
  await again('look-first');
  testEnv.simulator.clock.set({ nowMs: testEnv.simulator.clock.nowMs() + 120_000 });
  return await again('look-second');
};

/** Tells two receivers: one takes the message, one does not. */
async function tellTwo(): Promise<Run> {
  const receiver = await startReceiver();
  receiver.conduct = (_, count) => ({ status: count === 0 ? 410 : 200 });
  const settings = { allowPrivate: true };
  for (const name of ['desk', 'night']) {
    const wanted = {
      name,
      channel: 'webhook',
      address: receiver.url,
      datasets: null,
      createdBy: 'anna',
    } as const;
    const added = await addReceiver(testEnv.database, settings, wanted);
    if ('receiver' in added) await tryReceiver(testEnv.database, added.receiver, 'anna');
  }
  const run = await byHand('notify', {}, 'notify by hand');
  await receiver.close();
  return run;
}

/** Name, and how it comes about. */
const SCENARIOS: Readonly<Record<string, () => Promise<Run>>> = {
  'look-for-files': look,
  'maintain-storage': () => byHand('maintainStorage', { dataset: DATASET }, `maintenance:${DATASET}`),
  'ingest-day-complete': () => day('2026-09-01'),
  'ingest-day-unchanged': () => day('2026-09-01'),
  'ingest-day-refused': () => {
    testEnv.simulator.faults.add({ name: 'html-200', day: '2026-09-02' });
    return day('2026-09-02');
  },
  'ingest-day-failed': () => {
    testEnv.simulator.faults.add({ name: 'status', code: 404, day: '2026-09-03' });
    return day('2026-09-03');
  },
  'ingest-day-not-due': () => day('2026-09-25'),
  'ingest-day-wrong-input': () => byHand('ingestDay', { dataset: DATASET, day: 'x' }, 'wrong-input'),
  'ingest-day-by-hand-under-another-id': () =>
    byHand('ingestDay', { dataset: DATASET, day: '2026-09-04' }, 'by-hand'),
  'ingest-day-awaited-and-told-to-look': async () => {
    testEnv.simulator.clock.set({ nowMs: Date.parse('2026-09-15T07:01:00Z') });
    const { workflowId } = await startWaiting('2026-09-16');
    testEnv.simulator.clock.set({ nowMs: Date.parse('2026-09-15T08:45:00Z') });
    return await day('2026-09-16', true).then(() => ({ workflowId }));
  },
  'ingest-day-awaited-until-late': () => {
    testEnv.simulator.faults.add({ name: 'late', day: '2026-09-17', minutes: 1440 });
    testEnv.simulator.clock.set({ nowMs: Date.parse('2026-09-16T08:40:00Z'), rate: 1_200 });
    return day('2026-09-17', true);
  },
  'poll-dataset': async () => {
    testEnv.simulator.clock.set({ nowMs: Date.parse('2026-09-18T08:40:00Z'), rate: 0 });
    const run = await byHand('pollDataset', { dataset: DATASET }, 'poll');
    // Of the days before, which the scenarios after this one request too.
    const missed = backfillWorkflowId(DATASET, '2026-08-18', '2026-09-17');
    await testEnv.temporal.client.workflow.getHandle(missed).result();
    return run;
  },
  'backfill-with-bad-days': () => backfill('2026-08-31', '2026-09-06'),
  'backfill-with-a-cancelled-day': async () => {
    testEnv.simulator.faults.add({ name: 'status', code: 503, day: '2026-06-22' });
    const range = { dataset: DATASET, from: '2026-06-21', to: '2026-06-23' };
    const run = await startBackfill(testEnv.temporal, range);
    while ((await run.progress()).done < 2);
    await testEnv.temporal.client.workflow.getHandle(dayWorkflowId(DATASET, '2026-06-22')).cancel();
    await run.result();
    return run;
  },
  'decide-day-absent': async () => {
    const reason = 'exchange holiday';
    const decision = { dataset: DATASET, day: '2026-09-28', decision: 'absent', by: 'anna', reason };
    return byHand('decideDay', decision, 'decide-absent');
  },
  notify: tellTwo,
  'decide-day-wrong-input': () =>
    byHand('decideDay', { dataset: DATASET, day: '2026-09-28' }, 'decide-wrong'),
  'load-file': () => load('2023-01-10', {}),
  'load-file-known': () => load('2023-01-10', {}),
  'load-file-stopped': () => load('2023-02-10', { maxRefused: 0 }),
  'erase-person': async () => {
    const file = join(tmpdir(), 'capture-events.ndjson');
    const times = ['2026-09-01T10:00:00Z', '2026-09-02T10:00:00Z'];
    const events = times.flatMap((time, n) => [
      event({ id: `m${n}`, time, user_id: 'user-1' }),
      event({ id: `o${n}`, time, user_id: 'user-2' }),
    ]);
    writeFileSync(file, events.map((each) => JSON.stringify(each)).join('\n'));
    const dataset = 'checkout.events';
    await (await startLoad(testEnv.temporal, { dataset, file })).result();
    const wanted = { person: 'user-1', mentions: [], by: 'anna', reason: 'request 12', dryRun: false };
    const run = await startErasure(
      testEnv.temporal,
      dataset,
      await insertErasure(testEnv.database, { dataset, ...wanted }),
    );
    await run.result();
    return run;
  },
  // A shift that fails, another one because lines have arrived, then a person ends it.
  'drain-inbox-with-failed-shifts': async () => {
    const dataset = 'checkout.events';
    const workflowId = `drain:${dataset}`;
    const start = { args: [{ dataset }], taskQueue: 'tidemark', workflowId };
    rules.transient = { ...RETRY_RULES.transient, attempts: 1 };
    const owner = new pg.Client({ connectionString: testEnv.databaseUrl });
    await owner.connect();
    await owner.query('alter table ops.inbox rename to inbox_away');
    const handle = await testEnv.temporal.client.workflow.start('drainInbox', start);
    await handle.signal('arrived');
    await expect.poll(async () => (await handle.describe()).historyLength).toBeGreaterThan(17);
    await handle.cancel();
    await handle.result().catch(() => {});
    await owner.query('alter table ops.inbox_away rename to inbox');
    await owner.end();
    rules.transient = RETRY_RULES.transient;
    return { workflowId };
  },
  'drain-inbox-unknown-dataset': () => byHand('drainInbox', { dataset: 'nowhere' }, 'drain:nowhere'),
  rebuild: () => byHand('rebuild', { dataset: DATASET, from: '2026-08-31', to: '2026-09-04' }, 'rebuild'),
  'rebuild-dry-run': () =>
    byHand(
      'rebuild',
      { dataset: DATASET, from: '2026-08-31', to: '2026-09-04', dryRun: true, decoderOlderThan: 9 },
      'rebuild-dry',
    ),
  'backfill-joining-another': async () => {
    const other = startBackfill(testEnv.temporal, {
      dataset: DATASET,
      from: '2026-07-01',
      to: '2026-07-05',
      concurrency: 5,
    });
    const run = await backfill('2026-07-02', '2026-07-04', 3);
    await (await other).result();
    return run;
  },
  // 402 days: the run that replays is the second one, with what the first carried over.
  'backfill-continued-as-new': async () => {
    const { workflowId } = await backfill('2025-05-01', '2026-06-06', 40);
    return { workflowId };
  },
  'backfill-with-plan-and-batches': () => backfill('2026-05-01', '2026-05-05', 4),
  'ingest-day-from-a-batch': async () => {
    await backfill('2026-04-21', '2026-04-22', 2);
    return { workflowId: dayWorkflowId(DATASET, '2026-04-21') };
  },
  'backfill-steered': async () => {
    const range = {
      dataset: DATASET,
      from: '2026-04-01',
      to: '2026-04-08',
      days: 'all',
      paused: true,
    } as const;
    const run = await startBackfill(testEnv.temporal, range);
    const handle = testEnv.temporal.client.workflow.getHandle(run.workflowId);
    await expect.poll(() => handle.query('plan')).toBeDefined();
    await handle.executeUpdate('steer', {
      args: [{ concurrency: 3, order: 'oldest', stopAfterFailures: 5 }],
    });
    await handle.executeUpdate('skip', { args: [{ days: ['2026-04-03'], reason: 'known to be wrong' }] });
    await handle.signal('steer', { concurrency: 'many' });
    await handle.signal('resume');
    await run.result();
    return run;
  },
  'backfill-cancelled': async () => {
    testEnv.simulator.faults.add({ name: 'status', code: 503, day: '2026-03-22' });
    const range = {
      dataset: DATASET,
      from: '2026-03-21',
      to: '2026-03-23',
      days: 'all',
      concurrency: 1,
    } as const;
    const run = await startBackfill(testEnv.temporal, range);
    await expect.poll(async () => (await run.progress()).running).toContain('2026-03-22');
    await testEnv.temporal.client.workflow.getHandle(run.workflowId).cancel();
    await run.result().catch(() => {});
    return run;
  },
  'backfill-that-rebuilds': () =>
    byHand(
      'backfill',
      { dataset: DATASET, from: '2026-05-01', to: '2026-05-05', decoderOlderThan: 99 },
      'backfill-rebuilds',
    ),
  'backfill-with-plan-continued-as-new': async () => {
    const { workflowId } = await backfill('2024-02-01', '2025-03-10', 40);
    return { workflowId };
  },
  'ingest-day-traced': () => underTraces(() => day('2026-08-01')),
  'backfill-traced': () => underTraces(() => backfill('2026-08-02', '2026-08-05', 2)),
};

/** By a worker that traces; who takes the spans is nothing to histories. */
async function underTraces(run: () => Promise<Run>): Promise<Run> {
  await worker.stop();
  const nobody = { service: 'capture', warn: () => {} };
  const tracing = await loadTracing('http://127.0.0.1:9/v1/traces', nobody);
  const traced = await testEnv.startWorker({ tracing: tracing?.worker });
  const made = await run();
  await traced.stop();
  await tracing?.stop();
  worker = await testEnv.startWorker();
  return made;
}

async function startWaiting(on: string): Promise<Run> {
  const run = await runDay(testEnv.temporal, { dataset: DATASET, day: on, wait: true });
  const handle = testEnv.temporal.client.workflow.getHandle(dayWorkflowId(DATASET, on));
  for (;;) {
    const outcome = await handle.query<{ state: string } | undefined>('outcome');
    if (outcome?.state === 'awaiting') return run;
  }
}

for (const [name, run] of Object.entries(SCENARIOS)) {
  test(name, async () => {
    const file = `${FOLDER}${name}.v1.json`;
    const { workflowId, runId } = await run();
    if (existsSync(file)) return;
    // Without a run id: the latest run, which for a continued backfill is the second.
    const handle = testEnv.temporal.client.workflow.getHandle(
      workflowId,
      name.endsWith('as-new') ? undefined : runId,
    );
    const { History } = temporal.api.history.v1;
    const history = History.create(await handle.fetchHistory()).toJSON();
    // Stack traces have the paths of this machine.
    await writeFile(file, JSON.stringify({ workflowId, history }).replaceAll(ROOT, '/tidemark/'));
  }, 180_000);
}
