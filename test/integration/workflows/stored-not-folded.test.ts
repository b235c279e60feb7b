/** A run that ended between storing a payload and folding it: who folds it, and who says that it waits? */
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../activities/dependencies.ts';
import { createActivities } from '../../../activities/index.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import { dayWorkflowId, TASK_QUEUE } from '../../../domain/workflow/ids.ts';
import type { PollOutcome } from '../../../domain/workflow/messages.ts';
import { runDay } from '../../../temporal/days.ts';
import { startRebuild } from '../../../temporal/rebuilds.ts';
import { queryOnce } from '../../chaos/system.ts';
import { settingsOf, tidemark } from '../../support/command.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await openTestEnvironment({ simulator: { quotaRequests: 0, revisionShare: 0 } });
  await testEnv.startWorker();
});
afterAll(() => testEnv.close());

/** The first step of a run of a day, an hour ago; the run has no others. */
async function storeAndEnd(day: CivilDay): Promise<void> {
  const { database, catalog, simulator } = testEnv;
  const baseUrls = new Map([['jao-core', simulator.url]]);
  const { fetchDay } = createActivities({ database, catalog, baseUrls, clock: systemClock });
  const workflowExecution = { workflowId: dayWorkflowId(DATASET, day), runId: `terminated ${day}` };
  const attempt = { dataset: DATASET, day, trigger: 'schedule', backfillId: null, urgency: 1 } as const;
  await new MockActivityEnvironment({ workflowExecution }).run(fetchDay, attempt);
  await queryOnce(
    testEnv.databaseUrl,
    `update ops.payload set fetched_at = fetched_at - interval '1 hour', last_seen_at = last_seen_at - interval '1 hour'
     where day = '${day}'`,
  );
}

const stateOf = async (day: CivilDay) =>
  (
    await testEnv.rows<{ state: string }>(
      'select state from ops.delivery_day where dataset = $1 and day = $2',
      [DATASET, day],
    )
  )[0];

const payloads = async () => {
  const { stdout } = await tidemark(settingsOf(testEnv), 'doctor', '--json');
  const checks = JSON.parse(stdout) as { name: string; fine: boolean; message: string }[];
  return checks.find(({ name }) => name === 'payloads');
};

// Long before the days that polling requests by itself.
test.each<[string, CivilDay, (day: CivilDay) => Promise<unknown>]>([
  [
    'the next poll',
    '2025-03-10',
    async (day) => {
      const { started } = (await testEnv.temporal.client.workflow.execute('pollDataset', {
        args: [{ dataset: DATASET }],
        taskQueue: TASK_QUEUE,
        workflowId: 'poll',
      })) as PollOutcome;
      expect(started).toContain(day);
      await testEnv.temporal.client.workflow.getHandle(dayWorkflowId(DATASET, day)).result();
    },
  ],
  [
    'a rerun',
    '2025-03-11',
    async (day) => (await runDay(testEnv.temporal, { dataset: DATASET, day, wait: false })).result(),
  ],
  [
    'a rebuild',
    '2025-03-12',
    async (day) => (await startRebuild(testEnv.temporal, { dataset: DATASET, from: day, to: day })).result(),
  ],
])('%s folds it; until then doctor names it', async (_, day, fold) => {
  await storeAndEnd(day);
  expect(await stateOf(day)).toBeUndefined();
  const waits = await payloads();
  expect(waits?.message).toContain(`stored and not folded: ${DATASET} ${day} since `);
  expect(waits?.message).toContain(`or "tidemark rebuild ${DATASET} --day ${day}"`);
  expect(waits?.fine).toBe(false);
  await fold(day);
  expect(await stateOf(day)).toEqual({ state: 'complete' });
  expect(await payloads()).toMatchObject({ fine: true, message: 'all that came is folded' });
});
