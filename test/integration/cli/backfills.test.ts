/** Does the command show a plan before the run, steer the run, and compare the two in the end? */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Settings, settingsOf, tidemark } from '../../support/command.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

const RANGE = ['--from', '2026-11-01', '--to', '2026-11-04'];
const ID = `backfill:${DATASET}:2026-11-01..2026-11-04`;

let testEnv: TestEnvironment;
let settings: Settings;
beforeAll(async () => {
  testEnv = await openTestEnvironment({ simulator: { revisionShare: 0, quotaRequests: 0 } });
  await testEnv.startWorker();
  settings = settingsOf(testEnv);
});
afterAll(() => testEnv.close());

const run = (...args: string[]) => tidemark(settings, ...args);

test('a plan, its approval, a day taken out, and what came of it', async () => {
  const planned = await run('backfill', DATASET, ...RANGE, '--plan');
  expect(planned).toMatchObject({ code: 0, stderr: '' });
  expect(planned.stdout).toContain('\n2026-11-04  -      fetch   missing  3600\n');
  expect(planned.stdout).toMatch(
    /\n4 days: 2 requests, 0 minutes at the source's quota, 14400 rows to come\n/,
  );
  expect(testEnv.simulator.requests.counts().total).toBe(0);

  expect(await run('backfill', DATASET, ...RANGE, '--paused')).toMatchObject({ code: 0 });
  await expect
    .poll(async () => (await run('steer', ID)).stdout)
    .toContain('planned:\n4 days: 2 requests, 0 minutes');
  const running = await run('backfills');
  expect(running.stdout).toMatch(new RegExp(`${ID} +4 +0 +2 +14400 +- +running`));

  const taken = await run('steer', ID, '--skip', '2026-11-02', '--reason', 'no such day', '--by', 'anna');
  expect(taken).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('taken out:\n  2026-11-02: anna: no such day'),
  });
  const joined = await run('backfill', DATASET, ...RANGE, '--json');
  expect(JSON.parse(joined.stdout)).toMatchObject({ workflowId: ID, joined: true });
  expect(await run('steer', ID, '--resume')).toMatchObject({ code: 0 });
  await testEnv.temporal.client.workflow.getHandle(ID).result();

  const shown = await run('backfills', ID);
  expect(shown.stdout).toContain('  summary   3 of 4 days complete, 1 taken out\n');
  expect(shown.stdout).toMatch(/\n2026-11-02 +- +fetch +missing +- +anna: no such day\n/);
  expect(shown.stdout).toMatch(/\n2026-11-03 +- +fetch +missing +complete\n/);
  const late = await run('steer', ID, '--pause', '--reason', 'too late');
  expect(late).toMatchObject({ code: 2, stdout: '' });
  expect(late.stderr).toContain(`no backfill "${ID}" is running; "npx tidemark backfills" lists them`);
});

test('an id that nobody knows is said to be so', async () => {
  const { code, stderr } = await run('backfills', 'backfill:nope');
  expect([code, stderr]).toEqual([2, expect.stringContaining('no backfill "backfill:nope" is known')]);
});
