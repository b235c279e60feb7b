/** Does the ledger answer for every day of a range, and does a day tell its story: runs, findings, changes, payloads? */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runDay } from '../../../../temporal/days.ts';
import { type ApiEnvironment, openApiEnvironment } from '../../../support/api/api-environment.ts';
import { DATASET } from '../../../support/test-environment.ts';

const GOOD = '2026-11-02';
const BAD = '2026-11-03';
const FAILED = '2026-11-04';
const NOW = new Date('2026-11-21T12:00:00Z');

let testEnv: ApiEnvironment;
beforeAll(async () => {
  testEnv = await openApiEnvironment(
    { simulator: { revisionShare: 0, quotaRequests: 0, now: NOW.toISOString() }, simulatedClock: true },
    { now: () => NOW },
  );
  await testEnv.startWorker();
  testEnv.simulator.faults.add({ name: 'negative', border: 'border_AT_BE', day: BAD });
  testEnv.simulator.faults.add({ name: 'status', code: 404, day: FAILED });
  await testEnv.load(GOOD, FAILED);
  testEnv.simulator.faults.add({ name: 'revise', day: GOOD, hour: 3, border: 'border_BE_AT', value: 77 });
  await (await runDay(testEnv.temporal, { dataset: DATASET, day: GOOD, wait: false })).result();
});
afterAll(() => testEnv.close());

const days = (query = '') => testEnv.get(`/v1/datasets/${DATASET}/days${query}`);
const story = (day: string) => testEnv.get(`/v1/datasets/${DATASET}/days/${day}`);

describe('the ledger', () => {
  test('has an entry for every day, with a row or without', async () => {
    const { status, json } = await days('?from=2026-11-01&to=2026-11-04');
    expect(status).toBe(200);
    expect(json).toMatchObject({ dataset: DATASET, time_zone: 'Europe/Amsterdam' });
    expect(
      json.data.map((row: { day: string; state: string; due: string }) => [row.day, row.state, row.due]),
    ).toEqual([
      ['2026-11-01', null, 'due'],
      [GOOD, 'complete', 'due'],
      [BAD, 'quarantined', 'due'],
      [FAILED, 'failed', 'due'],
    ]);
    expect(json.data[0]).toMatchObject({
      summary: '2026-11-01 was never requested; a backfill loads it',
      link: null,
    });
    expect(json.data[1].summary).toBe('2026-11-02 is complete: 3600 of 3600 points; revised once');
    expect(json.data[2].summary).toBe('2026-11-03 is quarantined: 3576 of 3600 points; 24 quarantined');
    expect(json.data[3]).toMatchObject({ error: expect.stringContaining('404'), present_points: 0 });
  });

  test('says that there are older days where nobody said from when', async () => {
    const first = await days('?to=2028-06-01');
    expect(first.json).toMatchObject({ from: '2027-04-29', to: '2028-06-01' });
    expect(first.json.next).toBe(`/v1/datasets/${DATASET}/days?to=2027-04-28`);
    const second = await testEnv.get(first.json.next);
    expect(second.json).toMatchObject({ from: '2026-03-25', to: '2027-04-28', next: null });
    expect(second.json.data.filter((row: { state: string | null }) => row.state !== null)).toHaveLength(3);
    expect((await days('?from=2027-01-01&to=2027-02-01')).json.next).toBeNull();
  });

  test('says the same as the table, and links the run that asked last', async () => {
    const { json } = await days(`?from=${GOOD}&to=${FAILED}`);
    const rows = await testEnv.rows<Record<string, string>>(
      `select day, state, expected_points, present_points, quarantined_points, revision, first_published_at, completed_at,
         last_changed_at, last_checked_at, payload_id, error, workflow_id, run_id
       from ops.delivery_day where dataset = $1 order by day`,
      [DATASET],
    );
    for (const [i, { workflow_id, run_id, ...row }] of rows.entries()) {
      expect(json.data[i]).toMatchObject(JSON.parse(JSON.stringify(row)));
      expect(json.data[i].link).toBe(`http://ui.test/${workflow_id}/${run_id}`);
    }
  });

  test('covers the last 400 days up to tomorrow by itself, and knows what is not due', async () => {
    const { json } = await days();
    expect(json.data).toHaveLength(400);
    expect(json).toMatchObject({ to: '2026-11-22' });
    const ahead = await days('?from=2026-11-22&to=2026-11-23');
    expect(ahead.json.data.map((row: { due: string }) => row.due)).toEqual(['due', 'not due']);
    const before = await days('?from=2022-06-08&to=2022-06-09');
    expect(before.json.data.map((row: { due: string }) => row.due)).toEqual(['not due', 'due']);
  });

  test('is not sent again to whoever has it, until a day moves', async () => {
    const range = `?from=${GOOD}&to=${BAD}`;
    const { headers } = await days(range);
    const known = { headers: { 'if-none-match': String(headers.etag) } };
    const url = `/v1/datasets/${DATASET}/days${range}`;
    expect(await testEnv.get(url, known)).toMatchObject({ status: 304, text: '' });
    await testEnv.database.query(`update ops.delivery_day set last_checked_at = now() where day = $1`, [BAD]);
    expect((await testEnv.get(url, known)).status).toBe(200);
  });
});

