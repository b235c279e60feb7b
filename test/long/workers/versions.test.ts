/**
 * Workers with versions (WORKER_DEPLOYMENT), two at once, on a real server: what is open ends on the version that began it, what is new
 * begins on the current one, and a backfill goes over to it. The second version could not replay a run of the first. Operators'
 * commands are those of docs/operations.md.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { dayWorkflowId } from '../../../domain/workflow/ids.ts';
import { tryCommand } from '../../../scripts/start/machine/run-command.ts';
import { startBackfill, steerBackfill } from '../../../temporal/backfills.ts';
import { runDay } from '../../../temporal/days.ts';
import { workflowBundle } from '../../../workers/bundle.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';
import { codeWith, FIRST_STEP } from '../../support/workflow-variant.ts';

const deployment = 'tidemark';
/** At the simulated time this day is not published; the one before it is published. */
const OPEN_DAY = '2026-09-16';
const NEW_DAY = '2026-09-15';
const RANGE = { dataset: DATASET, from: '2026-07-01', to: '2026-07-24', concurrency: 2 };

let testEnv: TestEnvironment;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-versions-'));
  const simulator = { revisionShare: 0, quotaRequests: 0, now: '2026-09-15T07:00:00Z', clockRate: 0 };
  testEnv = await openTestEnvironment({ simulator, simulatedClock: true });
});
afterEach(async () => {
  await testEnv.close();
  await rm(folder, { recursive: true });
});

async function laterBundle() {
  const codePath = join(folder, 'workflows.js');
  await writeFile(codePath, await codeWith(`await sleep(1);\n    ${FIRST_STEP}`));
  return { codePath, buildId: 'later' };
}

/** As an operator types it. @returns what it says; undefined when it fails */
function temporal(...args: readonly string[]): Promise<string | undefined> {
  return tryCommand([inject('temporalBinary').path, ...args, '--address', testEnv.temporalAddress]);
}

function operate(verb: string, ...options: readonly string[]): Promise<string | undefined> {
  return temporal('worker', 'deployment', verb, '--deployment-name', deployment, ...options);
}

/** As soon as the server knows the workers of the version. */
async function makeCurrent(buildId: string): Promise<void> {
  await expect.poll(() => operate('set-current-version', '--build-id', buildId, '--yes')).toBeDefined();
}

async function described(workflowId: string, runId?: string) {
  const { raw, status } = await testEnv.temporal.client.workflow.getHandle(workflowId, runId).describe();
  const buildId = raw.workflowExecutionInfo?.versioningInfo?.deploymentVersion?.buildId;
  return { status: status.name, buildId };
}

async function looked(): Promise<void> {
  const state = () => testEnv.rows('select state from ops.delivery_day where day = $1', [OPEN_DAY]);
  await expect.poll(state).toEqual([{ state: 'awaiting' }]);
}

async function publish(): Promise<void> {
  testEnv.simulator.clock.set({ nowMs: Date.parse('2026-09-15T12:00:00Z'), rate: 0 });
  await testEnv.temporal.client.workflow.getHandle(dayWorkflowId(DATASET, OPEN_DAY)).signal('checkNow');
}

test('two versions at once: open runs stay, new ones begin on the current, a backfill goes over', async () => {
  const bundle = await workflowBundle();
  await testEnv.startWorker({ deployment, bundle });
  await makeCurrent(bundle.buildId);
  const open = await runDay(testEnv.temporal, { dataset: DATASET, day: OPEN_DAY, wait: true });
  await looked();
  const backfill = await startBackfill(testEnv.temporal, RANGE);
  await expect.poll(async () => (await backfill.progress()).done).toBeGreaterThan(2);
  await steerBackfill(testEnv.temporal, backfill.workflowId, 'pause', { reason: 'another version' });

  await testEnv.startWorker({ deployment, bundle: await laterBundle() });
  await makeCurrent('later');
  const begun = await runDay(testEnv.temporal, { dataset: DATASET, day: NEW_DAY, wait: true });
  expect(await begun.result()).toMatchObject({ state: 'complete' });
  expect(await described(begun.workflowId)).toEqual({ status: 'COMPLETED', buildId: 'later' });

  await steerBackfill(testEnv.temporal, backfill.workflowId, 'resume', {});
  expect((await backfill.result()).summary).toBe('24 of 24 days complete');
  const first = await described(backfill.workflowId, backfill.runId);
  expect(first).toEqual({ status: 'CONTINUED_AS_NEW', buildId: bundle.buildId });
  expect(await described(backfill.workflowId)).toEqual({ status: 'COMPLETED', buildId: 'later' });

  await publish();
  expect(await open.result()).toMatchObject({ state: 'complete' });
  expect(await described(open.workflowId)).toEqual({ status: 'COMPLETED', buildId: bundle.buildId });
}, 300_000);

test('switched on: a run that workers without versions began goes on with the current version; and off again', async () => {
  const before = await testEnv.startWorker();
  const open = await runDay(testEnv.temporal, { dataset: DATASET, day: OPEN_DAY, wait: true });
  await looked();
  const bundle = await workflowBundle();
  await testEnv.startWorker({ deployment, bundle });
  await makeCurrent(bundle.buildId);
  await before.stop();
  await publish();
  expect(await open.result()).toMatchObject({ state: 'complete' });
  expect(await described(open.workflowId)).toEqual({ status: 'COMPLETED', buildId: bundle.buildId });

  await testEnv.startWorker();
  await expect.poll(() => operate('set-current-version', '--unversioned', '--yes')).toBeDefined();
  const begun = await runDay(testEnv.temporal, { dataset: DATASET, day: NEW_DAY, wait: true });
  await begun.result();
  expect(await described(begun.workflowId)).toEqual({ status: 'COMPLETED', buildId: undefined });
}, 300_000);

test('a version is ramped before it is current, the one before drains, and a person moves a run that keeps it', async () => {
  const { codePath } = await workflowBundle();
  for (const buildId of ['first', 'second'])
    await testEnv.startWorker({ deployment, bundle: { codePath, buildId } });
  await makeCurrent('first');
  const open = await runDay(testEnv.temporal, { dataset: DATASET, day: OPEN_DAY, wait: true });
  await looked();
  const ramped = () => operate('set-ramping-version', '--build-id', 'second', '--percentage', '100', '--yes');
  await expect.poll(ramped).toBeDefined();
  const begun = await runDay(testEnv.temporal, { dataset: DATASET, day: NEW_DAY, wait: true });
  await begun.result();
  expect(await described(begun.workflowId)).toEqual({ status: 'COMPLETED', buildId: 'second' });
  await makeCurrent('second');
  await expect.poll(() => operate('describe-version', '--build-id', 'first')).toMatch(/draining/i);
  const moving = ['--workflow-id', open.workflowId, '--versioning-override-behavior', 'auto_upgrade'];
  expect(await temporal('workflow', 'update-options', ...moving)).toBeDefined();
  await publish();
  await open.result();
  expect(await described(open.workflowId)).toEqual({ status: 'COMPLETED', buildId: 'second' });
}, 300_000);
