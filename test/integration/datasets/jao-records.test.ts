/**
 * Do tables of several rows an interval go from the publisher to SQL as records, page by page, and what it takes back to its end? Do
 * those that say why days of others are as they are explain them, in the same words wherever a person asks?
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import monitoring from '../../../datasets/jao-core/monitoring.ts';
import spanningDefaultParameters from '../../../datasets/jao-core/spanning-default-parameters.ts';
import type { PulledRecords } from '../../../domain/dataset/records.ts';
import { runDay } from '../../../temporal/days.ts';
import { type ApiEnvironment, openApiEnvironment } from '../../support/api/api-environment.ts';
import { bundled } from '../../support/bundled.ts';
import { settingsOf, tidemark } from '../../support/command.ts';
import { DATASET } from '../../support/test-environment.ts';

const activeConstraints = bundled<PulledRecords>('jao-core.active-constraints');
const validationReductions = bundled<PulledRecords>('jao-core.validation-reductions');

const DAY = '2026-11-18';
/** What is published on DAY, and late by ten hours. */
const NEXT = '2026-11-19';
/** A day of which the simulator has hours of a fallback, from 02:00 to 05:00 of its clock. */
const FALLBACK = '2026-08-05';

let testEnv: ApiEnvironment;
beforeAll(async () => {
  testEnv = await openApiEnvironment({
    simulator: { quotaRequests: 0, now: `${DAY}T08:00:00Z`, clockRate: 0 },
    simulatedClock: true,
  });
  testEnv.simulator.faults.add({ name: 'late', table: 'core/maxExchanges', day: NEXT, minutes: 600 });
  testEnv.simulator.faults.add({
    ...{ name: 'missing-hours', table: 'core/maxExchanges', day: FALLBACK, hours: [2, 3, 4] },
  });
  await testEnv.startWorker();
});
afterAll(() => testEnv.close());

const ingest = async (dataset: string, day = DAY) =>
  (await runDay(testEnv.temporal, { dataset, day, wait: false })).result();

const ledger = async (dataset: string, day: string) =>
  await testEnv.rows<{ state: string; completed_at: Date | null }>(
    'select state, expected_points, present_points, completed_at, last_checked_at from ops.delivery_day where dataset = $1 and day = $2',
    [dataset, day],
  );

/** What is said of a day of max exchanges: the sentences of the API, which command and page say too. */
async function explained(day: string): Promise<string[]> {
  const { json } = await testEnv.get(`/v1/datasets/${DATASET}/days/${day}`);
  const sentences = json.explanations.map(
    (each: { dataset: string; summary: string }) => `${each.dataset}: ${each.summary}`,
  );
  const { stdout } = await tidemark(settingsOf(testEnv), 'explain', DATASET, '--day', day);
  for (const summary of sentences) expect(stdout).toContain(summary);
  return sentences;
}

/** The rows that the publisher has of the day. */
async function published(table: string): Promise<Record<string, unknown>[]> {
  const window = 'FromUtc=2026-11-17T23:00:00Z&ToUtc=2026-11-18T23:00:00Z';
  const answer = await fetch(`${testEnv.simulator.url}/core/api/data/${table}?${window}`);
  return ((await answer.json()) as { data: Record<string, unknown>[] }).data;
}

test('active constraints are there row by row, with shadow prices as columns', async () => {
  expect(await ingest(activeConstraints.id)).toMatchObject({ state: 'complete' });
  const rows = await testEnv.rows(
    `select starts_at, tso, cnec_name, cont_name, ram::float8 as ram,
       shadow_price::float8 as shadow_price from jao_core.active_constraints
     where delivery_day = $1 order by starts_at, cnec_name, cont_name, tso`,
    [DAY],
  );
  const wanted = (await published('activeFbConstraints')).map((row) => ({
    ...{ starts_at: new Date(String(row.dateTimeUtc)), tso: row.tso, cnec_name: row.cnecName },
    ...{ cont_name: row.contName, ram: row.ram, shadow_price: row.shadowPrice },
  }));
  expect(rows).toHaveLength(12 * 24);
  expect(rows).toEqual(expect.arrayContaining(wanted));
});

test('a second run of the same answer brings no version', async () => {
  const before = await testEnv.rows('select count(*)::int from jao_core.active_constraints_versions');
  expect(await ingest(activeConstraints.id)).toMatchObject({ newPoints: 0, revisedPoints: 0 });
  expect(await testEnv.rows('select count(*)::int from jao_core.active_constraints_versions')).toEqual(
    before,
  );
});

