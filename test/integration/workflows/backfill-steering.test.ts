/** Does a backfill show its plan, do what people tell it while it runs, and keep what came of it? */
import { WorkflowUpdateFailedError } from '@temporalio/client';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { lockDay } from '../../../db/queries/days/ledger.ts';
import { daysOfBackfill, listBackfills } from '../../../db/queries/operation/backfills.ts';
import type { BackfillInput } from '../../../domain/backfill/backfill.ts';
import type { SteeringMessage } from '../../../domain/backfill/backfill-input.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import { dayWorkflowId } from '../../../domain/workflow/ids.ts';
import { checkRuns } from '../../../notify/incidents.ts';
import { cancelBackfill, queryBackfill, startBackfill, steerBackfill } from '../../../temporal/backfills.ts';
import { outsideOf } from '../../../temporal/outside.ts';
import { settingsOf, tidemark } from '../../support/command.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await openTestEnvironment({ simulator: { quotaRequests: 0, revisionShare: 0 } });
  await testEnv.startWorker();
});
afterEach(() => {
  testEnv.simulator.faults.clear();
  testEnv.simulator.requests.clear();
});
afterAll(() => testEnv.close());

const start = (from: CivilDay, to: CivilDay, options: Partial<BackfillInput> = {}) =>
  startBackfill(testEnv.temporal, { dataset: DATASET, from, to, ...options });
const tell = (id: string, message: SteeringMessage, input: unknown = {}) =>
  steerBackfill(testEnv.temporal, id, message, input);
const stored = async (id: string) => {
  const [backfill] = await listBackfills(testEnv.database, { workflowId: id, limit: 1 });
  if (!backfill) throw new Error(`${id} is not stored`);
  return { ...backfill, days: await daysOfBackfill(testEnv.database, backfill.id) };
};
const daysRequested = async (from: CivilDay, to: CivilDay) =>
  (
    await testEnv.rows<{ day: CivilDay }>(
      'select day from ops.run where day between $1 and $2 order by started_at, id',
      [from, to],
    )
  ).map(({ day }) => day);

/** Keeps a day from being stored until it is let go. */
async function hold(day: CivilDay) {
  const client = await testEnv.database.connect();
  await client.query('begin');
  await lockDay(client, DATASET, day);
  return async () => {
    await client.query('commit');
    client.release();
  };
}

/** Whether the run of a day has been told that it is cancelled. */
async function isCancelled(day: CivilDay): Promise<boolean> {
  const handle = testEnv.temporal.client.workflow.getHandle(dayWorkflowId(DATASET, day));
  const { events = [] } = await handle.fetchHistory();
  return (events ?? []).some((event) => event.workflowExecutionCancelRequestedEventAttributes);
}

/** As the owner: workers may not delete a plan. */
async function forget(backfill: number) {
  const owner = new pg.Client({ connectionString: testEnv.databaseUrl });
  await owner.connect();
  await owner.query('delete from ops.backfill_day where backfill_id = $1', [backfill]);
  await owner.query('delete from ops.backfill where id = $1', [backfill]);
  await owner.end();
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => new Error('was accepted'),
    (refused: unknown) => refused,
  );
  return error instanceof WorkflowUpdateFailedError && error.cause ? error.cause.message : String(error);
}

describe('the plan', () => {
  test('waits for approval, is shown, and is compared with what came of it', async () => {
    const backfill = await start('2026-09-01', '2026-09-04', { paused: true, only: ['missing'] });
    await expect
      .poll(() => queryBackfill(testEnv.temporal, backfill.workflowId))
      .toMatchObject({
        plan: { days: 4, rows: 4 * 3600, actions: { fetch: { missing: ['2026-09-01..2026-09-04'] } } },
        progress: { done: 0, total: 4, paused: 'it waits for somebody to approve the plan' },
      });
    expect(testEnv.simulator.requests.counts().total).toBe(0);
    expect(await stored(backfill.workflowId)).toMatchObject({ plannedDays: 4, doneDays: 0, summary: null });

    await tell(backfill.workflowId, 'resume', { by: 'anna', reason: 'looks right' });
    expect(await backfill.result()).toMatchObject({ rows: 4 * 3600, next: [] });
    const kept = await stored(backfill.workflowId);
    expect(kept).toMatchObject({ summary: '4 of 4 days complete', rows: 4 * 3600, rowsWritten: 4 * 3600 });
    expect(kept.days.map(({ action, outcome }) => [action, outcome])).toEqual(
      Array.from({ length: 4 }, () => ['fetch', 'complete']),
    );
  });

  test('chooses by reason; days that an older decoder read are folded again without a request to the source', async () => {
    await (await start('2026-09-11', '2026-09-13')).result();
    await testEnv.rows(`update ops.payload set decoder_version = 1 where day = '2026-09-12' returning id`);
    testEnv.simulator.requests.clear();
    const again = await start('2026-09-11', '2026-09-14', { only: ['failed'], decoderOlderThan: 2 });
    expect(await again.result()).toMatchObject({ summary: '1 of 1 days complete' });
    expect(testEnv.simulator.requests.counts().total).toBe(0);
    expect((await stored(again.workflowId)).days).toMatchObject([
      { day: '2026-09-11', action: 'skip', reason: 'not requested', outcome: null },
      { day: '2026-09-12', action: 'rebuild', reason: 'older decoder', outcome: 'complete' },
      { day: '2026-09-13', action: 'skip', reason: 'not requested', outcome: null },
      { day: '2026-09-14', action: 'skip', reason: 'not requested', outcome: null },
    ]);
  });

  test('a second backfill of the same range joins, and is told so', async () => {
    const letGo = await hold('2026-09-21');
    const first = await start('2026-09-21', '2026-09-22');
    const second = await start('2026-09-21', '2026-09-22', { order: 'oldest' });
    expect([first.joined, second.joined, second.workflowId]).toEqual([false, true, first.workflowId]);
    await letGo();
    expect(await second.result()).toEqual(await first.result());
  });
});