describe('the story of a day', () => {
  test('tells every run with its trigger and link, and what each changed', async () => {
    const { status, json } = await story(GOOD);
    expect(status).toBe(200);
    expect(json).toMatchObject({ state: 'complete', intervals: 24, starts_at: '2026-11-01T23:00:00.000Z' });
    expect(json.runs.map((run: { trigger: string; outcome: string }) => [run.trigger, run.outcome])).toEqual([
      ['person', 'complete'],
      ['backfill', 'complete'],
    ]);
    expect(json.runs[0].link).toBe(`http://ui.test/day:${DATASET}:${GOOD}/${json.runs[0].run_id}`);
    expect(
      json.changes.map((change: Record<string, unknown>) => [
        change.kind,
        change.new_points,
        change.revised_points,
      ]),
    ).toEqual([
      ['published', 3600, 0],
      ['revised', 0, 1],
    ]);
    const [newest, oldest] = json.payloads;
    expect([newest.id, oldest.id]).toEqual([json.changes[1].payload_id, json.changes[0].payload_id]);
    expect(newest).toMatchObject({
      kind: 'points',
      content: `/v1/payloads/${newest.id}/content`,
      trigger: 'person',
    });
  });

  test('shows what is quarantined, with its raw value in its place', async () => {
    const { json } = await story(BAD);
    expect(json).toMatchObject({ state: 'quarantined', quarantined_points: 24 });
    expect(json.findings_total).toBe(json.findings.length);
    expect(json.findings[0]).toMatchObject({
      severity: 'block',
      rule: 'range',
      series: 'border_AT_BE',
      resolution: 'open',
    });
    expect(json.findings[0].place).toMatch(/^data\[\d+\]\.border_AT_BE$/);
  });

  test('shows why a day failed', async () => {
    const { json } = await story(FAILED);
    expect(json).toMatchObject({ state: 'failed', payloads: [], changes: [] });
    expect(json.runs[0]).toMatchObject({ outcome: 'failed', error: expect.stringContaining('404') });
  });

  test('is told of days that nobody asked for, and over both changes of the clocks', async () => {
    expect((await story('2026-11-19')).json).toMatchObject({
      state: null,
      due: 'due',
      runs: [],
      findings: [],
    });
    expect((await story('2026-03-29')).json.intervals).toBe(23);
    expect((await story('2026-10-25')).json.intervals).toBe(25);
  });
});

test.each([
  ['/days?from=2026-11-02&to=2026-11-01', 422, 'to', 'swap them'],
  ['/days?from=1990-01-01', 422, 'to', 'at most 4000 days'],
  ['/days?from=2026-02-30', 400, 'from', 'existing date'],
  ['/days?since=2026-02-03', 400, 'since', 'misspelt'],
  ['/days/2026-02-30', 400, 'day', 'existing date'],
  ['/days/9999-12-31', 422, 'day', 'write a year'],
  ['/days/0000-01-01', 422, 'day', 'write a year'],
  ['/days?to=9999-12-31', 422, 'to', 'write a year'],
])('%s is refused with %i and names the field', async (path, status, field, hint) => {
  const answer = await testEnv.get(`/v1/datasets/${DATASET}${path}`);
  expect(answer.json).toMatchObject({ status });
  expect(answer.json.errors).toContainEqual(
    expect.objectContaining({ field, hint: expect.stringContaining(hint) }),
  );
});

test('a dataset that does not exist has no days', async () => {
  expect((await testEnv.get('/v1/datasets/no.such/days')).status).toBe(404);
  expect((await testEnv.get(`/v1/datasets/no.such/days/${GOOD}`)).status).toBe(404);
});
