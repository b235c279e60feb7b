/**
 * Drill: Tidemark on Temporal's real server with PostgreSQL, as docker-compose.yml runs it: is everything registered in an empty one,
 * does a backfill lose nothing when the server is killed under it, and does its list answer every question that people ask?
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { datasetPlaces } from '../../config/datasets.ts';
import { ROOT } from '../../config/installation.ts';
import { loadCatalog } from '../../datasets/catalog.ts';
import { backfillWorkflowId } from '../../domain/workflow/ids.ts';
import { startBackfill } from '../../temporal/backfills.ts';
import { WorkerProcess } from '../chaos/worker-process.ts';
import { migrateAll, type Ran, settingsOf, tidemark } from '../support/command.ts';
import { createTestDatabase } from '../support/database.ts';
import { type TemporalOnPostgres, temporalOnPostgres } from '../support/temporal-postgres.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../support/test-environment.ts';

/** The server is built once. */
const BUILD_LIMIT_MS = 1_800_000;
const DAYS = 120;
const RANGE = { dataset: DATASET, from: '2026-05-01', to: '2026-08-28' } as const;
const BACKFILL = backfillWorkflowId(RANGE.dataset, RANGE.from, RANGE.to);

const folder = mkdtempSync(join(tmpdir(), 'tidemark-temporal-drill-'));
let temporal: TemporalOnPostgres;
let testEnv: TestEnvironment;
let worker: WorkerProcess | undefined;
let migrated: Ran;
beforeAll(async () => {
  temporal = await temporalOnPostgres(inject('adminUrl'));
  await temporal.start();
  const stored = await createTestDatabase((await loadCatalog(datasetPlaces())).all);
  const { address: temporalAddress } = temporal;
  migrated = await migrateAll({ DATABASE_URL: stored.url, TEMPORAL_ADDRESS: temporalAddress });
  testEnv = await openTestEnvironment({ stored, temporalAddress, simulator: { quotaRequests: 0 } });
}, BUILD_LIMIT_MS);
afterAll(async () => {
  await worker?.stop();
  await testEnv?.close();
  await temporal?.close();
  rmSync(folder, { recursive: true });
});

const count = async (query: string) => (await testEnv.temporal.client.workflow.count(query)).count;

test('one migration registers everything in an empty server', async () => {
  const { code, stdout } = migrated;
  expect(code).toBe(0);
  expect(stdout).toContain('namespace: made "default"');
  expect(stdout).toContain('search attributes: registered Dataset, DeliveryDay, DayState, BackfillId');
  const doctor = await tidemark(settingsOf(testEnv), 'doctor');
  for (const check of ['temporal', 'search attributes', 'waiting', 'schedules'])
    expect(doctor.stdout).toMatch(new RegExp(`^ok   ${check}:`, 'm'));
});

test('its list has schedules, and which of them are paused', async () => {
  const paused = async () => {
    const ids: string[] = [];
    const query = 'TemporalSchedulePaused = true';
    for await (const { scheduleId } of testEnv.temporal.client.schedule.list({ query })) ids.push(scheduleId);
    return ids;
  };
  expect(await paused()).toEqual([]);
  expect((await tidemark(settingsOf(testEnv), 'pause', DATASET, '--reason', 'drill')).code).toBe(0);
  await expect.poll(paused).toEqual([`poll:${DATASET}`]);
  expect((await tidemark(settingsOf(testEnv), 'resume', DATASET)).code).toBe(0);
  await expect.poll(paused).toEqual([]);
});

test('its list takes every query of the operator’s desk', async () => {
  const desk = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8');
  const rows = [...desk.matchAll(/^\| [^|`]+ \| `([A-Z]\w+ (?:!?=|IN|STARTS_WITH) .+)` \|$/gm)];
  expect(rows.length).toBeGreaterThan(12);
  for (const [, query = ''] of rows) expect(await count(query)).toBeGreaterThanOrEqual(0);
});

/** Polls of all datasets would take the quota of the source. */
async function stopPolling(): Promise<void> {
  const { schedule, workflow } = testEnv.temporal.client;
  for await (const { scheduleId } of schedule.list()) await schedule.getHandle(scheduleId).delete();
  for await (const { workflowId } of workflow.list({ query: `WorkflowType = 'pollDataset'` }))
    await workflow.getHandle(workflowId).terminate();
}

async function startWorker(): Promise<WorkerProcess> {
  const { databaseUrl, temporalAddress, simulator } = testEnv;
  const places = { databaseUrl, temporalAddress, sourceUrl: simulator.url };
  return await WorkerProcess.start({ ...places, logFile: join(folder, 'worker.log') });
}

const complete = async () =>
  (await testEnv.rows(`select from ops.delivery_day where dataset = $1 and state = 'complete'`, [DATASET]))
    .length;

test('a backfill goes on after its server was killed, and every day is complete', async () => {
  await stopPolling();
  worker = await startWorker();
  const backfill = await startBackfill(testEnv.temporal, { ...RANGE, concurrency: 10 });
  await expect.poll(complete).toBeGreaterThan(DAYS / 4);
  await temporal.kill();
  const atKill = await complete();
  expect(atKill).toBeLessThan(DAYS);
  const killedAt = Date.now();
  await temporal.start();
  const startedAt = Date.now();
  await expect.poll(complete, { timeout: 240_000 }).toBe(DAYS);
  console.log(
    `killed at ${atKill} of ${DAYS} days, there again after ${startedAt - killedAt} ms, all complete ${Date.now() - startedAt} ms later`,
  );
  expect((await backfill.result()).summary).toBe(`${DAYS} of ${DAYS} days complete`);
  expect(await testEnv.rows('select from ops.change where dataset = $1', [DATASET])).toHaveLength(DAYS);
  expect(worker.endedByItself).toEqual([]);
}, 400_000);

test('its list knows the days of the backfill by every search attribute', async () => {
  const days = `WorkflowType = 'ingestDay' AND BackfillId = '${BACKFILL}'`;
  await expect.poll(() => count(`${days} AND DayState = 'complete'`)).toBe(DAYS);
  expect(await count(`${days} AND DeliveryDay BETWEEN '2026-05-01' AND '2026-05-31'`)).toBe(31);
  expect(await count(`${days} AND Dataset != '${DATASET}'`)).toBe(0);
  await expect.poll(() => count(`WorkflowType = 'backfill' AND ExecutionStatus = 'Running'`)).toBe(0);
});
