/** Do the schedules at Temporal follow the catalogue, and nothing else; does the doctor say where they do not? */

import type { ScheduleUpdateOptions } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeHealth } from '../../../cli/doctor-checks.ts';
import { hasRollups } from '../../../domain/dataset/dataset.ts';
import type { PulledPoints } from '../../../domain/dataset/points.ts';
import { maintenanceScheduleId, NOTIFY_SCHEDULE, pollScheduleId } from '../../../domain/workflow/ids.ts';
import { definitionOf } from '../../../temporal/schedule-definition.ts';
import { scheduleHealth } from '../../../temporal/schedule-health.ts';
import {
  describeSchedule,
  leftOvers,
  reconcileSchedule,
  reconcileSchedules,
} from '../../../temporal/schedules.ts';
import { migrateAll, type Settings, settingsOf, tidemark } from '../../support/command.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

const ID = `poll:${DATASET}`;
const HOUR_MS = 3_600_000;
let testEnv: TestEnvironment;
let settings: Settings;

beforeAll(async () => {
  testEnv = await openTestEnvironment({ simulator: { revisionShare: 0, quotaRequests: 0 } });
  await testEnv.startWorker();
  settings = settingsOf(testEnv);
  // They would share the quota of its host for the days of a month each, and it is not they that are meddled with.
  for (const sister of sisters())
    await reconcileSchedule(testEnv.temporal, sister, { pausedFor: 'elsewhere' });
});
afterAll(() => testEnv.close());

/** The schedules of all datasets, beside the one that is meddled with. */
const others = () => [
  ...testEnv.catalog.scheduled.filter(({ id }) => id !== DATASET).map(({ id }) => pollScheduleId(id)),
  ...testEnv.catalog.all.filter(hasRollups).map(({ id }) => maintenanceScheduleId(id)),
];
/** That of nobody's dataset; a migration makes it. */
const OWN = [NOTIFY_SCHEDULE];
const sisters = () => testEnv.catalog.datasets.filter(({ id }) => id !== DATASET);
const otherPolls = () => others().filter((id) => id.startsWith('poll:'));
const dataset = () => testEnv.catalog.get(DATASET);
const schedules = () => testEnv.temporal.client.schedule;
/** The schedule looks every so many minutes. */
const withTick = ({ pull }: PulledPoints, tickMinutes: number) => ({
  ...pull,
  polling: { ...pull.polling, tickMinutes },
});
const handle = () => schedules().getHandle(ID);

/** What the doctor says of the schedules. */
async function doctor(): Promise<{ fine: boolean; message: string } | undefined> {
  const { stdout } = await tidemark(settings, 'doctor', '--json');
  const checks = JSON.parse(stdout) as { name: string; fine: boolean; message: string }[];
  return checks.find(({ name }) => name === 'schedules');
}

/** Changes the schedule as a person with another tool could. */
async function meddle(change: Partial<ScheduleUpdateOptions>): Promise<void> {
  await handle().update(({ state }) => ({ ...definitionOf(dataset()), state, ...change }));
}

async function untilPolled(): Promise<void> {
  const polled = async () => (await scheduleHealth(testEnv.temporal, dataset(), Date.now())).lastPoll?.status;
  await expect.poll(polled).toBe('COMPLETED');
}

