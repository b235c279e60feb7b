/** Does polling find what is due, wait for what is not there, and see what was revised, by the publisher's calendar? */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { backfillWorkflowId, dayWorkflowId } from '../../../domain/workflow/ids.ts';
import type { DayOutcome, PollOutcome } from '../../../domain/workflow/messages.ts';
import { steerBackfill } from '../../../temporal/backfills.ts';
import { runDay } from '../../../temporal/days.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

const DAY = '2026-09-16';
let testEnv: TestEnvironment;
/** How much faster timers run than the clock, which stands still; 0.01 is too slow for any to end. */
let timersRate = 0.01;
beforeAll(async () => {
  testEnv = await openTestEnvironment({
    simulator: { revisionShare: 0, now: '2026-09-15T05:00:00Z', clockRate: 0 },
    clock: {
      now: () => new Date(testEnv.simulator.clock.nowMs()),
      get rate() {
        return timersRate;
      },
    },
  });
  await testEnv.startWorker();
});
afterAll(() => testEnv.close());

const setClock = (iso: string) => testEnv.simulator.clock.set({ nowMs: Date.parse(iso), rate: 0 });
let serial = 0;

async function poll(): Promise<PollOutcome> {
  return await testEnv.temporal.client.workflow.execute('pollDataset', {
    args: [{ dataset: DATASET }],
    taskQueue: 'tidemark',
    workflowId: `poll-${serial++}`,
  });
}

async function stateOf(day: string): Promise<string | undefined> {
  const [row] = await testEnv.rows<{ state: string }>(
    'select state from ops.delivery_day where dataset = $1 and day = $2',
    [DATASET, day],
  );
  return row?.state;
}

describe('a fresh system', () => {
  test('polls today and catches up on the month before by one backfill, with half as many requests; none twice', async () => {
    testEnv.simulator.requests.clear();
    const first = await poll();
    // Tomorrow opens at 07:00Z.
    expect(first.started).toEqual(['2026-09-15']);
    expect(first.backfill).toBe(backfillWorkflowId(DATASET, '2026-08-15', '2026-09-14'));
    // Another poll meanwhile joins it.
    expect(await poll()).toMatchObject({ started: [], backfill: first.backfill });
    const { client } = testEnv.temporal;
    await client.workflow.getHandle(dayWorkflowId(DATASET, '2026-09-15')).result();
    const result = await client.workflow.getHandle(first.backfill ?? '').result();
    expect(result).toMatchObject({ summary: '31 of 31 days complete', order: 'newest' });
    expect(testEnv.simulator.requests.counts().total).toBe(1 + 16);
    expect(await testEnv.rows(`select distinct urgency from ops.request_queue`)).toEqual([]);
    expect(await testEnv.rows('select from_day, to_day, summary from ops.backfill')).toEqual([
      { from_day: '2026-08-15', to_day: '2026-09-14', summary: '31 of 31 days complete' },
    ]);
    testEnv.simulator.requests.clear();
    const again = await poll();
    expect(again).toEqual({ dataset: DATASET, started: [], running: [], summary: 'nothing is due' });
    expect(testEnv.simulator.requests.counts().total).toBe(0);
  });
});

