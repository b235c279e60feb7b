/** Does one request serve several days, and do the days stay units of work of their own whatever becomes of it? */
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../activities/dependencies.ts';
import { createActivities } from '../../../activities/index.ts';
import { findBatchResponse } from '../../../db/queries/payloads/batch-responses.ts';
import { packBody, unpackBody } from '../../../db/queries/payloads/payload-body.ts';
import { latestPayload, touchPayload } from '../../../db/queries/payloads/payloads.ts';
import { addDays, type CivilDay } from '../../../domain/time/civil-day.ts';
import { dayWorkflowId, TASK_QUEUE } from '../../../domain/workflow/ids.ts';
import type { DayOutcome, FetchedBatch } from '../../../domain/workflow/messages.ts';
import { URGENCY } from '../../../domain/workflow/urgency.ts';
import { runDay } from '../../../temporal/days.ts';
import { startRebuild } from '../../../temporal/rebuilds.ts';
import type { ingestDay } from '../../../workflows/ingest-day.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await openTestEnvironment({ simulator: { quotaRequests: 0, revisionShare: 0 } });
  await testEnv.startWorker();
});
afterAll(() => testEnv.close());
afterEach(() => testEnv.simulator.faults.clear());

type OddFault = 'html-200' | 'empty-data' | 'row-at-to' | 'quarter-hours' | 'rejected-200' | 'truncated-json';

const quiet = { logger: new DefaultLogger('ERROR', () => {}) };

/** One attempt of the activity; what its heartbeat left goes to the next. */
async function attemptBatch(
  days: readonly CivilDay[],
  attempt = 1,
  heartbeatDetails?: unknown,
): Promise<{ result: FetchedBatch | Error; details: unknown }> {
  const { catalog, database, simulator } = testEnv;
  const baseUrls = new Map([['jao-core', simulator.url]]);
  const { fetchBatch } = createActivities({ catalog, database, baseUrls, clock: systemClock });
  const environment = new MockActivityEnvironment({ attempt, heartbeatDetails }, quiet);
  let details: unknown;
  environment.on('heartbeat', (heartbeat: unknown) => {
    details = heartbeat;
  });
  const result: Promise<FetchedBatch> = environment.run(fetchBatch, {
    dataset: DATASET,
    days,
    backfillId: 'backfill:test',
    urgency: URGENCY.backfill,
  });
  return { result: await result.catch((error: Error) => error), details };
}

async function fetchBatch(days: readonly CivilDay[]): Promise<number> {
  const { result } = await attemptBatch(days);
  expect(result).toMatchObject({ answerId: expect.any(Number) });
  return (result as { answerId: number }).answerId;
}

/** A day's own run, as a backfill starts it. */
async function ingest(day: CivilDay, answerId?: number): Promise<DayOutcome> {
  return await testEnv.temporal.client.workflow.execute<typeof ingestDay>('ingestDay', {
    args: [
      {
        ...{ dataset: DATASET, day, trigger: 'backfill', backfillId: 'backfill:test' },
        ...(answerId === undefined ? {} : { answerId }),
      },
    ],
    workflowId: dayWorkflowId(DATASET, day),
    taskQueue: TASK_QUEUE,
  });
}

const requests = () => testEnv.simulator.requests.counts().total;
const payloadsOf = (day: CivilDay) =>
  testEnv.rows<{ id: number; batch_response_id: number | null; seen_count: number; bytes: Buffer | null }>(
    'select id, batch_response_id, seen_count, bytes, kind from ops.payload where day = $1 order by fetched_at',
    [day],
  );
const versionsOf = (day: CivilDay) =>
  testEnv.rows(
    `select series, starts_at, value, known_from, known_to from jao_core.max_exchanges_versions
     where delivery_day = $1 order by 1, 2, 4`,
    [day],
  );
const findingsOf = (day: CivilDay) =>
  testEnv.rows<{ rule: string }>('select rule from ops.finding where day = $1 order by rule', [day]);

