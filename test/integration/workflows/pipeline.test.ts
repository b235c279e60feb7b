/** Does the main job hold: from the source's bytes to rows that traders read, through real workflows? */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { transaction } from '../../../db/connection/client.ts';
import type { DayOutcome } from '../../../domain/workflow/messages.ts';
import { startBackfill } from '../../../temporal/backfills.ts';
import { runDay } from '../../../temporal/days.ts';
import { startRebuild } from '../../../temporal/rebuilds.ts';
import { settingsOf, tidemark } from '../../support/command.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

let testEnv: TestEnvironment;
beforeAll(async () => {
  testEnv = await openTestEnvironment({ simulator: { revisionShare: 0 } });
  await testEnv.startWorker();
});
afterAll(() => testEnv.close());
afterEach(() => testEnv.simulator.faults.clear());

async function ingest(day: string): Promise<DayOutcome> {
  return await (await runDay(testEnv.temporal, { dataset: DATASET, day, wait: false })).result();
}

async function ledger(day: string) {
  const [row] = await testEnv.rows<Record<string, unknown>>(
    'select * from ops.delivery_day where dataset = $1 and day = $2',
    [DATASET, day],
  );
  return row;
}

describe('one day', () => {
  test('is complete, with every relation telling the same story', async () => {
    const outcome = await ingest('2026-11-10');
    expect(outcome).toMatchObject({ state: 'complete', presentPoints: 3600, newPoints: 3600, revision: 0 });
    expect(await ledger('2026-11-10')).toMatchObject({
      state: 'complete',
      expected_points: 3600,
      present_points: 3600,
      error: null,
    });
    const [count] = await testEnv.rows(
      'select count(*), count(distinct series) as series, min(starts_at), max(starts_at) from jao_core.max_exchanges where delivery_day = $1',
      ['2026-11-10'],
    );
    expect(count).toEqual({
      count: 3600,
      series: 150,
      min: new Date('2026-11-09T23:00:00Z'),
      max: new Date('2026-11-10T22:00:00Z'),
    });
    expect(
      await testEnv.rows('select trigger, outcome, error from ops.run where day = $1', ['2026-11-10']),
    ).toEqual([{ trigger: 'person', outcome: 'complete', error: null }]);
    expect(
      await testEnv.rows('select kind, new_points from ops.change where day = $1', ['2026-11-10']),
    ).toEqual([{ kind: 'published', new_points: 3600 }]);
    expect(
      await testEnv.rows('select simulated, relation from catalog.dataset where dataset = $1', [DATASET]),
    ).toEqual([{ simulated: true, relation: 'jao_core.max_exchanges' }]);
  });

  test('is looked after: a worker that is silent for 15 s has lost a step, and the next attempt comes after a second', async () => {
    const run = await runDay(testEnv.temporal, { dataset: DATASET, day: '2026-11-09', wait: false });
    await run.result();
    const { events } = await testEnv.temporal.client.workflow.getHandle(run.workflowId).fetchHistory();
    const steps = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: step }) => step ?? []);
    expect(steps.map(({ activityType }) => activityType?.name)).toEqual([
      'fetchDay',
      'validateDay',
      'writeDay',
    ]);
    const times = steps.map(({ heartbeatTimeout, retryPolicy }) => [
      Number(heartbeatTimeout?.seconds),
      Number(retryPolicy?.initialInterval?.seconds),
    ]);
    expect(times).toEqual([
      [15, 1],
      [15, 1],
      [15, 1],
    ]);
  });

  test('asked for again, unchanged: one request, no observation row written, the sighting counted', async () => {
    await ingest('2026-11-11');
    const before = await testEnv.rows(
      'select xmin::text, ctid::text from store.jao_core__max_exchanges where delivery_day = $1 order by ctid',
      ['2026-11-11'],
    );
    testEnv.simulator.requests.clear();
    expect(await ingest('2026-11-11')).toMatchObject({ state: 'complete', newPoints: 0, revisedPoints: 0 });
    expect(testEnv.simulator.requests.counts().total).toBe(1);
    expect(
      await testEnv.rows(
        'select xmin::text, ctid::text from store.jao_core__max_exchanges where delivery_day = $1 order by ctid',
        ['2026-11-11'],
      ),
    ).toEqual(before);
    expect(await testEnv.rows('select seen_count from ops.payload where day = $1', ['2026-11-11'])).toEqual([
      { seen_count: 2 },
    ]);
  });

  test('revised at the source: one version, one change row, and the past stays as it was', async () => {
    await ingest('2026-11-12');
    const border = 'border_AT_BE';
    const startsAt = '2026-11-12T10:00:00Z';
    const value = async (relation: string, values: unknown[] = []) =>
      (
        await testEnv.rows<{ value: number }>(
          `select value from ${relation} where series = '${border}' and starts_at = '${startsAt}'`,
          values,
        )
      )[0]?.value;
    const old = await value('jao_core.max_exchanges');
    const [{ before } = { before: null }] = await testEnv.rows<{ before: Date }>(
      'select max(known_at) as before from jao_core.max_exchanges where delivery_day = $1',
      ['2026-11-12'],
    );

    testEnv.simulator.faults.add({
      name: 'revise',
      day: '2026-11-12',
      starts_at: startsAt,
      border,
      value: 1234,
    });
    expect(await ingest('2026-11-12')).toMatchObject({
      state: 'complete',
      newPoints: 0,
      revisedPoints: 1,
      revision: 1,
    });

    expect(await value('jao_core.max_exchanges')).toBe(1234);
    expect(await value('jao_core.max_exchanges_as_of($1)', [before])).toBe(old);
    expect(
      await testEnv.rows(
        `select value, known_to is null as open from jao_core.max_exchanges_versions where series = '${border}' and starts_at = '${startsAt}' order by known_from`,
      ),
    ).toEqual([
      { value: old, open: false },
      { value: 1234, open: true },
    ]);
    expect(
      await testEnv.rows(`select count(*) from jao_core.max_exchanges_versions where delivery_day = $1`, [
        '2026-11-12',
      ]),
    ).toEqual([{ count: 3601 }]);
    expect(
      await testEnv.rows(
        'select kind, revised_points, largest_difference from ops.change where day = $1 order by cursor offset 1',
        ['2026-11-12'],
      ),
    ).toEqual([{ kind: 'revised', revised_points: 1, largest_difference: Math.abs(1234 - (old ?? 0)) }]);
  });
});

