/** Does an operator get through the API what the command gives, under the name of the key, and is every call written down? */
import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApi } from '../../../../api/app.ts';
import { connectTemporal } from '../../../../temporal/connection.ts';
import { reconcileSchedules } from '../../../../temporal/schedules.ts';
import {
  type Answer,
  type ApiEnvironment,
  answerOf,
  openApiEnvironment,
} from '../../../support/api/api-environment.ts';
import { makeKey, type TestKey } from '../../../support/api/keys.ts';
import { rowsOfPages } from '../../../support/api/pages.ts';
import { DATASET } from '../../../support/test-environment.ts';

let testEnv: ApiEnvironment;
let anna: TestKey;
let admin: TestKey;
beforeAll(async () => {
  testEnv = await openApiEnvironment(
    { simulator: { revisionShare: 0, quotaRequests: 0 } },
    { access: 'keys' },
  );
  [anna, admin] = await Promise.all([
    makeKey(testEnv, { role: 'operator', name: 'anna' }),
    makeKey(testEnv, { role: 'admin', name: 'the admin' }),
  ]);
  await testEnv.startWorker();
  await testEnv.load('2026-11-01', '2026-11-02');
});
afterAll(() => testEnv.close());

const url = (path: string) => `/v1/datasets/${DATASET}${path}`;
const get = (path: string, { headers } = anna) => testEnv.get(path, { headers });
async function post(path: string, body: object, { headers } = anna, api = testEnv.api): Promise<Answer> {
  return answerOf(await api.inject({ method: 'POST', url: path, headers, payload: body }));
}
const workflow = (id: string) => testEnv.temporal.client.workflow.getHandle(id);

describe('a backfill', () => {
  const range = { dataset: DATASET, from: '2026-11-01', to: '2026-11-04' };
  const id = `backfill:${DATASET}:2026-11-01..2026-11-04`;

  test('shows its plan and starts nothing', async () => {
    const { status, json } = await post('/v1/backfills', { ...range, plan_only: true, order: 'oldest' });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      days: 4,
      rows: 7200,
      actions: {
        skip: { complete: ['2026-11-01..2026-11-02'] },
        fetch: { missing: ['2026-11-03..2026-11-04'] },
      },
    });
    expect(json.plan.map(({ day }: { day: string }) => day)).toEqual([
      '2026-11-01',
      '2026-11-02',
      '2026-11-03',
      '2026-11-04',
    ]);
    expect((await get(`/v1/backfills/${id}`)).status).toBe(404);
  });

  test('waits when it is told to, says so, and takes what it is told', async () => {
    const started = await post('/v1/backfills', { ...range, paused: true, reason: 'the gap of last week' });
    expect(started).toMatchObject({ status: 202, json: { workflow_id: id, joined: false } });
    expect(started.json.link).toBe(`http://ui.test/${id}/${started.json.run_id}`);
    await expect.poll(async () => (await get(`/v1/backfills/${id}`)).json.backfill).not.toBeNull();

    expect(await post('/v1/backfills', range)).toMatchObject({
      status: 202,
      json: { workflow_id: id, joined: true },
    });
    expect((await get(`/v1/backfills/${id}`)).json).toMatchObject({
      backfill: { status: 'running', planned_days: 2, finished_at: null },
      progress: { paused: expect.any(String), total: 4 },
    });
    const skipped = await post(`/v1/backfills/${id}/steer`, {
      action: 'skip',
      days: ['2026-11-04'],
      reason: 'not wanted',
    });
    expect(skipped.json.progress.skipped).toEqual({ '2026-11-04': expect.stringContaining('not wanted') });
    expect(skipped.json.progress.skipped['2026-11-04']).toContain('anna');
    const changed = await post(`/v1/backfills/${id}/steer`, {
      action: 'change',
      concurrency: 3,
      order: 'oldest',
    });
    expect(changed.json.progress).toMatchObject({ concurrency: 3, order: 'oldest' });
    const refused = await post(`/v1/backfills/${id}/steer`, {
      action: 'skip',
      days: ['2026-10-01'],
      reason: 'x',
    });
    expect(refused).toMatchObject({ status: 409, json: { detail: expect.stringContaining('2026-10-01') } });
    expect((await post(`/v1/backfills/${id}/steer`, { action: 'resume' })).status).toBe(200);
    await workflow(id).result();
  });

  test('that has ended shows what was planned against what was done, and takes nothing any more', async () => {
    const { json } = await get(`/v1/backfills/${id}`);
    expect(json).toMatchObject({
      backfill: { status: 'ended', planned_days: 2, summary: expect.any(String) },
      progress: null,
    });
    expect(json.days).toContainEqual(
      expect.objectContaining({ day: '2026-11-03', action: 'fetch', outcome: 'complete' }),
    );
    expect(json.days).toContainEqual(expect.objectContaining({ day: '2026-11-04', outcome: null }));
    expect(await post(`/v1/backfills/${id}/steer`, { action: 'pause', reason: 'x' })).toMatchObject({
      status: 409,
      json: { detail: expect.stringContaining(`no backfill "${id}" is running`) },
    });
    expect(
      await post('/v1/backfills/backfill:no.such:2026-11-01..2026-11-02/steer', { action: 'resume' }),
    ).toMatchObject({ status: 404 });
    expect(
      await post(`/v1/backfills/day:${DATASET}:2026-11-01/steer`, { action: 'cancel', reason: 'x' }),
    ).toMatchObject({ status: 404 });
  });

  test('can be cancelled', async () => {
    const other = { ...range, from: '2026-10-20', to: '2026-10-21', paused: true };
    const { json } = await post('/v1/backfills', other);
    const address = `/v1/backfills/${json.workflow_id}`;
    // One that is cancelled before it has its plan leaves nothing to be shown: that the plan is stored is not enough.
    await expect.poll(() => workflow(json.workflow_id).query('plan')).toBeTruthy();
    const cancelled = await post(`${address}/steer`, {
      action: 'cancel',
      reason: 'wrong month',
    });
    expect(cancelled.status).toBe(200);
    await expect(workflow(json.workflow_id).result()).rejects.toThrow(WorkflowFailedError);
    expect((await get(address)).json.backfill.summary).toContain('0 of 2');
  });

  test('stands in the list, page by page', async () => {
    const first = await get('/v1/backfills?limit=2');
    expect(first.json.data.map((each: { from: string }) => each.from)).toEqual(['2026-10-20', '2026-11-01']);
    const second = await get(first.json.next);
    expect(second.json).toMatchObject({ data: [{ to: '2026-11-02', status: 'ended' }], next: null });
  });
});

