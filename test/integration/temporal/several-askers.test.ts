/** Does a day stay one writer's when several ask at once, and does the schema change under workers without harm? */
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runner } from 'node-pg-migrate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MIGRATIONS, migrate, missingMigrations } from '../../../db/migration/migrate.ts';
import { lockDay } from '../../../db/queries/days/ledger.ts';
import { latestPayload, touchPayload } from '../../../db/queries/payloads/payloads.ts';
import { addDays, type CivilDay, eachDay } from '../../../domain/time/civil-day.ts';
import { dayWorkflowId, TASK_QUEUE } from '../../../domain/workflow/ids.ts';
import type { PollOutcome } from '../../../domain/workflow/messages.ts';
import { startBackfill } from '../../../temporal/backfills.ts';
import { runDay } from '../../../temporal/days.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  // By a clock of its own: on a morning tomorrow would be awaited until it is published.
  testEnv = await openTestEnvironment({
    simulator: { quotaRequests: 0, revisionShare: 0, now: '2026-10-20T12:00:00Z', clockRate: 1 },
    simulatedClock: true,
  });
  await testEnv.startWorker();
});
afterAll(() => testEnv.close());

const now = () => new Date(testEnv.simulator.clock.nowMs());
const daysAgo = (days: number) => addDays(now().toISOString().slice(0, 10), -days);

describe('several who ask at once', () => {
  test('two polls, a person and a backfill ask the source once for each day', async () => {
    const day = daysAgo(3);
    const { client } = testEnv.temporal;
    const poll = (workflowId: string): Promise<PollOutcome> =>
      client.workflow.execute('pollDataset', {
        ...{ taskQueue: TASK_QUEUE, workflowId, args: [{ dataset: DATASET }] },
      });
    // The other days are known, so that few are due; and none of these ends before the last poll has asked for it: a day that
    // has just been answered may rightly be asked for again by a poll that planned before that.
    await loadUntil(addDays(day, -1));
    testEnv.simulator.requests.clear();
    const { letGo } = await holdDays(day, daysAgo(-2));
    const polls = await Promise.all([poll('poll-a'), poll('poll-b')]);
    const person = await runDay(testEnv.temporal, { dataset: DATASET, day, wait: false });
    const range = { dataset: DATASET, from: day, to: day, days: 'all' as const };
    const backfill = await startBackfill(testEnv.temporal, range);
    await expect.poll(() => stepsOf(backfill.workflowId)).toEqual(['joinDay']);
    await letGo();
    expect(await person.result()).toMatchObject({ state: 'complete' });
    expect(await backfill.result()).toMatchObject({ summary: '1 of 1 days complete' });

    const started = polls.flatMap((outcome) => outcome.started);
    expect(new Set(started).size).toBe(started.length);
    expect(started).toContain(day);
    for (const each of started) await client.workflow.getHandle(dayWorkflowId(DATASET, each)).result();
    const runs = 'select day, count(*) from ops.run where day = any($1) group by day having count(*) > 1';
    expect(await testEnv.rows(runs, [started])).toEqual([]);
    expect(testEnv.simulator.requests.counts().total).toBe(started.length);
  }, 400_000);
});

test('an answer that another attempt has overtaken is not kept: the source is asked again', async () => {
  const day = '2026-02-10';
  const ask = () => runDay(testEnv.temporal, { dataset: DATASET, day, wait: false });
  await (await ask()).result();
  testEnv.simulator.requests.clear();
  const { client, letGo } = await holdDays(day);
  const run = await ask();
  await expect.poll(() => testEnv.simulator.requests.counts().total).toBe(1);
  // While the run stands still with its answer, the source says something else, and somebody hears it.
  testEnv.simulator.faults.add({ name: 'revise', day, hour: 5, border: 'border_AT_CZ', value: 4321 });
  const last = await latestPayload(client, DATASET, day);
  await touchPayload(client, last?.id ?? 0, now());
  await letGo();
  expect(await run.result()).toMatchObject({ state: 'complete', revisedPoints: 1 });
  expect(testEnv.simulator.requests.counts().total).toBe(2);
});

/** Everything that a poll asks for, up to the day. */
async function loadUntil(day: CivilDay): Promise<void> {
  const range = { dataset: DATASET, from: daysAgo(40), to: day, concurrency: 8 };
  await (await startBackfill(testEnv.temporal, range)).result();
}

/** Keeps the days' runs from storing what they have fetched until they are let go. */
async function holdDays(from: CivilDay, to: CivilDay = from) {
  const client = await testEnv.database.connect();
  await client.query('begin');
  for (const day of eachDay(from, to)) await lockDay(client, DATASET, day);
  const letGo = async () => {
    await client.query('commit');
    client.release();
  };
  return { client, letGo };
}

async function stepsOf(workflowId: string): Promise<(string | null | undefined)[]> {
  const { raw } = await testEnv.temporal.client.workflow.getHandle(workflowId).describe();
  return (raw.pendingActivities ?? []).map(({ activityType }) => activityType?.name);
}

describe('a newer version’s migration', () => {
  test('may be applied while workers of this version write, and they can be started again after it', async () => {
    const range = { dataset: DATASET, from: '2026-03-01', to: '2026-03-30', concurrency: 8 };
    const backfill = await startBackfill(testEnv.temporal, range);
    await expect.poll(async () => (await backfill.progress()).done).toBeGreaterThan(3);
    const newer = await migrateToNewer(testEnv.databaseUrl);
    expect(newer).toEqual(['9999_newer']);
    // Ours again, as in a start or a deployment that is rolled back: nothing to do, and no complaint.
    expect(await Promise.all([migrate(testEnv.databaseUrl), migrate(testEnv.databaseUrl)])).toEqual([[], []]);
    expect(await missingMigrations(testEnv.database)).toEqual([]);
    await testEnv.startWorker();
    expect(await backfill.result()).toMatchObject({ summary: '30 of 30 days complete' });
    const rows = await testEnv.rows(
      `select count(*) from ops.delivery_day where noted is null and day between $1 and $2`,
      [range.from, range.to],
    );
    expect(rows).toEqual([{ count: 30 }]);
  }, 400_000);
});

/** Additive, as the rule asks: a column that may be null, and a table. */
const NEWER = `
  alter table ops.delivery_day add column noted text;
  create table ops.note (day date primary key, content text not null);
`;

/** Applies the migrations of a version that has one more. */
async function migrateToNewer(databaseUrl: string): Promise<string[]> {
  const dir = await mkdtemp(join(tmpdir(), 'tidemark-migrations-'));
  try {
    await cp(MIGRATIONS, dir, { recursive: true });
    await writeFile(join(dir, '9999_newer.sql'), NEWER);
    const ran = await runner({
      ...{ databaseUrl, dir, direction: 'up', migrationsTable: 'migration', migrationsSchema: 'ops' },
      log: () => {},
    });
    return ran.map(({ name }) => name);
  } finally {
    await rm(dir, { recursive: true });
  }
}