describe('a range of days', () => {
  test.each([
    ['2026-03-29', 23 * 132],
    ['2026-10-25', 25 * 150],
  ])('the day of the clock change %s completes with %i points', async (day, points) => {
    const backfill = await startBackfill(testEnv.temporal, { dataset: DATASET, from: day, to: day });
    expect(await backfill.result()).toMatchObject({ summary: '1 of 1 days complete' });
    expect(await ledger(day)).toMatchObject({ state: 'complete', present_points: points });
  });

  test('one bad day never stops the others; the summary names every day; a second run does only what is missing', async () => {
    testEnv.simulator.faults.add({ name: 'html-200', day: '2026-09-03' });
    testEnv.simulator.faults.add({ name: 'status', code: 400, day: '2026-09-05' });
    testEnv.simulator.faults.add({ name: 'empty-data', day: '2026-09-07' });
    testEnv.simulator.faults.add({ name: 'missing-hours', hours: [3, 4], day: '2026-09-09' });
    const range = { dataset: DATASET, from: '2026-09-01', to: '2026-09-10' };
    const first = await (await startBackfill(testEnv.temporal, range)).result();
    expect(first.outcomes).toEqual({
      complete: ['2026-09-01..2026-09-02', '2026-09-04', '2026-09-06', '2026-09-08', '2026-09-10'],
      quarantined: ['2026-09-03'],
      failed: ['2026-09-05'],
      late: ['2026-09-07'],
      partial: ['2026-09-09'],
    });
    expect(first.summary).toBe('6 of 10 days complete, 1 late, 1 partial, 1 quarantined, 1 failed');
    expect(first.errors['2026-09-05']).toContain('REQUEST_REFUSED: ');

    testEnv.simulator.faults.clear();
    testEnv.simulator.requests.clear();
    const second = await (await startBackfill(testEnv.temporal, range)).result();
    expect(second.summary).toBe('10 of 10 days complete');
    expect(testEnv.simulator.requests.counts().total).toBe(4);
    const [{ backfills } = { backfills: 0 }] = await testEnv.rows<{ backfills: number }>(
      `select count(distinct backfill_id) as backfills from ops.run where day between '2026-09-01' and '2026-09-10'`,
    );
    expect(backfills).toBe(1);
  });

  test('a day that somebody cancels is a bad day; the others are done', async () => {
    testEnv.simulator.faults.add({ name: 'status', code: 503, day: '2026-08-22' });
    const backfill = await startBackfill(testEnv.temporal, {
      dataset: DATASET,
      from: '2026-08-21',
      to: '2026-08-23',
    });
    await expect.poll(async () => (await backfill.progress()).done).toBe(2);
    await testEnv.temporal.client.workflow.getHandle(`day:${DATASET}:2026-08-22`).cancel();
    expect(await backfill.result()).toMatchObject({
      summary: '2 of 3 days complete, 1 failed',
      errors: { '2026-08-22': expect.stringContaining('CANCELLED') },
    });
    expect(await ledger('2026-08-22')).toBeUndefined();
    expect(await testEnv.rows(`select outcome, error from ops.run where day = '2026-08-22'`)).toEqual([
      { outcome: null, error: 'CANCELLED: cancelled' },
    ]);
    testEnv.simulator.faults.clear();
  });

  test('a backfill can be asked how far it is before it knows what to do', async () => {
    const input = { dataset: DATASET, from: '2026-08-24', to: '2026-08-25' };
    const backfill = await transaction(testEnv.database, async (sql) => {
      await sql.query('lock table ops.delivery_day in access exclusive mode');
      const started = await startBackfill(testEnv.temporal, input);
      expect(await started.progress()).toMatchObject({ done: 0, total: 2, outcomes: {} });
      return started;
    });
    expect(await backfill.result()).toMatchObject({ summary: '2 of 2 days complete' });
  });

  test('two backfills over the same days join on them: every day is fetched once', async () => {
    testEnv.simulator.requests.clear();
    const one = await startBackfill(testEnv.temporal, {
      dataset: DATASET,
      from: '2026-08-01',
      to: '2026-08-08',
    });
    const two = await startBackfill(testEnv.temporal, {
      dataset: DATASET,
      from: '2026-08-04',
      to: '2026-08-12',
    });
    const results = await Promise.all([one.result(), two.result()]);
    expect(results.map(({ summary }) => summary)).toEqual(['8 of 8 days complete', '9 of 9 days complete']);
    // A day that the first had finished before the second came to it is asked for again, unchanged; none is written twice.
    expect(
      await testEnv.rows(`select count(*) from ops.change where day between '2026-08-01' and '2026-08-12'`),
    ).toEqual([{ count: 12 }]);
    expect(
      await testEnv.rows(
        `select count(*) from jao_core.max_exchanges_versions where delivery_day between '2026-08-01' and '2026-08-12'`,
      ),
    ).toEqual([{ count: 12 * 3600 }]);
  });
});

