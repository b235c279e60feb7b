/**
 * Can workers of two versions of the workflow code work on the same days together, as in a rolling upgrade? The rule is
 * docs/testing.md#histories: a release that knows the change, then one that makes it.
 */
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../activities/dependencies.ts';
import { createActivities } from '../../../activities/index.ts';
import { eachDay } from '../../../domain/time/civil-day.ts';
import { dayWorkflowId, sourceQueue, TASK_QUEUE } from '../../../domain/workflow/ids.ts';
import { startBackfill } from '../../../temporal/backfills.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';
import { codeWith, FIRST_STEP } from '../../support/workflow-variant.ts';

const makes = `if (patched('look-twice')) await sleep(1);\n    ${FIRST_STEP}`;
const knows = `if (workflowInfo().unsafe.isReplaying && patched('look-twice')) await sleep(1);\n    ${FIRST_STEP}`;

const RANGE = ['2026-09-01', '2026-09-12'] as const;

let testEnv: TestEnvironment;
const stops: (() => Promise<void>)[] = [];
beforeEach(async () => {
  testEnv = await openTestEnvironment({ simulator: { quotaRequests: 0 } });
});
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
  await testEnv.close();
});

/** By first step: a bundle takes seconds. */
const variants = new Map<string, Promise<string>>();

/** The workflow bundle of a copy of today's code with another first step. */
function variant(firstStep: string): Promise<string> {
  const known = variants.get(firstStep) ?? codeWith(firstStep);
  variants.set(firstStep, known);
  return known;
}

/** A worker that remembers no workflow: each of its tasks replays the history, whoever made it. */
async function startWorker(code: string): Promise<void> {
  const { catalog, database, simulator, temporalAddress: address } = testEnv;
  const baseUrls = new Map(catalog.datasets.map(({ source }) => [source.id, simulator.url]));
  const connection = await NativeConnection.connect({ address });
  const activities = createActivities({ catalog, database, baseUrls, clock: systemClock });
  const ofWorkflows = { workflowBundle: { code }, maxCachedWorkflows: 0 };
  const workers = [
    await Worker.create({ connection, activities, taskQueue: TASK_QUEUE, ...ofWorkflows }),
    await Worker.create({ connection, activities, taskQueue: sourceQueue(DATASET) }),
  ];
  const running = Promise.all(workers.map(async (worker) => await worker.run()));
  stops.push(async () => {
    for (const worker of workers) worker.shutdown();
    await running;
    await connection.close();
  });
}

async function backfillWithBoth(): Promise<string> {
  const range = { dataset: DATASET, from: RANGE[0], to: RANGE[1], concurrency: 6 };
  return (await (await startBackfill(testEnv.temporal, range)).result()).summary;
}

/** Why tasks of the days' workflows failed: that a worker could not replay what another had done. */
async function failedTasks(): Promise<string[]> {
  const histories = await Promise.all(
    eachDay(...RANGE).map((day) =>
      testEnv.temporal.client.workflow.getHandle(dayWorkflowId(DATASET, day)).fetchHistory(),
    ),
  );
  return histories
    .flatMap(({ events }) => events ?? [])
    .flatMap(({ workflowTaskFailedEventAttributes: failed }) => failed?.failure?.message ?? []);
}

test('a release that knows a step and one that makes it work together without a failed task', async () => {
  await startWorker(await variant(knows));
  await startWorker(await variant(makes));
  expect(await backfillWithBoth()).toBe('12 of 12 days complete');
  expect(await failedTasks()).toEqual([]);
}, 300_000);

test('a release that has never heard of the step fails tasks, which the other one then does; no day suffers', async () => {
  await startWorker(await variant(FIRST_STEP));
  await startWorker(await variant(makes));
  expect(await backfillWithBoth()).toBe('12 of 12 days complete');
  expect((await failedTasks())[0]).toMatch(/Nondeterminism error/);
  // Temporal waits before a failed task is tried again, by whichever worker.
}, 300_000);
