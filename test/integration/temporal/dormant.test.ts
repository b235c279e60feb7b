/**
 * A dataset that is not enabled is in the catalogue and nowhere else: every way in is refused with the cure, nothing is requested, stored
 * or expected of it, and no surface speaks of it. Enabling and disabling holds in the middle of whatever happens.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applySetting } from '../../../db/migration/enabling.ts';
import { storedIncidents } from '../../../db/queries/notify/incidents.ts';
import { pollScheduleId } from '../../../domain/workflow/ids.ts';
import { findSchedule } from '../../../temporal/schedules.ts';
import {
  type Answer,
  type ApiEnvironment,
  answerOf,
  openApiEnvironment,
} from '../../support/api/api-environment.ts';
import { makeKey, type TestKey } from '../../support/api/keys.ts';
import { migrateAll, settingsOf, tidemark } from '../../support/command.ts';
import { createEmptyDatabase } from '../../support/database.ts';
import { event } from '../../support/sample-events.ts';
import { DATASET, type TestWorker } from '../../support/test-environment.ts';

const EVENTS = 'checkout.events';
const FILES = 'swissgrid.frequency';
const DERIVED = 'swissgrid.frequency-quality';
const RECORDS = 'calendar.holidays';
const DAY = '2026-11-01';

let testEnv: ApiEnvironment;
let operator: TestKey;
let folder: string;
let worker: TestWorker;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-dormant-'));
  writeFileSync(join(folder, 'frequency.csv'), '2026-11-01T00:00:00Z,50.01\n2026-11-01T00:00:01Z,50.02\n');
  testEnv = await openApiEnvironment(
    {
      ...{ enabled: () => false, simulator: { revisionShare: 0, quotaRequests: 0 }, filesFolder: folder },
      sourceSettings: new Map([['swissgrid', { SWISSGRID_FREQUENCY_FILES: folder }]]),
    },
    { access: 'keys' },
  );
  operator = await makeKey(testEnv, { role: 'operator', name: 'anna' });
});
afterAll(async () => {
  await testEnv.close();
  rmSync(folder, { recursive: true });
});

const run = (...args: readonly string[]) => tidemark(settingsOf(testEnv), ...args);
const get = (url: string) => testEnv.get(url, { headers: operator.headers });
async function post(url: string, payload: object | string): Promise<Answer> {
  const headers = {
    ...operator.headers,
    'content-type': typeof payload === 'string' ? 'application/x-ndjson' : 'application/json',
  };
  return answerOf(await testEnv.api.inject({ method: 'POST', url, headers, payload }));
}
async function reasonOfRun(type: string, input: object, workflowId: string): Promise<string> {
  const { workflow } = testEnv.temporal.client;
  const failure = await workflow.execute(type, { args: [input], taskQueue: 'tidemark', workflowId }).then(
    () => undefined,
    (error) => error,
  );
  return String(failure?.cause?.message ?? failure);
}
const count = async (from: string) =>
  Number((await testEnv.rows<{ n: number }>(`select count(*)::int as n from ${from}`))[0]?.n);
const requests = () => testEnv.simulator.requests.counts().total;
const line = (id: string) => `${JSON.stringify(event({ id }))}\n`;

describe('a dormant dataset', () => {
  beforeAll(async () => {
    worker = await testEnv.startWorker();
  });

  const range = { from: DAY, to: '2026-11-03' };
  const runs: readonly [way: string, dataset: string, type: string, input: object][] = [
    ['a poll', DATASET, 'pollDataset', {}],
    ['a poll of what is computed', DERIVED, 'pollDataset', {}],
    ['a poll of records', RECORDS, 'pollDataset', {}],
    ['a day', DATASET, 'ingestDay', { day: DAY }],
    ['a backfill', DATASET, 'backfill', range],
    ['a load', FILES, 'loadFile', { file: '/nowhere/frequency.csv' }],
    ['a check for files', FILES, 'lookForFiles', {}],
  ];
  test.each(runs)('ends %s at once, with the cure', async (way, dataset, type, input) => {
    const id = type === 'ingestDay' ? `day:${dataset}:${DAY}` : `dormant:${way}`;
    const reason = await reasonOfRun(type, { dataset, ...input }, id);
    expect(reason).toContain(`${dataset} is dormant in this installation`);
    expect(reason).toContain(`npx tidemark enable '${dataset}'`);
  });

  const commands: readonly (readonly string[])[] = [
    ['backfill', DATASET, '--from', DAY, '--to', DAY],
    ['rerun', DATASET, '--day', DAY],
    ['refresh', RECORDS],
    ['load', FILES, '/nowhere/frequency.csv'],
    ['pause', DATASET, '--reason', 'x'],
    ['query', DATASET, '--from', DAY, '--to', '2026-11-02'],
    ['explain', DATASET, '--series', 'border_AT_CZ', '--at', `${DAY}T00:00:00Z`],
  ];
  test.each(commands)('is refused to the command: %s %s', async (...args) => {
    const { code, stderr } = await run(...args);
    expect(stderr).toContain(`npx tidemark enable '${args[1]}'`);
    expect(code).toBe(2);
  });

  const calls: readonly [path: string, body: object | string][] = [
    ['/v1/backfills', { dataset: DATASET, ...range }],
    [`/v1/datasets/${DATASET}/days/rerun`, { days: [DAY] }],
    [`/v1/datasets/${DATASET}/pause`, { reason: 'x' }],
    [`/v1/events/${EVENTS}`, line('e1')],
  ];
  test.each(calls)('is refused to the API: POST %s', async (path, body) => {
    const { status, json } = await post(path, body);
    expect([status, json.detail]).toEqual([409, expect.stringContaining('npx tidemark enable')]);
  });

  test.each([
    `/v1/data?dataset=${DATASET}&from=${DAY}&to=2026-11-02`,
    `/v1/data?dataset=${RECORDS}`,
    `/v1/explain?dataset=${DATASET}&series=border_AT_CZ&at=${DAY}T00:00:00Z`,
  ])('has nothing to read, and says why: GET %s', async (path) => {
    const { status, json } = await get(path);
    expect([status, json.detail]).toEqual([
      409,
      expect.stringMatching(/never enabled .* npx tidemark enable/),
    ]);
  });

  test('is in the catalogues, as what it is, and on no other surface', async () => {
    const listed = (await get('/v1/datasets')).json.data;
    expect(listed).toHaveLength(testEnv.catalog.all.length);
    expect(listed.every((each: { enabled: boolean }) => !each.enabled)).toBe(true);
    expect((await get(`/v1/datasets/${DATASET}`)).json).toMatchObject({ enabled: false, switched_at: null });
    expect((await get('/v1/days')).json.data).toEqual([]);
    expect((await get('/metrics')).text).not.toMatch(/dataset="[^"]/);
    const { code, stdout } = await run('status');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^\d+ datasets are dormant: .*npx tidemark enable/),
    ]);
    expect(JSON.parse((await run('status', '--json')).stdout).datasets).toEqual([]);
    expect(
      await testEnv.rows('select distinct enabled, relation is null as "isWithout" from catalog.dataset'),
    ).toEqual([{ enabled: false, isWithout: true }]);
  });

  test('is no fault to the doctor, who says how to enable some', async () => {
    const checks: { name: string; fine: boolean; message: string }[] = JSON.parse(
      (await run('doctor', '--json')).stdout,
    );
    const of = (name: string) => checks.find((each) => each.name === name);
    expect(of('datasets')).toMatchObject({
      message: expect.stringMatching(/^none of \d+ is enabled; .* enable/),
    });
    expect(of('schedules')).toMatchObject({ fine: true, message: '' });
    expect(of('sources')).toMatchObject({ fine: true, message: 'no enabled dataset is requested from one' });
  });

  test('was never requested, and has neither storage nor a trace', async () => {
    expect(requests()).toBe(0);
    for (const table of [
      'ops.payload',
      'ops.run',
      'ops.delivery_day',
      'ops.inbox',
      'ops.backfill',
      'ops.told',
    ])
      expect([table, await count(table)]).toEqual([table, 0]);
    expect(await count(`pg_tables where schemaname = 'store'`)).toBe(0);
    expect(await count(`pg_namespace where nspname in ('jao_core', 'checkout', 'calendar')`)).toBe(0);
  });
});

describe('enabling', () => {
  test('names what it does not know, and changes nothing', async () => {
    const { code, stderr } = await run('enable', 'jao-core.max-*', 'jao-core.nonsense');
    expect([code, stderr]).toEqual([2, expect.stringContaining('"jao-core.nonsense"')]);
    expect(await count('ops.dataset where enabled')).toBe(0);
  });

  test('a dataset that is computed says which inputs it needs', async () => {
    const { code, stderr } = await run('enable', DERIVED);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`${DERIVED} is computed from ${FILES}`)]);
    expect(await count('ops.dataset where enabled')).toBe(0);
  });

  test('by the command makes storage and schedule, polls at once, and says what the past month costs', async () => {
    const { code, stdout } = await run('enable', 'jao-core.max-exch*', '--by', 'anna');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^jao-core.max-exchanges is enabled; .*about 1\d requests/),
    ]);
    expect(
      await testEnv.rows(`select enabled, relation from catalog.dataset where dataset = '${DATASET}'`),
    ).toEqual([{ enabled: true, relation: 'jao_core.max_exchanges' }]);
    expect(await count('jao_core.max_exchanges_as_of(now())')).toBe(0);
    await expect.poll(requests).toBeGreaterThan(0);
    expect((await run('enable')).stdout).toMatch(/^enabled {2}jao-core.max-exchanges since .*, by anna$/m);
    expect((await run('enable', DATASET)).stdout).toContain('was enabled already');
  });

  test('by the API, with the SQL that the dataset has of its own, and under the name of the key', async () => {
    for (const dataset of [EVENTS, FILES]) {
      const { status, json } = await post(`/v1/datasets/${dataset}/enable`, {});
      expect([status, json]).toEqual([
        200,
        expect.objectContaining({ dataset, enabled: true, changed: true }),
      ]);
    }
    expect((await get(`/v1/datasets/${EVENTS}`)).json).toMatchObject({ enabled: true, switched_by: 'anna' });
    expect(await count('checkout.fact_events')).toBe(0);
    expect((await post(`/v1/events/${EVENTS}`, line('e2'))).status).toBe(202);
    await expect.poll(() => count('checkout.events')).toBe(1);
  });
});

describe('disabling', () => {
  const closed = async (workflowId: string) =>
    (await testEnv.temporal.client.workflow.getHandle(workflowId).describe()).status.name;

  test('ends a backfill that waits for its source, and asks it nothing more', async () => {
    await expect
      .poll(() => count(`ops.delivery_day where dataset = '${DATASET}' and state = 'complete'`))
      .toBeGreaterThan(0);
    testEnv.simulator.faults.add({ name: 'slow', delayMs: 60_000 });
    const workflowId = `backfill:${DATASET}:2026-09-01..2026-09-20`;
    const before = requests();
    await run('backfill', DATASET, '--from', '2026-09-01', '--to', '2026-09-20');
    await expect.poll(requests).toBeGreaterThan(before);
    // Temporal's list, by which runs are found, lags a moment behind them.
    const listed = `WorkflowId = '${workflowId}' AND ExecutionStatus = 'Running'`;
    await expect.poll(async () => (await testEnv.temporal.client.workflow.count(listed)).count).toBe(1);

    const { code, stdout } = await run('disable', DATASET, '--by', 'ben');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/is disabled: .* can be read/)]);
    await expect.poll(() => closed(workflowId)).toBe('CANCELLED');
    testEnv.simulator.faults.clear();
    const after = requests();
    const reason = await reasonOfRun('ingestDay', { dataset: DATASET, day: DAY }, `day:${DATASET}:${DAY}`);
    expect(reason).toContain('is dormant');
    expect(requests()).toBe(after);
    expect(await findSchedule(testEnv.temporal, `poll:${DATASET}`)).toBeUndefined();
  });

  test('keeps what is there readable, and silent', async () => {
    const [day] = await testEnv.rows<{ day: string }>(
      `select day::text from ops.delivery_day where dataset = '${DATASET}' and state = 'complete' limit 1`,
    );
    const { status, json } = await get(
      `/v1/data?dataset=${DATASET}&from=${day?.day}T00:00:00Z&to=${day?.day}T12:00:00Z&limit=5`,
    );
    expect([status, json.data?.length]).toEqual([200, 5]);
    expect((await run('status')).stdout).not.toContain(DATASET);
    expect((await get('/metrics')).text).not.toContain(DATASET);
    expect((await get('/v1/days')).json.data.map((each: { dataset: string }) => each.dataset)).not.toContain(
      DATASET,
    );
  });

  test('ends its incidents, and makes no new ones', async () => {
    await post(`/v1/datasets/${DATASET}/enable`, {});
    const about = async () =>
      (await storedIncidents(testEnv.database)).filter(({ dataset }) => dataset === DATASET);
    const fail = (day: string) =>
      testEnv.rows(
        `insert into ops.delivery_day (dataset, day, state, expected_points, error) values ($1, $2, 'failed', 1, 'x')`,
        [DATASET, day],
      );
    await fail('2026-10-01');
    expect(await about()).toMatchObject([{ cause: 'failed', days: ['2026-10-01'] }]);
    expect((await post(`/v1/datasets/${DATASET}/disable`, {})).status).toBe(200);
    await fail('2026-10-02');
    expect(await about()).toEqual([]);
    expect(await count(`ops.poll where dataset = '${DATASET}'`)).toBe(0);
    expect((await get('/v1/notifications')).text).not.toContain(DATASET);
  });

  test('of an input says what is computed from it', async () => {
    await post(`/v1/datasets/${DERIVED}/enable`, {});
    const { json } = await post(`/v1/datasets/${FILES}/disable`, {});
    expect(json.summary).toContain(DERIVED);
  });

  test('refuses lines, and loses none that were accepted', async () => {
    expect((await post(`/v1/events/${EVENTS}`, line('e3'))).status).toBe(202);
    await run('disable', 'checkout.*');
    expect((await post(`/v1/events/${EVENTS}`, line('e4'))).status).toBe(409);
    await expect.poll(() => count('checkout.events')).toBe(2);
    await run('enable', 'checkout.*');
    expect((await post(`/v1/events/${EVENTS}`, line('e5'))).status).toBe(202);
    await expect.poll(() => count('checkout.events')).toBe(3);
  });
});

test('enabled and disabled while no worker is there: the one that comes requests nothing', async () => {
  await worker.stop();
  const polls = `WorkflowType = 'pollDataset' AND Dataset = '${DATASET}' AND ExecutionStatus = 'Running'`;
  const running = async () => (await testEnv.temporal.client.workflow.count(polls)).count;
  const before = requests();
  expect((await run('enable', DATASET)).code).toBe(0);
  await expect.poll(running).toBe(1);
  expect((await run('disable', DATASET)).code).toBe(0);
  worker = await testEnv.startWorker();
  await expect.poll(running).toBe(0);
  expect(requests()).toBe(before);
});

test("a person's pause outlasts that the dataset was dormant", async () => {
  const schedule = testEnv.temporal.client.schedule.getHandle(pollScheduleId(DATASET));
  const state = async () => (await schedule.describe()).state;
  await run('enable', DATASET);
  expect((await run('pause', DATASET, '--reason', 'moving house', '--by', 'anna')).code).toBe(0);
  await expect.poll(state).toMatchObject({ paused: true });
  const { note } = await state();
  expect((await run('disable', DATASET)).code).toBe(0);
  const { stdout } = await run('doctor', '--json');
  const checks: { name: string; message: string }[] = JSON.parse(stdout);
  expect(checks.find(({ name }) => name === 'schedules')?.message).not.toContain(DATASET);
  expect((await run('enable', DATASET)).code).toBe(0);
  expect(await state()).toMatchObject({ paused: true, note });
  await run('resume', DATASET);
  await expect.poll(state).toMatchObject({ paused: false });
  await run('disable', DATASET);
});

test('a database that is new has nothing enabled, and the migration says how to enable some', async () => {
  const { url, drop } = await createEmptyDatabase();
  const settings = { ...settingsOf(testEnv), DATABASE_URL: url, TEMPORAL_NAMESPACE: 'dormant' };
  const { code, stdout } = await migrateAll({ ...settings, TIDEMARK_ENABLED: '' });
  expect([code, stdout]).toEqual([
    0,
    expect.stringMatching(/datasets: none of \d+ is enabled; .*tidemark enable/),
  ]);
  expect(stdout).not.toContain('schedule poll:');
  const set = await migrateAll({ ...settings, TIDEMARK_ENABLED: 'jao-core.atc' });
  expect([set.code, set.stdout]).toEqual([0, expect.stringContaining('schedule poll:jao-core.atc: made')]);
  const less = await migrateAll({ ...settings, TIDEMARK_ENABLED: 'jao-core.max-exchanges' });
  expect(less.stdout).toContain('schedule poll:jao-core.atc: removed: its dataset is dormant');
  await drop();
});

describe('the setting', () => {
  const enabled = async () =>
    (await testEnv.rows<{ dataset: string }>('select dataset from ops.dataset where enabled order by 1')).map(
      ({ dataset }) => dataset,
    );
  const apply = (...patterns: string[]) =>
    applySetting(testEnv.database, testEnv.catalog.all, patterns.length > 0 ? patterns : undefined);

  test('is the whole truth: what it does not name is disabled', async () => {
    const before = await enabled();
    const { enabled: begun, disabled } = await apply('calendar.*', FILES);
    expect(await enabled()).toEqual([RECORDS, FILES]);
    expect(begun).toContain(RECORDS);
    expect(disabled.toSorted()).toEqual(before.filter((id) => id !== FILES).toSorted());
    expect(await apply('calendar.*', FILES)).toEqual({ enabled: [], disabled: [] });
  });

  test('refuses changes by hand, and says where to make them', async () => {
    const { code, stderr } = await run('enable', DATASET);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/setting TIDEMARK_ENABLED .*"calendar\.\*,swissgrid/),
    ]);
    const { status, json } = await post(`/v1/datasets/${RECORDS}/disable`, {});
    expect([status, json.detail]).toEqual([422, expect.stringContaining('TIDEMARK_ENABLED')]);
    expect(await enabled()).toEqual([RECORDS, FILES]);
  });

  test.each([
    [['jao-core.nonsense'], /^TIDEMARK_ENABLED: no dataset is named by "jao-core.nonsense"/],
    [[DERIVED], /^TIDEMARK_ENABLED: .* is computed from swissgrid.frequency/],
  ])('of %j is refused before it changes anything', async (patterns, message) => {
    await expect(apply(...patterns)).rejects.toThrow(message);
    expect(await enabled()).toEqual([RECORDS, FILES]);
  });

  test('that is taken away leaves everything as it was, to people', async () => {
    await apply();
    expect(await enabled()).toEqual([RECORDS, FILES]);
    expect((await run('disable', FILES)).code).toBe(0);
    expect(await enabled()).toEqual([RECORDS]);
  });
});