describe('what the source does wrong', () => {
  test('transient errors pass unnoticed', async () => {
    testEnv.simulator.faults.add({ name: 'status', code: 503, day: '2026-07-01', times: 1 });
    testEnv.simulator.faults.add({ name: 'reset', day: '2026-07-01', times: 1 });
    expect(await ingest('2026-07-01')).toMatchObject({ state: 'complete' });
    expect(await ledger('2026-07-01')).toMatchObject({ error: null });
  });

  test('a page instead of data refuses the day once, without asking again, and heals by itself', async () => {
    testEnv.simulator.faults.add({ name: 'html-200', day: '2026-07-02' });
    testEnv.simulator.requests.clear();
    expect(await ingest('2026-07-02')).toMatchObject({ state: 'quarantined', presentPoints: 0 });
    expect(testEnv.simulator.requests.counts().total).toBe(1);
    expect(
      await testEnv.rows('select rule, severity, resolution from ops.finding where day = $1', ['2026-07-02']),
    ).toEqual([{ rule: 'not_json', severity: 'block', resolution: 'open' }]);
    testEnv.simulator.faults.clear();
    expect(await ingest('2026-07-02')).toMatchObject({ state: 'complete' });
    expect(
      await testEnv.rows(`select resolution from ops.finding where day = $1 and rule = 'not_json'`, [
        '2026-07-02',
      ]),
    ).toEqual([{ resolution: 'superseded' }]);
  });

  test('a day that is known stays known when the source breaks', async () => {
    await ingest('2026-07-03');
    testEnv.simulator.faults.add({ name: 'status', code: 404, day: '2026-07-03' });
    await expect(ingest('2026-07-03')).rejects.toMatchObject({ cause: { type: 'REQUEST_REFUSED' } });
    expect(await ledger('2026-07-03')).toMatchObject({
      state: 'complete',
      present_points: 3600,
      error: expect.stringContaining('answered 404'),
    });
    testEnv.simulator.faults.clear();
    expect(await ingest('2026-07-03')).toMatchObject({ state: 'complete' });
    expect(await ledger('2026-07-03')).toMatchObject({ error: null });
  });

  test.each([
    ['rejected-200', 'quarantined', 'rejected'],
    ['truncated-json', 'quarantined', 'not_json'],
    ['empty-body', 'quarantined', 'not_json'],
    ['quarter-hours', 'quarantined', 'off_grid'],
    ['string-numbers', 'quarantined', 'unreadable_value'],
    ['huge', 'quarantined', 'unreadable_value'],
    ['negative', 'quarantined', 'range'],
    ['conflicting-duplicate', 'quarantined', 'conflicting_duplicate'],
    ['duplicate-row', 'complete', 'duplicate'],
    ['row-at-to', 'complete', 'outside_day'],
    ['new-border', 'complete', 'new_series'],
    ['null-values', 'partial', 'null_values'],
  ] as const)('%s ends as %s with finding %s', async (name, state, rule) => {
    const day = `2026-06-${String(dayOf++).padStart(2, '0')}`;
    testEnv.simulator.faults.add({ name, day });
    expect(await ingest(day)).toMatchObject({ state });
    const rules = await testEnv.rows<{ rule: string }>(
      'select distinct rule from ops.finding where day = $1',
      [day],
    );
    expect(rules.map((row) => row.rule)).toContain(rule);
  });
  let dayOf = 12;

  test.each(['rejected-200', 'truncated-json', 'empty-body'] as const)(
    '%s after a whole day is no success: the day says so, keeps its values, and is whole again with the next response',
    async (name) => {
      const day = `2026-05-${String(dayOf++).padStart(2, '0')}`;
      const { state, presentPoints: all } = await ingest(day);
      expect(state).toBe('complete');
      testEnv.simulator.faults.add({ name, day });
      const outcome = await ingest(day);
      expect(outcome).toMatchObject({ state: 'quarantined', presentPoints: all, newPoints: 0 });
      expect(outcome.summary).toBe(
        `${day} is quarantined, a response was rejected; it had before: ${all} of ${all} points`,
      );
      expect(await ledger(day)).toMatchObject({ state: 'quarantined', present_points: all, error: null });
      const rerun = await tidemark(settingsOf(testEnv), 'rerun', DATASET, '--day', day, '--wait');
      expect(rerun).toMatchObject({ code: 1, stdout: expect.stringContaining('a response was rejected') });
      const range = { dataset: DATASET, from: day, to: day, dryRun: true };
      expect(await (await startRebuild(testEnv.temporal, range)).result()).toMatchObject({ differing: 0 });
      testEnv.simulator.faults.clear();
      expect(await ingest(day)).toMatchObject({ state: 'complete', newPoints: 0, revisedPoints: 0 });
    },
  );

  test('out-of-order rows mean nothing', async () => {
    testEnv.simulator.faults.add({ name: 'out-of-order', day: '2026-06-28' });
    expect(await ingest('2026-06-28')).toMatchObject({ state: 'complete' });
    expect(await testEnv.rows('select rule from ops.finding where day = $1', ['2026-06-28'])).toEqual([]);
  });

  test('a body beyond the limit is not read to its end', async () => {
    testEnv.simulator.faults.add({ name: 'oversize', sizeMiB: 64, day: '2026-06-29' });
    await expect(ingest('2026-06-29')).rejects.toMatchObject({ cause: { type: 'ANSWER_TOO_LARGE' } });
    expect(await ledger('2026-06-29')).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('larger than'),
      expected_points: 3600,
    });
    const finding = () =>
      testEnv.rows('select rule, resolution from ops.finding where day = $1', ['2026-06-29']);
    expect(await finding()).toEqual([{ rule: 'answer_too_large', resolution: 'open' }]);
    testEnv.simulator.faults.clear();
    expect(await ingest('2026-06-29')).toMatchObject({ state: 'complete' });
    expect(await finding()).toEqual([{ rule: 'answer_too_large', resolution: 'superseded' }]);
  });
});