/** A worker may not change what a source sent. */
async function byOwner(text: string, values: unknown[]): Promise<void> {
  const client = new pg.Client({ connectionString: testEnv.databaseUrl });
  await client.connect();
  await client.query(text, values);
  await client.end();
}

/** Lets the second day of a stored answer say what the first one says. */
async function repeatFirstDay(answerId: number): Promise<void> {
  const [answer] = await testEnv.rows<{ bytes: Buffer; encoding: 'gzip' }>(
    'select bytes, encoding from ops.batch_response where id = $1',
    [answerId],
  );
  if (!answer) throw new Error('there is no answer');
  const envelope: { data: Record<string, unknown>[] } = JSON.parse(`${await unpackBody(answer)}`);
  const rows = envelope.data.map(({ id, dateTimeUtc }, index) => ({
    ...envelope.data[index % 24],
    ...{ id, dateTimeUtc },
  }));
  const { bytes, encoding, sha256 } = await packBody(
    Buffer.from(JSON.stringify({ ...envelope, data: rows })),
  );
  await byOwner('update ops.batch_response set bytes = $2, encoding = $3, sha256 = $4 where id = $1', [
    ...[answerId, bytes, encoding, sha256],
  ]);
}

describe('two days from one request', () => {
  const days = ['2026-10-01', '2026-10-02'] as const;

  test('are complete, each with its payload and its values, and the bytes are kept once', async () => {
    testEnv.simulator.requests.clear();
    const answerId = await fetchBatch(days.toReversed());
    const outcomes = await Promise.all(days.map((day) => ingest(day, answerId)));
    expect(requests()).toBe(1);
    for (const [index, day] of days.entries()) {
      expect(outcomes[index]).toMatchObject({ day, state: 'complete', newPoints: 3600 });
      expect(await payloadsOf(day)).toMatchObject([
        { batch_response_id: answerId, bytes: null, seen_count: 1, kind: 'points' },
      ]);
      expect((await findingsOf(day)).filter(({ rule }) => rule !== 'new_series')).toEqual([]);
    }
    const answer = await findBatchResponse(testEnv.database, answerId);
    expect(answer).toMatchObject({ from: days[0], to: days[1], status: 200, knownBefore: {} });
    expect(
      await testEnv.rows('select distinct fetched_at from ops.payload where day = any($1)', [days]),
    ).toEqual([{ fetched_at: answer?.fetchedAt }]);
  });

  test('mean what they mean alone: asked for again by themselves, nothing is written', async () => {
    const trace = () =>
      testEnv.rows(
        `select xmin::text, ctid::text from store.jao_core__max_exchanges where delivery_day = any($1) order by ctid`,
        [days],
      );
    const changes = () => testEnv.rows('select count(*) from ops.change where day = any($1)', [days]);
    const before = [await trace(), await changes()];
    testEnv.simulator.requests.clear();
    for (const day of [...days, ...days]) {
      const outcome = await (await runDay(testEnv.temporal, { dataset: DATASET, day, wait: false })).result();
      expect(outcome).toMatchObject({ state: 'complete', newPoints: 0, revisedPoints: 0, revision: 0 });
    }
    expect(requests()).toBe(4);
    expect([await trace(), await changes()]).toEqual(before);
    // The first time other bytes, the second time the same ones.
    for (const day of days) expect(await payloadsOf(day)).toMatchObject([{}, { seen_count: 2 }]);
  });

  test('come out the same when they are folded again', async () => {
    const [from, to] = days;
    const before = await Promise.all(days.map(versionsOf));
    const rebuilt = await (await startRebuild(testEnv.temporal, { dataset: DATASET, from, to })).result();
    expect(rebuilt).toMatchObject({ done: 2, differing: 0, errors: {} });
    expect(await Promise.all(days.map(versionsOf))).toEqual(before);
  });

  test('are read again, window and all, when another decoder has folded them', async () => {
    await testEnv.rows('update ops.payload set decoder_version = 1 where day = any($1)', [days]);
    const [from, to] = days;
    const input = { dataset: DATASET, from, to, decoderOlderThan: 2 };
    expect(await (await startRebuild(testEnv.temporal, input)).result()).toMatchObject({
      done: 2,
      differing: 0,
    });
  });
});