describe('asking again', () => {
  test('by day, range and state; what would be asked for can be seen first', async () => {
    const plan = await post(url('/days/rerun'), {
      states: ['complete'],
      from: '2026-11-01',
      to: '2026-11-03',
      plan_only: true,
    });
    expect(plan.status).toBe(200);
    expect(plan.json.data.map(({ day, state }: { day: string; state: string }) => [day, state])).toEqual([
      ...[
        ['2026-11-01', 'complete'],
        ['2026-11-02', 'complete'],
        ['2026-11-03', 'complete'],
      ],
    ]);
    expect(plan.json.data[0].before).toMatchObject({ trigger: 'backfill', outcome: 'complete' });

    const { status, json } = await post(url('/days/rerun'), {
      days: ['2026-11-02'],
      reason: 'a trader asked',
    });
    expect(status).toBe(202);
    expect(json.data).toMatchObject([
      { day: '2026-11-02', workflow_id: `day:${DATASET}:2026-11-02`, joined: false },
    ]);
    expect(json.data[0].link).toBe(`http://ui.test/day:${DATASET}:2026-11-02/${json.data[0].run_id}`);
    expect(await workflow(`day:${DATASET}:2026-11-02`).result()).toMatchObject({ state: 'complete' });
    const range = await post(url('/days/rerun'), { from: '2026-11-01', to: '2026-11-02' });
    expect(range.json.data).toHaveLength(2);
    await Promise.all(['2026-11-01', '2026-11-02'].map((day) => workflow(`day:${DATASET}:${day}`).result()));
  });
});

