/** Does a failure that is told late, by a worker that stood still, leave a day alone that others know better? */
import { WorkflowFailedError } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../activities/dependencies.ts';
import { createRecordFailure } from '../../../activities/ingest/record-failure.ts';
import { startRun } from '../../../db/queries/days/runs.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import type { FailedAttempt } from '../../../domain/workflow/messages.ts';
import { runDay } from '../../../temporal/days.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await openTestEnvironment({ simulator: { quotaRequests: 0 } });
  await testEnv.startWorker();
});
afterAll(() => testEnv.close());

interface Run {
  readonly workflowId: string;
  readonly runId: string;
}

const BROKEN = { code: 'ANSWER_BROKEN', message: 'an attempt of long ago' };

/** An attempt of the activity as a worker makes it, for a run that another attempt may have ended long ago. */
async function recordFailure(
  day: CivilDay,
  run: Run,
  { code, message } = BROKEN,
  scheduledTimestampMs = Date.now(),
  activityId = `${scheduledTimestampMs}`,
) {
  const { database, catalog } = testEnv;
  const record = createRecordFailure({ database, catalog, baseUrls: new Map(), clock: systemClock });
  const info = { attempt: 1, activityId, workflowExecution: run, scheduledTimestampMs };
  const environment = new MockActivityEnvironment(info, { logger: new DefaultLogger('ERROR', () => {}) });
  const failed: FailedAttempt = { dataset: DATASET, day, trigger: 'person', backfillId: null, code, message };
  return await environment.run(record, failed);
}

async function fetchWell(day: CivilDay): Promise<void> {
  const run = await runDay(testEnv.temporal, { dataset: DATASET, day, wait: false });
  expect(await run.result()).toMatchObject({ state: 'complete' });
}

/** A run that has begun and told nothing more. */
async function begin(day: CivilDay, runId: string): Promise<Run> {
  const run = { workflowId: `day:${DATASET}:${day}`, runId };
  const start = { ...run, dataset: DATASET, day, trigger: 'person', backfillId: null } as const;
  await startRun(testEnv.database, { ...start, startedAt: new Date() });
  return run;
}

const ledgerOf = async (day: CivilDay) =>
  (await testEnv.rows('select * from ops.delivery_day where day = $1', [day]))[0];
const runsOf = (day: CivilDay) =>
  testEnv.rows<Run & { outcome: string; error: string | null; finished_at: Date }>(
    `select workflow_id as "workflowId", run_id as "runId", outcome, error, finished_at
     from ops.run where day = $1 order by id`,
    [day],
  );
const findingsOf = (day: CivilDay) =>
  testEnv.rows(`select rule, resolution from ops.finding where day = $1 and rule = 'answer_broken'`, [day]);

test('the run was recorded by another attempt, and a later run succeeded', async () => {
  const day = '2026-11-02';
  testEnv.simulator.faults.add({ name: 'status', code: 404, day, times: 1 });
  await expect(
    (await runDay(testEnv.temporal, { dataset: DATASET, day, wait: false })).result(),
  ).rejects.toThrow(WorkflowFailedError);
  const [failed] = await runsOf(day);
  expect(failed).toMatchObject({ outcome: 'failed' });
  await fetchWell(day);
  const before = { ledger: await ledgerOf(day), runs: await runsOf(day) };
  const [step] = await testEnv.rows<{ step: string }>(
    'select step from ops.step where run_id = $1 order by done_at desc',
    [failed?.runId],
  );
  await recordFailure(day, failed as Run, BROKEN, Date.now(), step?.step);
  expect({ ledger: await ledgerOf(day), runs: await runsOf(day) }).toEqual(before);
  expect(await findingsOf(day)).toEqual([]);
});

test('nobody had told of the run, and a later one succeeded: its row ends, the day stays', async () => {
  const day = '2026-11-03';
  const run = await begin(day, 'terminated');
  await fetchWell(day);
  const ledger = await ledgerOf(day);
  await recordFailure(day, run);
  expect(await ledgerOf(day)).toEqual(ledger);
  expect(await runsOf(day)).toMatchObject([
    { runId: 'terminated', outcome: 'failed', error: 'ANSWER_BROKEN: an attempt of long ago' },
    { outcome: 'complete', error: null },
  ]);
});

test('the run had ended before its start was known, and a later one succeeded', async () => {
  const day = '2026-11-04';
  const run = { workflowId: `day:${DATASET}:${day}`, runId: 'never began' };
  const longAgo = Date.now() - 60_000;
  await fetchWell(day);
  const ledger = await ledgerOf(day);
  await recordFailure(day, run, BROKEN, longAgo);
  expect(await ledgerOf(day)).toEqual(ledger);
  // The same without a later outcome is news.
  await recordFailure(day, run, BROKEN);
  expect(await ledgerOf(day)).toMatchObject({ error: 'ANSWER_BROKEN: an attempt of long ago' });
});

test('the failure of the newest run is recorded over what earlier ones came to, once', async () => {
  const day = '2026-11-05';
  await fetchWell(day);
  const run = await begin(day, 'newest');
  const givenUpMs = Date.now();
  await recordFailure(day, run, BROKEN, givenUpMs);
  await recordFailure(day, run, BROKEN, givenUpMs);
  expect(await ledgerOf(day)).toMatchObject({
    state: 'complete',
    run_id: 'newest',
    error: 'ANSWER_BROKEN: an attempt of long ago',
  });
  expect(await findingsOf(day)).toEqual([{ rule: 'answer_broken', resolution: 'open' }]);
});