test('a day that repeats the one before is noticed from the answer itself, whichever of the two is done first', async () => {
  const days = ['2026-07-20', '2026-07-21'] as const;
  const answerId = await fetchBatch(days);
  await repeatFirstDay(answerId);
  for (const day of days.toReversed()) await ingest(day, answerId);
  expect(await findingsOf(days[1])).toContainEqual({ rule: 'same_as_yesterday' });
  const [from, to] = days;
  expect(await (await startRebuild(testEnv.temporal, { dataset: DATASET, from, to })).result()).toMatchObject(
    {
      done: 2,
      differing: 0,
    },
  );
});

describe('a day asks for itself', () => {
  test('when the answer is gone', async () => {
    testEnv.simulator.requests.clear();
    expect(await ingest('2026-09-01', 999_999)).toMatchObject({ state: 'complete', newPoints: 3600 });
    expect(requests()).toBe(1);
    expect(await payloadsOf('2026-09-01')).toMatchObject([{ batch_response_id: null }]);
  });

  test('when the answer is about other days', async () => {
    const answerId = await fetchBatch(['2026-09-03', '2026-09-04']);
    expect(await ingest('2026-09-05', answerId)).toMatchObject({ state: 'complete' });
    expect(await payloadsOf('2026-09-05')).toMatchObject([{ batch_response_id: null }]);
  });

  test('when another attempt has heard the source since, be it something new or the same again', async () => {
    const days = ['2026-09-07', '2026-09-08'] as const;
    await ingest(days[0]);
    const answerId = await fetchBatch(days);
    const last = await latestPayload(testEnv.database, DATASET, days[0]);
    await touchPayload(testEnv.database, last?.id ?? 0, new Date());
    testEnv.simulator.faults.add({
      name: 'revise',
      ...{ day: days[1], hour: 5, border: 'border_AT_CZ', value: 4321 },
    });
    await ingest(days[1]);
    testEnv.simulator.requests.clear();
    for (const day of days)
      expect(await ingest(day, answerId)).toMatchObject({ state: 'complete', newPoints: 0, revision: 0 });
    expect(requests()).toBe(2);
    expect(await testEnv.rows('select from ops.payload where batch_response_id = $1', [answerId])).toEqual(
      [],
    );
  });

  test('but takes an answer that is newer than all it knows, and folds a revision from it', async () => {
    const days = ['2026-09-10', '2026-09-11'] as const;
    await ingest(days[0]);
    testEnv.simulator.faults.add({
      name: 'revise',
      ...{ day: days[0], hour: 5, border: 'border_AT_CZ', value: 4321 },
    });
    const answerId = await fetchBatch(days);
    testEnv.simulator.requests.clear();
    expect(await ingest(days[0], answerId)).toMatchObject({ revisedPoints: 1, revision: 1 });
    expect(requests()).toBe(0);
    // A second look of the same run is not served from what it has seen already.
    expect(await ingest(days[0], answerId)).toMatchObject({ revisedPoints: 0, revision: 1 });
    expect(requests()).toBe(1);
  });
});

test('an attempt that stored the answer and was gone is repeated without harm', async () => {
  const day = '2026-09-13';
  const answerId = await fetchBatch([day, '2026-09-14']);
  const { catalog, database, simulator } = testEnv;
  const baseUrls = new Map([['jao-core', simulator.url]]);
  const { fetchDay } = createActivities({ catalog, database, baseUrls, clock: systemClock });
  const attempt = {
    dataset: DATASET,
    day,
    trigger: 'backfill',
    backfillId: null,
    urgency: 4,
    answerId,
  } as const;
  testEnv.simulator.requests.clear();
  const [one, again] = [
    await new MockActivityEnvironment({}, quiet).run(fetchDay, attempt),
    await new MockActivityEnvironment({}, quiet).run(fetchDay, attempt),
  ];
  expect(again).toEqual(one);
  expect(requests()).toBe(0);
  expect(await payloadsOf(day)).toHaveLength(1);
});