describe('a decision', () => {
  const decide = (day: string, body: object) => post(url(`/days/${day}/decisions`), body);

  test('is made under the name of the key', async () => {
    const { status, json } = await decide('2026-10-10', { verb: 'absent', reason: 'never published' });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      outcome: { day: '2026-10-10', state: 'absent' },
      summary: json.outcome.summary,
    });
    expect(await testEnv.rows('select decided_by as by, reason from ops.decision')).toEqual([
      { by: 'anna', reason: 'never published' },
    ]);
    expect(
      await decide('2026-10-10', { verb: 'expected', reason: 'it came after all', by: 'bert' }),
    ).toMatchObject({
      status: 400,
      json: { errors: [{ field: 'by', hint: expect.any(String) }] },
    });
    expect((await decide('2026-10-10', { verb: 'expected', reason: 'it came after all' })).status).toBe(200);
  });

  test('that cannot be is refused, with what it conflicts with', async () => {
    expect(await decide('2026-11-01', { verb: 'absent', reason: 'x' })).toMatchObject({
      status: 409,
      json: { detail: expect.stringContaining('a published day is not absent') },
    });
    expect((await decide('2026-11-01', { verb: 'release', findings: [99999], reason: 'x' })).status).toBe(
      409,
    );
  });
});

test('polling is paused and resumed, once each', async () => {
  const nothing = await post(url('/pause'), { reason: 'too early' });
  expect(nothing).toMatchObject({
    status: 409,
    json: { detail: expect.stringContaining('there is no schedule') },
  });
  await reconcileSchedules(testEnv.temporal, testEnv.catalog.datasets);
  const paused = await post(url('/pause'), { reason: 'the source is being moved' });
  expect(paused).toMatchObject({
    status: 200,
    json: { paused: true, changed: true, schedule: `poll:${DATASET}` },
  });
  expect(paused.json.note).toMatch(/^paused by anna on .*: the source is being moved$/);
  expect((await post(url('/pause'), { reason: 'again' })).json).toMatchObject({
    changed: false,
    note: paused.json.note,
  });
  expect((await post(url('/resume'), {})).json).toMatchObject({ paused: false, changed: true });
});

describe('a wrong call', () => {
  test.each<[string, object, number, string, string]>([
    ['/v1/backfills', { dataset: DATASET, from: '2026-11-01' }, 400, 'to', 'missing'],
    [
      '/v1/backfills',
      { dataset: DATASET, from: '2026-11-01', to: '2026-11-02', fron: 1 },
      400,
      'fron',
      'misspelt',
    ],
    [
      '/v1/backfills',
      { dataset: DATASET, from: '2026-11-01', to: '2026-11-02', concurrency: 500 },
      400,
      'concurrency',
      '200',
    ],
    ['/v1/backfills', { dataset: DATASET, from: '2026-11-02', to: '2026-11-01' }, 422, 'to', 'swap them'],
    [
      '/v1/backfills',
      { dataset: DATASET, from: '2020-01-01', to: '2026-11-01' },
      422,
      'from',
      'choose 2022-06-09 or later',
    ],
    [
      '/v1/backfills',
      { dataset: DATASET, from: '2026-11-01', to: '2026-11-02', days: 'all', only: ['late'] },
      422,
      'days',
      'leave it out',
    ],
    [url('/days/rerun'), {}, 422, 'body', '"from" and "to"'],
    [url('/days/rerun'), { days: ['2026-11-01'], states: ['late'] }, 422, 'body', 'or "states"'],
    [url('/days/rerun'), { days: ['2020-01-01'] }, 422, 'days', 'choose 2022-06-09 or later'],
    [
      url('/days/2026-11-01/decisions'),
      { verb: 'release', reason: 'x' },
      422,
      'findings',
      'either "findings" or "rule"',
    ],
    [
      url('/days/2026-11-01/decisions'),
      { verb: 'absent', rule: 'range', reason: 'x' },
      422,
      'verb',
      'leave out',
    ],
    [url('/days/2026-11-01/decisions'), { verb: 'absent' }, 400, 'reason', 'missing'],
    [url('/days/2026-02-30/decisions'), { verb: 'absent', reason: 'x' }, 400, 'day', 'existing date'],
    [url('/pause'), { reason: ' \n' }, 400, 'reason', 'say why'],
  ])('%s %j is refused with %i', async (path, body, status, field, hint) => {
    const answer = await post(path, body);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer).toMatchObject({
      status,
      json: { errors: [{ field, hint: expect.stringContaining(hint) }] },
    });
  });
});

