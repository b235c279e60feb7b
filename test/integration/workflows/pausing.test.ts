/** Does a pause hold, say who and why, and end with one poll that finds everything? */
import { ScheduleOverlapPolicy } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { datasetPlaces } from '../../../config/datasets.ts';
import { catalogOf, loadCatalog } from '../../../datasets/catalog.ts';
import { dayWorkflowId } from '../../../domain/workflow/ids.ts';
import type { PollOutcome } from '../../../domain/workflow/messages.ts';
import { reconcileSchedule } from '../../../temporal/schedules.ts';
import { type Settings, settingsOf, tidemark } from '../../support/command.ts';
import { dueAt } from '../../support/due-at.ts';
import { registerEnabled } from '../../support/register-datasets.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

const ID = `poll:${DATASET}`;
const TOMORROW = '2026-09-16';
let testEnv: TestEnvironment;
let settings: Settings;

beforeAll(async () => {
  const dataset = (await loadCatalog(datasetPlaces())).get(DATASET);
  // Minutes of waiting would prove nothing more.
  const polling = { ...dataset.pull.polling, tickMinutes: 1 / 60 };
  const quick = { ...dataset, pull: { ...dataset.pull, polling } };
  testEnv = await openTestEnvironment({
    simulator: { revisionShare: 0, quotaRequests: 0, now: '2026-09-15T05:00:00Z', clockRate: 0 },
    simulatedClock: true,
    catalog: catalogOf([quick]),
  });
  settings = settingsOf(testEnv);
  await startMetronome();
});
afterAll(() => testEnv.close());

const schedules = () => testEnv.temporal.client.schedule;
const infoOf = async (id: string) => (await schedules().getHandle(id).describe()).info;
const run = (...args: string[]) => tidemark(settings, ...args);

/** Ticks every second whatever happens to ours, so that tests can wait for ticks instead of for a time. */
async function startMetronome(): Promise<void> {
  await schedules().create({
    scheduleId: 'metronome',
    spec: { intervals: [{ every: '1 second' }] },
    policies: { overlap: ScheduleOverlapPolicy.ALLOW_ALL },
    action: { type: 'startWorkflow', workflowType: 'nothing', taskQueue: 'nobody' },
  });
}

async function untilTicks(count: number): Promise<void> {
  const before = (await infoOf('metronome')).numActionsTaken;
  await expect
    .poll(async () => (await infoOf('metronome')).numActionsTaken, { interval: 200 })
    .toBeGreaterThanOrEqual(before + count);
}

/** Every poll so far, oldest first. */
async function polls() {
  const found = [];
  for await (const poll of testEnv.temporal.client.workflow.list({ query: `WorkflowType = 'pollDataset'` }))
    found.push(poll);
  return found.toSorted((a, b) => a.startTime.getTime() - b.startTime.getTime());
}

describe('workers that are away for several ticks', () => {
  test('find one poll waiting for them, and it finds everything that is due', async () => {
    await reconcileSchedule(testEnv.temporal, testEnv.catalog.get(DATASET));
    await expect.poll(async () => (await infoOf(ID)).runningActions.length).toBe(1);
    await expect.poll(async () => (await infoOf(ID)).numActionsSkippedOverlap).toBeGreaterThanOrEqual(3);
    await expect.poll(async () => (await polls()).map(({ status }) => status.name)).toEqual(['RUNNING']);
    const waiting = await polls();
    await testEnv.startWorker();
    const [{ workflowId, runId } = { workflowId: '', runId: '' }] = waiting;
    const found: PollOutcome = await testEnv.temporal.client.workflow.getHandle(workflowId, runId).result();
    expect(found).toMatchObject({ started: [expect.any(String)], backfill: expect.any(String) });
    await testEnv.temporal.client.workflow.getHandle(found.backfill ?? '').result();
  });
});