describe('an answer is thrown away', () => {
  test.each<{ name: OddFault } | { name: 'missing-hours'; hours: number[] }>([
    { name: 'html-200' },
    { name: 'empty-data' },
    { name: 'missing-hours', hours: [3] },
    { name: 'row-at-to' },
    { name: 'quarter-hours' },
    { name: 'rejected-200' },
    { name: 'truncated-json' },
  ])('when it is odd for one of its days: $name', async (fault) => {
    const days = ['2026-08-11', '2026-08-12'] as const;
    testEnv.simulator.faults.add({ ...fault, day: days[1] });
    testEnv.simulator.requests.clear();
    const { result } = await attemptBatch(days);
    expect(result).toMatchObject({ answerId: null, reason: expect.stringMatching(/\w/) });
    expect(requests()).toBe(1);
    expect(await testEnv.rows(`select from ops.batch_response where from_day = $1`, [days[0]])).toEqual([]);
    expect(await testEnv.rows(`select from ops.payload where day = any($1)`, [days])).toEqual([]);
  });

  test('when no day has taken it for a day; one that a day has taken stays', async () => {
    const old = ['2026-08-14', '2026-08-15'] as const;
    const [unused, used] = [await fetchBatch(old), await fetchBatch(['2026-08-16', '2026-08-17'])];
    const fresh = await fetchBatch(['2026-08-18', '2026-08-19']);
    await ingest('2026-08-16', used);
    await byOwner(
      `update ops.batch_response set fetched_at = fetched_at - interval '25 hours' where id = any($1)`,
      [[unused, used]],
    );
    const last = await fetchBatch(['2026-08-20', '2026-08-21']);
    const there = await testEnv.rows('select id from ops.batch_response where id = any($1) order by id', [
      [unused, used, fresh, last],
    ]);
    expect(there).toEqual([{ id: used }, { id: fresh }, { id: last }]);
  });
});

describe('a source in trouble', () => {
  const days = ['2026-07-11', '2026-07-12'] as const;

  test('is asked once more, and then left to the days', async () => {
    testEnv.simulator.faults.add({ name: 'status', code: 503, day: days[0] });
    const first = await attemptBatch(days);
    expect(first.result).toMatchObject({ type: 'SOURCE_ERROR', nonRetryable: false });
    const second = await attemptBatch(days, 2, first.details);
    expect(second.result).toMatchObject({ answerId: null, reason: expect.stringContaining('answered 503') });
  });

  test('that refuses is not asked again', async () => {
    testEnv.simulator.faults.add({ name: 'status', code: 400, day: days[0] });
    const { result } = await attemptBatch(days);
    expect(result).toMatchObject({ answerId: null, reason: expect.stringContaining('answered 400') });
  });

  test('that recovers in between is heard', async () => {
    testEnv.simulator.faults.add({ name: 'status', code: 503, day: days[0], times: 1 });
    const { details } = await attemptBatch(days);
    expect((await attemptBatch(days, 2, details)).result).toMatchObject({ answerId: expect.any(Number) });
  });
});

test.each<[string, readonly CivilDay[], string]>([
  ['one day', ['2026-10-05'], 'not days that one request'],
  ['days with a hole', ['2026-10-05', '2026-10-07'], 'not days that one request'],
  ['three days', ['2026-10-05', '2026-10-06', '2026-10-07'], 'not days that one request'],
  ['two days of 49 hours', ['2026-10-24', '2026-10-25'], 'not days that one request'],
  ['a day before the first', ['2022-06-08', '2022-06-09'], 'begins on 2022-06-09'],
  [
    'a day that cannot be there',
    [addDays(new Date().toISOString().slice(0, 10), 6), addDays(new Date().toISOString().slice(0, 10), 7)],
    'cannot be published yet',
  ],
])('%s: the source is not asked', async (_name, days, reason) => {
  testEnv.simulator.requests.clear();
  const { result } = await attemptBatch(days);
  expect(result).toMatchObject({ answerId: null, reason: expect.stringContaining(reason) });
  expect(requests()).toBe(0);
});