describe('npm run migrate', () => {
  test('makes the schedule that is missing, which polls at once, and touches nothing the second time', async () => {
    expect((await migrateAll(settings)).stdout).toContain(`\nschedule ${ID}: made\n`);
    await untilPolled();
    const [action] = (await handle().describe()).info.recentActions;
    const poll = testEnv.temporal.client.workflow.getHandle(action?.action.workflow.workflowId ?? '');
    expect(await poll.result()).toMatchObject({ dataset: DATASET });
    const again = await migrateAll(settings);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toContain(`\nschedule ${ID}: as it should be\n`);
    expect((await handle().describe()).info.lastUpdatedAt).toBeUndefined();
    expect(await doctor()).toEqual({
      name: 'schedules',
      fine: true,
      message: expect.stringMatching(
        /poll:calendar\.holidays.*, poll:jao-core\.max-exchanges \(last poll 2\S+ \S+Z\)/,
      ),
    });
  });

  test('two at once make one schedule', async () => {
    const twin = { ...dataset(), id: 'jao-core.twin' };
    const both = await Promise.all([1, 2, 3].map(() => reconcileSchedule(testEnv.temporal, twin)));
    expect(both.map(({ outcome }) => outcome).toSorted()).toEqual([
      'as it should be',
      'as it should be',
      'made',
    ]);
    await schedules().getHandle('poll:jao-core.twin').delete();
  });

  test('brings back every field that somebody changed, and says which', async () => {
    const { policies, action } = definitionOf(dataset());
    await meddle({
      // None that ends while the test looks.
      spec: { intervals: [{ every: '70000 minutes' }], endAt: new Date('2030-01-01T00:00:00Z') },
      policies: { ...policies, overlap: 'BUFFER_ALL', catchupWindow: '1 hour', pauseOnFailure: true },
      action: {
        ...action,
        workflowId: 'poll-by-hand',
        taskQueue: 'elsewhere',
        args: [{ dataset: 'jao-core.min-exchanges' }],
        typedSearchAttributes: [],
        staticSummary: 'mine',
        workflowRunTimeout: '1 minute',
      },
      state: { remainingActions: 3 },
    });
    const differences = [
      ['interval', '70000 minutes', '5 minutes'],
      ['other times', 'endAt "2030-01-01T00:00:00.000Z"', 'none'],
      ['overlap policy', 'BUFFER_ALL', 'SKIP'],
      ['catch-up window', '60 minutes', '5 minutes'],
      ['pause on failure', 'yes', 'no'],
      ['limit of polls', '3 left', 'none'],
      ['workflow id', 'poll-by-hand', ID],
      ['task queue', 'elsewhere', 'tidemark'],
      ['input', '[{"dataset":"jao-core.min-exchanges"}]', `[{"dataset":"${DATASET}"}]`],
      ['search attributes', 'none', `Dataset = ${DATASET}`],
      ['summary', 'mine', 'what is due in Core max exchanges (MaxBex)'],
      ['time limits and retries', 'workflowRunTimeout 60000', 'none'],
    ].map(([field, is, shouldBe]) => ({ field, is, shouldBe }));
    const drift = differences.map(({ field, is, shouldBe }) => `${field} is ${is} and should be ${shouldBe}`);
    expect(await doctor()).toMatchObject({
      fine: false,
      message: expect.stringContaining(`${ID}: ${drift.join(', ')}; run "npm run migrate"`),
    });
    expect(await reconcileSchedules(testEnv.temporal, testEnv.catalog.scheduled)).toEqual(
      [
        ...otherPolls().map((id) => {
          const paused = sisters().some((sister) => pollScheduleId(sister.id) === id) ? 'elsewhere' : null;
          return { id, outcome: 'as it should be', differences: [], paused };
        }),
        { id: ID, outcome: 'updated', differences, paused: null },
      ].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    );
    expect((await doctor())?.fine).toBe(true);
    expect((await handle().describe()).spec).toMatchObject({
      intervals: [{ every: 300_000 }],
      endAt: undefined,
    });
  });

  test('follows the catalogue, and leaves paused what a person paused, with the note', async () => {
    await handle().pause('the source is being moved');
    const slower = { ...dataset(), pull: withTick(dataset(), 7) };
    expect(await reconcileSchedule(testEnv.temporal, slower)).toMatchObject({
      outcome: 'updated',
      paused: 'the source is being moved',
    });
    const { spec, state } = await handle().describe();
    expect(spec.intervals).toMatchObject([{ every: 7 * 60_000 }]);
    expect(state).toMatchObject({ paused: true, note: 'the source is being moved' });
    expect((await migrateAll(settings)).stdout).toContain(
      `\nschedule ${ID}: updated (interval is 5 minutes, was 7 minutes; catch-up window is 5 minutes, was 7 minutes); ` +
        'paused: the source is being moved\n',
    );
    expect(await describeSchedule(testEnv.temporal, DATASET)).toMatchObject({
      exists: true,
      paused: true,
      note: 'the source is being moved',
    });
    await handle().unpause();
  });
});