describe('wrong inputs fail at once, with a message that helps', () => {
  const start = (type: string, args: unknown[]) =>
    testEnv.temporal.client.workflow.execute(type, {
      args,
      taskQueue: 'tidemark',
      workflowId: `by-hand-${serial++}`,
    });
  /** As the Web UI and other clients send it: bytes beside the name of their encoding. */
  async function startWith(encoding: string, text: string): Promise<string> {
    const workflowId = `by-hand-${serial++}`;
    const payload = { metadata: { encoding: Buffer.from(encoding) }, data: Buffer.from(text) };
    await testEnv.temporal.client.workflowService.startWorkflowExecution({
      ...{ namespace: testEnv.temporal.namespace, requestId: workflowId, workflowId },
      ...{ workflowType: { name: 'pollDataset' }, taskQueue: { name: 'tidemark' } },
      input: { payloads: [payload] },
    });
    return workflowId;
  }
  const failureOf = (workflowId: string) =>
    caught(testEnv.temporal.client.workflow.getHandle(workflowId).result());
  const caught = (run: Promise<unknown>) =>
    run.then(
      () => undefined,
      (error: { cause: { type: string; message: string } }) => error.cause,
    );
  let serial = 0;

  test.each([
    ['ingestDay', [], 'BAD_INPUT', 'write one JSON object, such as'],
    ['ingestDay', ['2026-11-20'], 'BAD_INPUT', 'the input is "2026-11-20"; write one JSON object, such as'],
    [
      'ingestDay',
      [JSON.stringify({ dataset: DATASET, day: '2026-11-20' })],
      'BAD_INPUT',
      'that is a text: leave out the quotes around it',
    ],
    [
      'ingestDay',
      [{ dataset: DATASET, day: 'yesterday' }],
      'BAD_INPUT',
      '"day" is "yesterday": write an existing date',
    ],
    [
      'ingestDay',
      [{ dataset: 'nope', day: '2026-11-20' }],
      'UNKNOWN_DATASET',
      'no dataset "nope"; the datasets are acme.spot-prices, calendar.holidays, ',
    ],
    ['ingestDay', [{ dataset: DATASET, day: '2020-01-01' }], 'OUT_OF_RANGE', 'begins on 2022-06-09'],
    [
      'backfill',
      [{ dataset: DATASET, form: '2026-01-01', to: '2026-01-02' }],
      'BAD_INPUT',
      '"form" is not a field',
    ],
    [
      'backfill',
      [{ dataset: DATASET, from: '2020-01-01', to: '2099-01-02' }],
      'OUT_OF_RANGE',
      'nothing is published beyond',
    ],
    [
      'backfill',
      [{ dataset: 'nope', from: '2026-01-01', to: '2026-01-02' }],
      'UNKNOWN_DATASET',
      'no dataset "nope"',
    ],
    ['pollDataset', [{}], 'BAD_INPUT', '"dataset" is missing'],
    ['pollDataset', [{ dataset: 'nope' }], 'UNKNOWN_DATASET', 'no dataset "nope"'],
    ['drainInbox', [], 'BAD_INPUT', 'write one JSON object, such as'],
    ['drainInbox', [{ data: 'nope' }], 'BAD_INPUT', '"data" is not a field'],
    [
      'drainInbox',
      [{ dataset: 'checkout.event' }],
      'UNKNOWN_DATASET',
      'no dataset "checkout.event"; write "checkout.events"',
    ],
    ['drainInbox', [{ dataset: DATASET }], 'BAD_INPUT', `${DATASET} takes no lines`],
    [
      'Backfill',
      [{ dataset: DATASET, from: '2026-01-01', to: '2026-01-02' }],
      'BAD_INPUT',
      'no workflow type "Backfill"; write "backfill"',
    ],
    ['ingest-day', [], 'BAD_INPUT', 'no workflow type "ingest-day"; write "ingestDay"'],
    ['frobnicate', ['{'], 'BAD_INPUT', 'no workflow type "frobnicate"; write one of backfill, decideDay, '],
  ])('%s %j', async (type, args, code, summary) => {
    expect(await caught(start(type, args))).toMatchObject({
      type: code,
      message: expect.stringContaining(summary),
    });
  });

  test.each([
    ['json/plain', `{"dataset": "${DATASET}"`],
    ['json/plain', ''],
    ['json/protobuf', 'dataset'],
  ])('%s %j, which cannot be decoded', async (encoding, text) => {
    expect(await failureOf(await startWith(encoding, text))).toMatchObject({
      type: 'BAD_INPUT',
      message: expect.stringContaining('write one JSON object'),
    });
  });

  test('input of the other encoding that the Web UI offers is read', async () => {
    const workflowId = await startWith('json/protobuf', JSON.stringify({ dataset: 'nope' }));
    expect(await failureOf(workflowId)).toMatchObject({ type: 'UNKNOWN_DATASET' });
  });

  test('nothing of them is left in the ledger', async () => {
    expect(
      await testEnv.rows(`select * from ops.delivery_day where day < '2022-06-09' or dataset = 'nope'`),
    ).toEqual([]);
  });

  test('a day started by hand under any id is done by the one writer of that day', async () => {
    const outcome = await start('ingestDay', [{ dataset: DATASET, day: '2026-05-01' }]);
    expect(outcome).toMatchObject({ state: 'complete' });
    expect(await testEnv.rows('select workflow_id from ops.run where day = $1', ['2026-05-01'])).toEqual([
      { workflow_id: `day:${DATASET}:2026-05-01` },
    ]);
  });

  test('a backfill started by hand with three fields works', async () => {
    const result = await start('backfill', [{ dataset: DATASET, from: '2026-05-02', to: '2026-05-03' }]);
    expect(result).toMatchObject({ summary: '2 of 2 days complete' });
  });
});

test('a day that is not due is scheduled, and the source is not asked', async () => {
  testEnv.simulator.requests.clear();
  const day = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10);
  expect(await ingest(day)).toMatchObject({ state: 'scheduled' });
  expect(await ledger(day)).toMatchObject({ state: 'scheduled' });
  expect(testEnv.simulator.requests.counts().total).toBe(0);
});
