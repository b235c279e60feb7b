/** Does polling find what is due, wait for what is not there, and see what was revised, by the publisher's calendar? */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dayWorkflowId } from '../../../domain/workflow/ids.ts';
import type { DayOutcome, PollOutcome } from '../../../domain/workflow/messages.ts';
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
  test('polls the days of its horizon, none that is not open, and none twice', async () => {
    const first = await poll();
    // From the day published less than 744 hours ago to today: tomorrow opens at 07:00Z.
    expect(first.started).toHaveLength(31);
    expect(first.started[0]).toBe('2026-09-15');
    expect(first.started.at(-1)).toBe('2026-08-16');
    await Promise.all(
      first.started.map((day) =>
        testEnv.temporal.client.workflow.getHandle(dayWorkflowId(DATASET, day)).result(),
      ),
    );
    expect(await testEnv.rows(`select count(*) from ops.delivery_day where state = 'complete'`)).toEqual([
      { count: 31 },
    ]);
    testEnv.simulator.requests.clear();
    expect(await poll()).toMatchObject({ started: [], running: [], summary: 'nothing is due' });
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

test('nothing of all this was a failed workflow', async () => {
  const failed = testEnv.temporal.client.workflow.list({ query: `ExecutionStatus = 'Failed'` });
  for await (const workflow of failed) expect(workflow.workflowId).toBe('none');
});