describe('steering', () => {
  test('order, concurrency and days taken out hold from the next day on', async () => {
    const { workflowId, result } = await start('2026-08-01', '2026-08-06', { paused: true });
    await expect.poll(async () => (await queryBackfill(testEnv.temporal, workflowId)).plan).toBeDefined();
    await tell(workflowId, 'steer', { order: 'oldest', concurrency: 1 });
    await tell(workflowId, 'skip', {
      days: ['2026-08-03..2026-08-04'],
      reason: 'known to be wrong',
      by: 'anna',
    });
    expect(await tell(workflowId, 'resume')).toMatchObject({ concurrency: 1, order: 'oldest', paused: null });
    expect(await result()).toMatchObject({
      summary: '4 of 6 days complete, 2 taken out',
      skipped: { '2026-08-03..2026-08-04': 'anna: known to be wrong' },
    });
    expect(await daysRequested('2026-08-01', '2026-08-06')).toEqual([
      ...['2026-08-01', '2026-08-02', '2026-08-05', '2026-08-06'],
    ]);
    const { days } = await stored(workflowId);
    expect(days.filter(({ outcome }) => outcome === null)).toMatchObject([
      { day: '2026-08-03', note: 'anna: known to be wrong' },
      { day: '2026-08-04' },
    ]);
  });

  test('a pause lets the days in progress end and begins no more', async () => {
    const letGo = await hold('2026-08-12');
    const { workflowId, result, progress } = await start('2026-08-11', '2026-08-12', { concurrency: 1 });
    await expect.poll(async () => (await progress()).running).toEqual(['2026-08-12']);
    await tell(workflowId, 'pause', { reason: 'the source is being moved' });
    await letGo();
    await expect.poll(progress).toMatchObject({ done: 1, running: [], paused: 'the source is being moved' });
    await tell(workflowId, 'resume');
    expect(await result()).toMatchObject({ summary: '2 of 2 days complete' });
  });

  test('so many failed days stop it; it can be resumed, and counts anew', async () => {
    testEnv.simulator.faults.add({ name: 'status', code: 400 });
    const { workflowId, result, progress } = await start('2026-08-21', '2026-08-26', {
      ...{ concurrency: 1, stopAfterFailures: 2 },
    });
    const why = '2 days have failed; resume it when the cause is mended';
    await expect
      .poll(progress)
      .toMatchObject({ outcomes: { failed: ['2026-08-25..2026-08-26'] }, running: [], paused: why });
    const outside = outsideOf(async () => testEnv.temporal);
    const incidents = async () =>
      (await checkRuns(testEnv.database, outside)).incidents.filter(({ subject }) => subject === workflowId);
    expect(await incidents()).toMatchObject([
      { cause: 'backfill_stopped', dataset: DATASET, detail: `${workflowId} has paused itself: ${why}` },
    ]);
    // A person's pause is a person's will, and what is not known is not over.
    await tell(workflowId, 'pause', { reason: 'tomorrow', by: 'anna' });
    expect(await incidents()).toEqual([]);
    const away = { ...outside, selfPauseOf: () => Promise.reject(new Error('no worker answers')) };
    expect(await checkRuns(testEnv.database, away)).toMatchObject({ unknown: ['backfill_stopped'] });
    testEnv.simulator.faults.clear();
    await tell(workflowId, 'resume');
    expect(await result()).toMatchObject({
      summary: '4 of 6 days complete, 2 failed',
      next: [
        expect.stringContaining(`npx tidemark rerun ${DATASET} --from 2026-08-25 --to 2026-08-26 --failed`),
      ],
    });
  });

  test('cancelled, it cancels the days in progress and keeps what came of the others', async () => {
    const letGo = await hold('2026-07-05');
    const { workflowId, result, progress } = await start('2026-07-05', '2026-07-06', { concurrency: 1 });
    await expect.poll(async () => (await progress()).running).toEqual(['2026-07-05']);
    const ended = result().catch((error: Error) => error.name);
    await cancelBackfill(testEnv.temporal, workflowId, { reason: 'wrong range', by: 'anna' });
    // Let go before it has come to the day, that would go on.
    await expect.poll(() => isCancelled('2026-07-05')).toBe(true);
    await letGo();
    expect(await ended).toBe('WorkflowFailedError');
    expect(await stored(workflowId)).toMatchObject({
      summary: 'cancelled: 1 of 2 days complete',
      days: [
        { day: '2026-07-05', outcome: null },
        { day: '2026-07-06', outcome: 'complete' },
      ],
    });
  });

  test('cancelled, it leaves no day red: what was not known stays so, what was complete has no error', async () => {
    const ledger = () =>
      testEnv.rows(
        `select * from ops.delivery_day where day between '2026-07-17' and '2026-07-18' order by day`,
      );
    await (await start('2026-07-18', '2026-07-18')).result();
    const before = await ledger();
    expect(before).toMatchObject([{ state: 'complete', error: null }]);
    const letGo = await hold('2026-07-17');
    const letGoToo = await hold('2026-07-18');
    const { workflowId, result, progress } = await start('2026-07-17', '2026-07-18', { days: 'all' });
    await expect.poll(async () => (await progress()).running).toHaveLength(2);
    const started = () =>
      testEnv.rows(
        `select from ops.run where day between '2026-07-17' and '2026-07-18' and backfill_id like '%07-17%'`,
      );
    await expect.poll(started).toHaveLength(2);
    const ended = result().catch((error: Error) => error.name);
    await cancelBackfill(testEnv.temporal, workflowId, { reason: 'wrong range', by: 'anna' });
    // Let go before it has come to the days, they would go on.
    await expect.poll(() => Promise.all(['2026-07-17', '2026-07-18'].map(isCancelled))).toEqual([true, true]);
    await Promise.all([letGo(), letGoToo()]);
    expect(await ended).toBe('WorkflowFailedError');
    const runs = () =>
      testEnv.rows(`select day, outcome, error from ops.run where error like 'CANCELLED:%' order by day`);
    await expect
      .poll(async () => (await runs()).slice(-2))
      .toEqual([
        { day: '2026-07-17', outcome: null, error: 'CANCELLED: cancelled' },
        { day: '2026-07-18', outcome: 'complete', error: 'CANCELLED: cancelled' },
      ]);
    expect(await ledger()).toEqual(before);
    const explained = await tidemark(settingsOf(testEnv), 'explain', DATASET, '--day', '2026-07-18');
    expect(explained.stdout).toContain('  cancelled, 2026');
  });

  test('ends well when the database was restored from before its plan', async () => {
    const { workflowId, result } = await start('2026-07-08', '2026-07-09', { paused: true });
    await expect.poll(async () => (await queryBackfill(testEnv.temporal, workflowId)).plan).toBeDefined();
    const [{ id } = { id: 0 }] = await listBackfills(testEnv.database, { workflowId, limit: 1 });
    await forget(id);
    await tell(workflowId, 'resume');
    expect(await result()).toMatchObject({ summary: '2 of 2 days complete' });
    expect(testEnv.warnings().map(({ message }) => message)).toContain(
      'the plan of this backfill is not in the database',
    );
  });

  test('by signals too, as the Web UI sends them; what cannot be read is noted', async () => {
    const { workflowId, result, progress } = await start('2026-07-11', '2026-07-12', { paused: true });
    const handle = testEnv.temporal.client.workflow.getHandle(workflowId);
    await handle.signal('steer', { concurrency: 'many' });
    await handle.signal('steer', { concurrency: 3 });
    await expect.poll(progress).toMatchObject({ concurrency: 3 });
    const details = await handle.query<string>('__temporal_workflow_metadata');
    expect(JSON.stringify(details)).toContain(
      'not done: steer: \\"concurrency\\" is \\"many\\"'.slice(0, 20),
    );
    await handle.signal('resume');
    expect(await result()).toMatchObject({ summary: '2 of 2 days complete' });
  });

  test('what makes no sense is refused with field, value and hint', async () => {
    const { workflowId, result } = await start('2026-07-21', '2026-07-22', { paused: true });
    await expect.poll(async () => (await queryBackfill(testEnv.temporal, workflowId)).plan).toBeDefined();
    expect(await refusal(tell(workflowId, 'pause'))).toContain('"reason" is missing: write why');
    expect(await refusal(tell(workflowId, 'steer', { concurrency: 0 }))).toContain(
      '"concurrency" is 0: write a whole number from 1 to 200',
    );
    expect(await refusal(tell(workflowId, 'steer'))).toContain('nothing is said');
    expect(await refusal(tell(workflowId, 'skip', { days: ['2026-07-23'], reason: 'x' }))).toContain(
      '2026-07-23 does not wait to be begun',
    );
    await tell(workflowId, 'resume');
    await result();
    expect(await refusal(tell(workflowId, 'pause', { reason: 'too late' }))).toContain(
      `no backfill "${workflowId}" is running`,
    );
  });
});