describe('the audit', () => {
  const audit = async (query = '') => (await get(`/v1/audit${query}`, admin)).json;

  test('has each call with who, what, why and what came of it', async () => {
    const { data } = await audit(`?dataset=${DATASET}&limit=1000`);
    const entryOf = (action: string, status: number) =>
      data.findLast(
        (entry: { action: string; status: number }) => entry.action === action && entry.status === status,
      );
    expect(entryOf('POST /v1/backfills', 202)).toMatchObject({
      by: 'anna',
      key_id: anna.id,
      reason: 'the gap of last week',
      input: { body: { from: '2026-11-01', to: '2026-11-04', paused: true } },
      outcome: expect.stringContaining('is running'),
    });
    expect(entryOf('POST /v1/backfills', 200)).toMatchObject({
      outcome: expect.stringContaining('nothing was started'),
    });
    expect(entryOf('POST /v1/backfills/:id/steer', 409)).toMatchObject({
      by: 'anna',
      dataset: DATASET,
      reason: 'x',
    });
    expect(entryOf('POST /v1/datasets/:dataset/days/:day/decisions', 400)).toMatchObject({
      input: { params: { day: '2026-10-10' } },
    });
    expect(entryOf('POST /v1/datasets/:dataset/pause', 200)).toMatchObject({
      reason: 'the source is being moved',
    });
  });

  test('has calls that a key did not allow, and hostile ones, and no call without a key', async () => {
    const reader = await makeKey(testEnv, { name: 'a reader' });
    const revoked = await makeKey(testEnv, { name: 'gone', role: 'operator', expiresAt: new Date(0) });
    const before = (await audit('?limit=1')).data[0].id;
    expect((await post(url('/pause'), { reason: 'x' }, reader)).status).toBe(403);
    expect((await post(url('/pause'), { reason: 'x' }, revoked)).status).toBe(401);
    expect((await post('/v1/backfills', { reason: 'a\u0000b \ud800', dataset: '\u0000' })).status).toBe(400);
    expect(
      (
        await post(
          url('/pause'),
          { reason: 'x' },
          { ...reader, headers: { authorization: 'Bearer tmk_none' } },
        )
      ).status,
    ).toBe(401);
    const { data } = await audit('?limit=10');
    const since = data.filter(({ id }: { id: number }) => id > before);
    expect(since.map(({ by, status }: { by: string; status: number }) => [by, status])).toEqual([
      ['anna', 400],
      ['gone', 401],
      ['a reader', 403],
    ]);
    expect(since[1]).toMatchObject({
      outcome: expect.stringContaining('expired'),
      action: 'POST /v1/datasets/:dataset/pause',
    });
  });

  test('comes page by page, newest first, and reading is not in it', async () => {
    const whole = (await audit('?limit=1000')).data.map(({ id }: { id: number }) => id);
    const pieces = await rowsOfPages<{ id: number }>((url) => get(url, admin), '/v1/audit?limit=7');
    expect(pieces.map(({ id }) => id)).toEqual(whole);
    expect(whole).toEqual(whole.toSorted((a: number, b: number) => b - a));
  });
});

test('keys are listed without anything of their secrets', async () => {
  const answer = await get('/v1/keys', admin);
  expect(answer.json.data).toContainEqual(
    expect.objectContaining({ id: anna.id, name: 'anna', status: 'valid' }),
  );
  expect(answer.text).not.toMatch(/secret|tmk_/);
});

test('without Temporal an operator is told to come back, and what is stored can still be seen', async () => {
  const nobody = { address: '127.0.0.1:9', namespace: 'default', connectionOptions: {} };
  const api = await buildApi({ ...testEnv.deps, temporal: () => connectTemporal(nobody) });
  const answer = await post(url('/days/rerun'), { days: ['2026-11-02'] }, anna, api);
  expect(answer).toMatchObject({
    status: 503,
    json: { detail: expect.stringContaining('Temporal does not answer') },
  });
  expect(answer.headers['retry-after']).toBe('10');
  const list = answerOf(await api.inject({ url: '/v1/backfills', headers: anna.headers }));
  expect(list.json.data.map((each: { workflow_id: string }) => each.workflow_id)).toContain(
    `backfill:${DATASET}:2026-11-01..2026-11-04`,
  );
  await api.close();
});