describe('a schedule one too many', () => {
  const make = async (scheduleId: string, memo?: Record<string, unknown>) => {
    const own = definitionOf({ ...dataset(), id: 'jao-core.gone' });
    await schedules().create({ scheduleId, ...own, ...(memo ? { memo } : {}), state: { paused: true } });
  };
  const FOREIGN = ['poll:somebody.else', 'poll:jao-core.renamed', 'nightly'];
  const listed = async () => {
    const ids: string[] = [];
    for await (const { scheduleId } of schedules().list()) ids.push(scheduleId);
    return ids.toSorted();
  };

  test('is named by the doctor and by a migration, and left alone: others may know its dataset', async () => {
    await make('poll:jao-core.gone', { dataset: 'jao-core.gone' });
    await make('poll:somebody.else');
    await make('poll:jao-core.renamed', { dataset: 'jao-core.other' });
    await make('nightly', { dataset: 'jao-core.gone' });
    const all = [...FOREIGN, ...OWN, ...others(), ID, 'poll:jao-core.gone'].toSorted();
    await expect.poll(listed).toEqual(all);
    const ours = await leftOvers(testEnv.temporal, testEnv.catalog.scheduled);
    expect(ours.map(({ scheduleId }) => scheduleId)).toEqual(['poll:jao-core.gone']);
    expect(await doctor()).toMatchObject({
      fine: false,
      message: expect.stringContaining(
        'poll:jao-core.gone polls a dataset that is unknown here; set TIDEMARK_DATASETS as where it was made',
      ),
    });
    const { stdout } = await migrateAll(settings);
    expect(stdout).toContain(
      '\nschedule poll:jao-core.gone: unknown dataset: left alone; set TIDEMARK_DATASETS here',
    );
    for (const id of FOREIGN) expect(stdout).not.toContain(id);
    expect(await listed()).toEqual(all);
    await schedules().getHandle('poll:jao-core.gone').delete();
    await expect.poll(listed).toEqual([...FOREIGN, ...OWN, ...others(), ID].toSorted());
    expect((await doctor())?.fine).toBe(true);
  });

  test('that has the id of a dataset of ours is left alone, and told', async () => {
    const squatted = { ...dataset(), id: 'somebody.else', pull: withTick(dataset(), 9) };
    expect(await reconcileSchedule(testEnv.temporal, squatted)).toMatchObject({ outcome: 'not ours' });
    const { spec, action } = await schedules().getHandle('poll:somebody.else').describe();
    expect(spec.intervals).toMatchObject([{ every: 300_000 }]);
    expect(action.args).toEqual([{ dataset: 'jao-core.gone' }]);
    const health = await scheduleHealth(testEnv.temporal, squatted, Date.now());
    expect(describeHealth(squatted, health)).toEqual({
      faults: [
        'poll:somebody.else was not made by Tidemark; rename or delete it, then run "npm run migrate"',
      ],
      note: null,
    });
  });
});

describe('polls that do not succeed', () => {
  const healthAt = async (nowMs: number) =>
    describeHealth(dataset(), await scheduleHealth(testEnv.temporal, dataset(), nowMs));

  test('are no fault within three ticks of the last one that did', async () => {
    await untilPolled();
    expect((await healthAt(Date.now())).faults).toEqual([]);
    // A poll may be in progress just now.
    const faultsInAnHour = async () => (await healthAt(Date.now() + HOUR_MS)).faults;
    await expect
      .poll(faultsInAnHour)
      .toEqual([
        expect.stringMatching(
          /^poll:jao-core\.max-exchanges has not polled well since 2\S+ \S+Z, though it should every 5 minutes; the Temporal server has started none since; look at its log$/,
        ),
      ]);
  });

  test('are none while a person has paused them', async () => {
    await handle().pause('holidays');
    expect(await healthAt(Date.now() + HOUR_MS)).toEqual({
      faults: [],
      note: expect.stringContaining(`${ID} (paused: holidays`),
    });
    await handle().unpause();
  });

  test('name the poll that failed', async () => {
    const { action } = definitionOf(dataset());
    await meddle({ action: { ...action, args: [{ dataset: 'jao-core.min-exchanges' }] } });
    await handle().trigger();
    const faultsInAnHour = async () => (await healthAt(Date.now() + HOUR_MS)).faults;
    await expect
      .poll(faultsInAnHour)
      .toEqual([
        expect.stringContaining('input is [{"dataset":"jao-core.min-exchanges"}] and should be'),
        expect.stringMatching(/; poll:jao-core\S+Z ended as failed; look at it in the Web UI$/),
      ]);
  });
});