describe('pause', () => {
  const stateOfTomorrow = async () => {
    const [row] = await testEnv.rows<{ state: string }>('select state from ops.delivery_day where day = $1', [
      TOMORROW,
    ]);
    return row?.state;
  };

  /** As Temporal lists them, which is a little after they began or ended. */
  const runsInProgress = async () => {
    const query = `WorkflowType = 'ingestDay' and ExecutionStatus = 'Running'`;
    const found: string[] = [];
    for await (const { workflowId } of testEnv.temporal.client.workflow.list({ query }))
      found.push(workflowId);
    return found;
  };
  const lastPollSince = async (at: Date): Promise<PollOutcome | undefined> => {
    const since = (await polls()).filter(({ startTime }) => startTime > at);
    const ended = since.findLast(({ status }) => status.name === 'COMPLETED');
    return (
      ended && (await testEnv.temporal.client.workflow.getHandle(ended.workflowId, ended.runId).result())
    );
  };

  test('starts no new runs and stops none', async () => {
    testEnv.simulator.clock.set({ nowMs: Date.parse('2026-09-15T07:00:00Z'), rate: 0 });
    const movedAt = new Date();
    await expect.poll(stateOfTomorrow).toBe('awaiting');
    const waiting = testEnv.temporal.client.workflow.getHandle(dayWorkflowId(DATASET, TOMORROW));
    // Some days are due again at seven. They end by themselves, and only tomorrow's run waits.
    await expect.poll(() => lastPollSince(movedAt)).toMatchObject({ started: [], running: [] });
    await expect.poll(runsInProgress).toEqual([waiting.workflowId]);
    const ran = await run('pause', DATASET, '--reason', 'the source is being moved', '--by', 'anna');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toMatch(
      /^jao-core\.max-exchanges is paused by anna on 2\S+Z: the source is being moved; no new runs are started by polling, the run in progress, .* goes on\n$/,
    );
    // The schedule hears of it by a message, and may tick before that.
    await expect.poll(async () => (await schedules().getHandle(ID).describe()).state.paused).toBe(true);
    const taken = (await infoOf(ID)).numActionsTaken;
    await untilTicks(4);
    expect((await infoOf(ID)).numActionsTaken).toBe(taken);
    expect((await waiting.describe()).status.name).toBe('RUNNING');
  });

  test('a second time changes nothing, and says who was first', async () => {
    const { datasets } = await loadCatalog(datasetPlaces());
    const sisters = datasets.filter(({ id, source }) => source.id === 'jao-core' && id !== DATASET);
    await registerEnabled(testEnv.database, sisters);
    for (const sister of sisters)
      await reconcileSchedule(testEnv.temporal, sister, { pausedFor: 'elsewhere' });
    const ran = await run('pause', '--source', 'jao-core', '--reason', 'lunch', '--by', 'bert', '--json');
    for (const { id } of sisters) await schedules().getHandle(`poll:${id}`).delete();
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const results = JSON.parse(ran.stdout);
    expect(results).toHaveLength(1 + sisters.length);
    expect(results).toContainEqual({
      ...{ dataset: DATASET, schedule: ID, paused: true, changed: false, runsInProgress: 1 },
      note: expect.stringMatching(/^paused by anna on .*Z: the source is being moved$/),
    });
    expect((await run('pause', DATASET, '--reason', 'lunch')).stdout).toMatch(
      /is paused already \(paused by anna on .*: the source is being moved\); nothing was changed\n$/,
    );
  });

  test('is shown by status, with the reason', async () => {
    const { stdout } = await run('status');
    expect(stdout).toMatch(/\n {2}polling {4}paused by anna on 2\S+Z: the source is being moved\n/);
  });

  test('does not keep a person from asking', async () => {
    testEnv.simulator.clock.set({ nowMs: Date.parse('2026-09-15T08:40:00Z'), rate: 0 });
    expect(await run('rerun', DATASET, '--day', TOMORROW, '--wait')).toMatchObject({ code: 0 });
    expect(await stateOfTomorrow()).toBe('complete');
  });
});

describe('resume', () => {
  test('asks at once for what has become due, with one poll, and not for every tick that was missed', async () => {
    const pausedUntil = Date.now();
    testEnv.simulator.clock.set({ nowMs: Date.parse('2026-09-15T12:00:00Z'), rate: 0 });
    const due = await dueAt(testEnv, testEnv.catalog.get(DATASET), '2026-09-15T12:00:00Z');
    expect(due.length).toBeGreaterThan(1);
    await untilTicks(4);
    const before = await polls();
    const ran = await run('resume', DATASET, '--reason', 'moved', '--by', 'bert');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toMatch(
      /is resumed by bert on 2\S+Z: moved; one poll requests everything that has become due\n$/,
    );
    const resumedAt = Date.parse(/on (2\S+Z)/.exec(ran.stdout)?.[1] ?? '');
    await expect.poll(async () => (await polls()).length).toBeGreaterThan(before.length);
    const first = (await polls())[before.length];
    const handle = testEnv.temporal.client.workflow.getHandle(first?.workflowId ?? '', first?.runId);
    expect(await handle.result()).toMatchObject({ started: due, running: [] });
    const { recentActions } = await infoOf(ID);
    const missed = recentActions.filter(
      ({ scheduledAt }) => scheduledAt.getTime() > pausedUntil && scheduledAt.getTime() < resumedAt - 1_000,
    );
    expect(missed).toEqual([]);
  });

  test('of what is not paused changes nothing', async () => {
    // The schedule learns of the resume before by a message.
    await expect.poll(async () => (await schedules().getHandle(ID).describe()).state.paused).toBe(false);
    expect(await run('resume', DATASET)).toEqual({
      code: 0,
      stdout: `${DATASET} is not paused; nothing was changed\n`,
      stderr: '',
    });
  });

  test('without a schedule says what to do', async () => {
    await schedules().getHandle(ID).delete();
    const ran = await run('resume', DATASET);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toBe(`tidemark: there is no schedule ${ID}; run "npm run migrate"\n`);
  });
});
