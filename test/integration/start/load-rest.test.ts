/** Does the loading of further datasets at `npm start` go on after one that fails, end when it is stopped, and continue? */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { backfillWorkflowId, pollScheduleId } from '../../../domain/workflow/ids.ts';
import { loadRest } from '../../../scripts/start/load-rest.ts';
import { LOADED_FIRST } from '../../../scripts/start/prepare.ts';
import { isRunning } from '../../../temporal/backfills.ts';
import { reconcileSchedule } from '../../../temporal/schedules.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await openTestEnvironment();
});
afterAll(() => testEnv.close());

const DAYS = { dataset: DATASET, from: '2026-03-02', to: '2026-03-03', source: 'jao' } as const;

async function load(
  rest: Parameters<typeof loadRest>[0],
  { stopping = new AbortController().signal, address = testEnv.temporalAddress } = {},
) {
  const lines: string[] = [];
  const temporal = { address, namespace: 'default', connectionOptions: {} };
  await loadRest(rest, { stopping, temporal, report: (line) => lines.push(line) });
  return lines;
}

test('stopped, it ends at once; what was begun goes on, and the next start waits for it', async () => {
  const stopping = new AbortController();
  const id = backfillWorkflowId(DATASET, DAYS.from, DAYS.to);
  const stopped = load([DAYS], { stopping: stopping.signal });
  await expect.poll(() => isRunning(testEnv.temporal, id)).toBe(true);
  stopping.abort();
  expect(await stopped).toEqual([
    'Loading the past month of further datasets (1), as fast as the quotas of their sources allow; everything works meanwhile.',
  ]);
  expect(await isRunning(testEnv.temporal, id)).toBe(true);
  await testEnv.startWorker();
  expect((await load([DAYS])).at(-1)).toBe(`Loaded 1 of 1: ${DATASET}.`);
  expect(await testEnv.rows('select state from ops.delivery_day')).toEqual([
    { state: 'complete' },
    { state: 'complete' },
  ]);
});

test('a dataset that fails is named, and the next one is loaded', async () => {
  const [, ...lines] = await load([{ ...DAYS, dataset: 'no.such' }, DAYS]);
  expect(lines).toEqual([
    expect.stringMatching(/^Loaded 1 of 2: no\.such; its backfill did not end well: .*no\.such/),
    `Loaded 2 of 2: ${DATASET}.`,
  ]);
});

describe('polling', () => {
  const schedule = () => testEnv.temporal.client.schedule.getHandle(pollScheduleId(DATASET));
  afterEach(() => schedule().delete());

  const state = async () => (await schedule().describe()).state;
  const polls = async () => {
    const { info } = await schedule().describe();
    return info.numActionsTaken + info.runningActions.length;
  };
  /** What the schedule was requested to do, done or not. */
  const requests = async () => {
    const run = testEnv.temporal.client.workflow.getHandle(`temporal-sys-scheduler:${schedule().scheduleId}`);
    const { events } = await run.fetchHistory();
    return (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => signal ?? []);
  };
  const loadWith = async (pausedFor: string) => {
    await reconcileSchedule(testEnv.temporal, testEnv.catalog.get(DATASET), { pausedFor });
    expect((await load([DAYS])).at(-1)).toBe(`Loaded 1 of 1: ${DATASET}.`);
  };

  test('begins once the month is loaded', async () => {
    await loadWith(LOADED_FIRST);
    await expect.poll(state).toMatchObject({ paused: false });
    await expect.poll(polls).toBe(1);
    expect(await requests()).not.toEqual([]);
  });

  test('does not begin where a person paused it', async () => {
    await loadWith('moving house');
    expect(await requests()).toEqual([]);
    expect(await state()).toMatchObject({ paused: true, note: 'moving house' });
  });
});

test('without Temporal it says when they are loaded', async () => {
  const [, line] = await load([DAYS], { address: '127.0.0.1:9' });
  expect(line).toMatch(/^The other datasets are loaded with the next start, not now: .*127\.0\.0\.1:9/);
});