test('reductions are kept as they are published', async () => {
  expect(await ingest(validationReductions.id)).toMatchObject({ state: 'complete' });
  const [{ count = 0 } = {}] = await testEnv.rows<{ count: number }>(
    'select count(*)::int from jao_core.validation_reductions where delivery_day = $1',
    [DAY],
  );
  expect(count).toBe((await published('validationReductions')).length);
  expect(count).toBeGreaterThan(0);
});

test('a day without a fallback is awaited until it begins, and complete with no rows from then on; a rebuild says the same', async () => {
  const { id } = spanningDefaultParameters;
  expect(await ingest(id, NEXT)).toMatchObject({ state: 'awaiting', newPoints: 0 });
  testEnv.simulator.clock.set({ nowMs: Date.parse(`${NEXT}T06:00:00Z`) });
  expect(await ingest(id, NEXT)).toMatchObject({ state: 'complete', newPoints: 0 });
  const before = await ledger(id, NEXT);
  expect(before).toMatchObject([{ present_points: 0, completed_at: new Date('2026-11-18T23:00:00Z') }]);
  const args = ['rebuild', id, '--from', NEXT, '--to', NEXT, '--wait'];
  expect(await tidemark(settingsOf(testEnv), ...args)).toMatchObject({ code: 0 });
  expect(await ledger(id, NEXT)).toEqual(before);
  testEnv.simulator.clock.set({ nowMs: Date.parse(`${DAY}T08:00:00Z`) });
});

test('what the publisher says of its own publication explains a day that is awaited, late and there', async () => {
  const at = async (time: string) => {
    testEnv.simulator.clock.set({ nowMs: Date.parse(time) });
    await ingest(monitoring.id, NEXT);
    const { state } = await ingest(DATASET, NEXT);
    return [state, ...(await explained(NEXT))];
  };
  const page = 'jao-core.monitoring: the publisher says that "Max Exchanges (MaxBex)" is';
  const due = 'due 2026-11-18T10:30:00+01:00';
  expect(await at(`${DAY}T08:00:00Z`)).toEqual([
    'awaiting',
    `${page} Expected, ${due}, since 2026-11-18T00:00:00+01:00`,
  ]);
  expect(await at(`${DAY}T10:30:00Z`)).toEqual([
    'late',
    `${page} Pending, ${due}, since 2026-11-18T10:30:00+01:00`,
  ]);
  expect(await at(`${DAY}T20:30:00Z`)).toEqual([
    'complete',
    `${page} Received, ${due}, since 2026-11-18T20:15:00+01:00`,
  ]);
});

test('hours of a fallback explain what is missing elsewhere, by day and by value', async () => {
  expect(await ingest(spanningDefaultParameters.id, FALLBACK)).toMatchObject({
    state: 'complete',
    newPoints: 3,
  });
  expect(await ingest(DATASET, FALLBACK)).toMatchObject({ state: 'partial' });
  const summary =
    'jao-core.spanning-default-parameters: fallback in 3 hours between 2026-08-05T00:00Z and 2026-08-05T03:00Z ' +
    '(Default FB parameters), which may be missing or null';
  expect(await explained(FALLBACK)).toEqual([summary]);

  const value = `series=border_AT_BE&at=${FALLBACK}T01:00:00Z`;
  const missing = await testEnv.get(`/v1/explain?dataset=${DATASET}&${value}`);
  expect(missing).toMatchObject({ status: 404, json: { detail: expect.stringContaining(summary) } });
  const args = ['--series', 'border_AT_BE', '--at', `${FALLBACK}T01:00:00Z`];
  const ran = await tidemark(settingsOf(testEnv), 'explain', DATASET, ...args);
  expect(ran.stderr).toContain(summary);
  const there = await testEnv.get(`/v1/explain?dataset=${DATASET}&${value.replace('T01', 'T09')}`);
  expect(there.json.explanations).toMatchObject([{ dataset: spanningDefaultParameters.id }]);
});

test('hours that the publisher takes back have ended, and are known to have been there', async () => {
  testEnv.simulator.faults.add({
    name: 'missing-hours',
    day: DAY,
    hours: [3],
    table: 'core/activeFbConstraints',
  });
  expect(await ingest(activeConstraints.id)).toMatchObject({ state: 'complete' });
  const ended = await testEnv.rows<{ starts_at: Date }>(
    'select distinct starts_at from jao_core.active_constraints_versions where known_to is not null',
  );
  expect(ended).toEqual([{ starts_at: new Date('2026-11-18T02:00:00Z') }]);
});