describe('tomorrow', () => {
  test('is asked for when it opens, awaited by one durable run, joined by whoever asks, and complete when it is there', async () => {
    setClock('2026-09-15T07:00:00Z');
    expect((await poll()).started).toContain(DAY);
    await expect.poll(() => stateOf(DAY)).toBe('awaiting');
    const handle = testEnv.temporal.client.workflow.getHandle(dayWorkflowId(DATASET, DAY));
    expect((await handle.describe()).status.name).toBe('RUNNING');

    // Ten minutes later it is due again, but the run that waits has it.
    setClock('2026-09-15T07:11:00Z');
    expect((await poll()).running).toContain(DAY);

    // A person asks: the same run looks at once. Nothing failed meanwhile.
    setClock('2026-09-15T08:40:00Z');
    const joined = await runDay(testEnv.temporal, { dataset: DATASET, day: DAY, wait: true });
    expect(await joined.result()).toMatchObject({ state: 'complete', presentPoints: 3600 });
    expect(await testEnv.rows('select trigger, outcome from ops.run where day = $1', [DAY])).toEqual([
      { trigger: 'schedule', outcome: 'complete' },
    ]);
    expect(
      await testEnv.rows(`select first_published_at, completed_at from ops.delivery_day where day = $1`, [
        DAY,
      ]),
    ).toEqual([
      {
        first_published_at: new Date('2026-09-15T08:40:00Z'),
        completed_at: new Date('2026-09-15T08:40:00Z'),
      },
    ]);
  });

  test('waits on its own timer, looks again, and ends late when the deadline passes', async () => {
    const day = '2026-09-17';
    testEnv.simulator.faults.add({ name: 'late', day, minutes: 24 * 60 });
    // Ten minutes of waiting take half a second.
    timersRate = 1_200;
    setClock('2026-09-16T07:10:00Z');
    const run = await runDay(testEnv.temporal, { dataset: DATASET, day, wait: true });
    const hasPolledAgain = async () => {
      const { events } = await testEnv.temporal.client.workflow.getHandle(run.workflowId).fetchHistory();
      return events?.some(({ timerFiredEventAttributes }) => timerFiredEventAttributes);
    };
    await expect.poll(hasPolledAgain).toBe(true);
    expect(await stateOf(day)).toBe('awaiting');
    // The deadline is at eleven, local time.
    setClock('2026-09-16T09:05:00Z');
    expect(await run.result()).toMatchObject({ state: 'late', pollAgainInMs: null });
    timersRate = 0.01;
    setClock('2026-09-16T12:00:00Z');

    // Polling goes on looking, and the day heals by itself.
    setClock('2026-09-17T10:00:00Z');
    const { started } = await poll();
    expect(started).toContain(day);
    const outcome: DayOutcome = await testEnv.temporal.client.workflow
      .getHandle(dayWorkflowId(DATASET, day))
      .result();
    expect(outcome.state).toBe('complete');
    testEnv.simulator.faults.clear();
  });

  test('a backfill that reaches it does not wait for it', async () => {
    setClock('2026-09-18T07:05:00Z');
    const result = await testEnv.temporal.client.workflow.execute('backfill', {
      args: [{ dataset: DATASET, from: '2026-09-19', to: '2026-09-19' }],
      taskQueue: 'tidemark',
      workflowId: 'backfill-of-tomorrow',
    });
    expect(result).toMatchObject({ summary: '0 of 1 days complete, 1 awaiting' });
  });
});

describe('revisions', () => {
  test('are found by reading recent days again, once per hour on the first day', async () => {
    const day = '2026-09-19';
    setClock('2026-09-18T12:00:00Z');
    await runDay(testEnv.temporal, { dataset: DATASET, day, wait: false }).then((run) => run.result());
    testEnv.simulator.faults.add({ name: 'revise', day, hour: 5, border: 'border_AT_BE', value: 4321 });
    setClock('2026-09-18T12:50:00Z');
    expect((await poll()).started).not.toContain(day);
    setClock('2026-09-18T13:01:00Z');
    expect((await poll()).started).toContain(day);
    await testEnv.temporal.client.workflow.getHandle(dayWorkflowId(DATASET, day)).result();
    expect(await testEnv.rows('select revision, state from ops.delivery_day where day = $1', [day])).toEqual([
      { revision: 1, state: 'complete' },
    ]);
  });
});

describe('after an outage', () => {
  const backfills = () =>
    testEnv.rows<{ day: string; summary: string }>(
      `select to_day as day, summary from ops.backfill where input ->> 'days' = 'missed' order by id`,
    );

  test('a backfill brings what is due by now, what is live is polled, and a pause of it outlasts the date', async () => {
    setClock('2026-10-05T05:00:00Z');
    const { backfill: id = '', started } = await poll();
    expect(started).toEqual(['2026-10-05']);
    expect(id).toBe(backfillWorkflowId(DATASET, '2026-09-04', '2026-10-04'));
    await steerBackfill(testEnv.temporal, id, 'pause', { reason: 'let me look' });
    const planned = () => testEnv.rows('select from ops.backfill where workflow_id = $1', [id]);
    await expect.poll(async () => (await planned()).length).toBe(1);
    setClock('2026-10-06T05:00:00Z');
    expect(await poll()).toMatchObject({ backfill: id });
    expect((await testEnv.temporal.client.workflow.getHandle(id).describe()).status.name).toBe('RUNNING');
    await steerBackfill(testEnv.temporal, id, 'resume', {});
    await testEnv.temporal.client.workflow.getHandle(id).result();
    expect((await backfills()).at(-1)).toMatchObject({ day: '2026-10-04' });
  });

  test('terminated, it begins again with the next poll', async () => {
    setClock('2026-11-20T05:00:00Z');
    const { backfill: id = '' } = await poll();
    const handle = testEnv.temporal.client.workflow.getHandle(id);
    await handle.terminate().catch(() => {});
    const { started, backfill: again } = await poll();
    expect(started).toEqual([]);
    expect(again).toBe(id);
    expect(await handle.result()).toMatchObject({
      summary: expect.stringMatching(/^(\d+) of \1 days complete$/),
    });
  });
});

test('nothing of all this was a failed workflow', async () => {
  const failed = testEnv.temporal.client.workflow.list({ query: `ExecutionStatus = 'Failed'` });
  for await (const workflow of failed) expect(workflow.workflowId).toBe('none');
});
