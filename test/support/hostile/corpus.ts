/** The tests of cases of the hostile source corpus: some hundred days in one catalogue, each answered as its case says. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { datasetPlaces } from '../../../config/datasets.ts';
import { catalogOf, loadCatalog } from '../../../datasets/catalog.ts';
import type { BackfillProgress } from '../../../domain/backfill/backfill.ts';
import { defineDataset } from '../../../domain/dataset/dataset.ts';
import type { PulledPoints } from '../../../domain/dataset/points.ts';
import { addDays, dayAt, type Interval } from '../../../domain/time/civil-day.ts';
import { RETRY_RULES } from '../../../domain/workflow/failures.ts';
import { dayWorkflowId } from '../../../domain/workflow/ids.ts';
import { startBackfill } from '../../../temporal/backfills.ts';
import { DATASET, openTestEnvironment, type TestEnvironment, type TestWorker } from '../test-environment.ts';
import type { Answer, Expected, Family, HostileCase } from './case.ts';
import { FULL, SERIES } from './good-day.ts';
import { type HostileServer, QUARTERS_PATH, startHostileServer } from './server.ts';

/** A good day follows so many cases. */
const CASES_PER_GOOD_DAY = 6;

/** The real rules, but for the number and the length of repetitions: their table has tests of its own. */
export const rules = {
  ...RETRY_RULES,
  transient: { attempts: 2, firstDelayMs: 50, factor: 1, maxDelayMs: 50 },
  throttled: { attempts: 2, firstDelayMs: 50, factor: 1, maxDelayMs: 50 },
};

/** A family's days: where each case stands, and which days are good ones. */
export interface Plan {
  readonly dataset: string;
  readonly cases: ReadonlyMap<string, HostileCase>;
  readonly goodDays: readonly string[];
  readonly from: string;
  readonly to: string;
}

function planOf({ firstDay, cases, dataset = DATASET }: Family): Plan {
  const byDay = new Map<string, HostileCase>();
  const goodDays: string[] = [];
  let day = firstDay;
  for (const [index, each] of cases.entries()) {
    byDay.set(day, each);
    day = addDays(day, 1);
    if ((index + 1) % CASES_PER_GOOD_DAY !== 0) continue;
    goodDays.push(day);
    day = addDays(day, 1);
  }
  goodDays.push(day);
  return { dataset, cases: byDay, goodDays, from: firstDay, to: day };
}

/** What became of a day, told as a case tells it. */
type Outcome = Required<Pick<Expected, 'state' | 'rows' | 'findings' | 'requests'>> & {
  failure: string | undefined;
};

/** What the tests run on, from the first of them on. */
export let testEnv: TestEnvironment;
export let source: HostileServer;
let worker: TestWorker;

/**
 * Registers the tests of these families.
 * @param more days that other tests of the file ask for, and what the source answers for them.
 * @returns where the cases of each family are.
 */
export function describeCorpus(
  families: readonly Family[],
  more: readonly (readonly [string, Answer])[] = [],
) {
  const plans = new Map(families.map((family) => [family, planOf(family)]));
  beforeAll(async () => {
    const cases = new Map([...plans.values()].flatMap(({ cases }) => [...cases]));
    const answers = [...cases].map(([day, { answer }]) => [day, answer] as const);
    source = await startHostileServer(new Map([...answers, ...more]), (ms) => dayAt(ms, 'Europe/Amsterdam'));
    testEnv = await openTestEnvironment({ catalog: await hostileCatalog(cases), retryRules: rules });
    testEnv.redirectSource(source.url);
    worker = await testEnv.startWorker();
  });
  afterAll(async () => {
    await testEnv?.close();
    await source?.close();
  });
  for (const [{ name }, plan] of plans) describe(name, () => testFamily(plan));
  return plans;
}

/**
 * The real dataset and one like it with quarter-hours: without the quota's minutes, with the limits of the cases, and with
 * twelve borders, so that hundreds of days take a minute.
 */
async function hostileCatalog(cases: ReadonlyMap<string, HostileCase>) {
  // Every case is about the answer to one day.
  const real = (await loadCatalog(datasetPlaces())).get(DATASET);
  const { batch: _, ...alone } = real.pull;
  const quota = { requests: 1_000, windowMs: 1_000, reservedForLive: 10 };
  const dayOf = ({ startMs }: Interval) => dayAt(startMs, real.source.timeZone);
  const dataset: PulledPoints = {
    ...real,
    source: { ...real.source, quota },
    expectedSeries: [{ from: real.firstDay, count: SERIES }],
    pull: {
      ...alone,
      request: (window, options) => ({
        ...alone.request(window, options),
        ...cases.get(dayOf(window))?.limits,
      }),
    },
  };
  const quarters = defineDataset<PulledPoints>({
    ...dataset,
    id: 'jao-core.quarters',
    resolution: [{ from: real.firstDay, minutes: 15 }],
    pull: {
      ...alone,
      request: (window, options) => ({ ...alone.request(window, options), path: QUARTERS_PATH }),
    },
  });
  return catalogOf([dataset, quarters]);
}

async function backfill({ dataset }: Plan, from: string, to: string): Promise<BackfillProgress> {
  const input = { dataset, from, to, days: 'all', concurrency: 24 } as const;
  return await (await startBackfill(testEnv.temporal, input)).result();
}

function testFamily(plan: Plan): void {
  let met: Map<string, Outcome>;
  beforeAll(async () => {
    // The day before the first is good and there, so that the first can repeat it.
    await backfill(plan, addDays(plan.from, -1), addDays(plan.from, -1));
    await backfill(plan, plan.from, plan.to);
    met = await outcomes(plan, 'every');
  });

  test.each([...plan.cases].map(([day, each]) => ({ day, ...each })))('$name', ({ day, ...each }) => {
    expect(met.get(day)).toEqual(expectedOf(each));
  });

  test('are the good days among them complete?', () => {
    for (const day of plan.goodDays) expect(met.get(day), day).toEqual(healthy(plan));
  });

  test('is every failed day a failed workflow with that reason, and no other?', async () => {
    const days = [...plan.cases.keys()];
    const reasons = await Promise.all(days.map((day) => failureOf(dayWorkflowId(plan.dataset, day))));
    expect(reasons).toEqual([...plan.cases.values()].map(({ failure }) => failure));
  });

  test('is nothing left running, and has nothing crashed?', expectQuiet);

  test('does a good answer bring each day to complete, and supersede what was found?', async () => {
    source.heal([...plan.cases.keys(), ...plan.goodDays]);
    const healed = await backfill(plan, plan.from, plan.to);
    expect(healed.outcomes).toEqual({ complete: [`${plan.from}..${plan.to}`] });
    const after = await outcomes(plan, 'open');
    for (const [day, { name, afterwards }] of plan.cases) {
      expect(after.get(day), name).toEqual({ ...healthy(plan), ...afterwards });
    }
    for (const day of plan.goodDays) expect(after.get(day), day).toEqual(healthy(plan));
    await expectQuiet();
  });
}

function expectedOf({ state, rows = 0, findings = {}, failure, requests = 1 }: Expected): Outcome {
  return { state, rows, findings, failure, requests };
}

function healthy({ dataset }: Plan): Outcome {
  return expectedOf({ state: 'complete', rows: dataset === DATASET ? FULL : 4 * FULL });
}

/** @param findings all that were ever made, or those that are open still. */
async function outcomes({ dataset, from, to }: Plan, findings: 'every' | 'open') {
  const relation = dataset.replaceAll('-', '_');
  const [days, found, points] = await Promise.all([
    testEnv.rows<{ day: string; state: Outcome['state']; error: string | null }>(
      'select day, state, error from ops.delivery_day where dataset = $1 and day between $2 and $3',
      [dataset, from, to],
    ),
    testEnv.rows<{ day: string; rule: string; text: string }>(
      `select day, rule, severity || ' ' || count(*) as text from ops.finding
       where dataset = $1 and day between $2 and $3 and ($4 = 'every' or resolution = $4)
       group by day, rule, severity`,
      [dataset, from, to, findings],
    ),
    // Every version ever written, while nothing may have been revised.
    testEnv.rows<{ day: string; count: number }>(
      `select delivery_day as day, count(*) from ${relation}${findings === 'every' ? '_versions' : ''}
       where delivery_day between $1 and $2 group by 1`,
      [from, to],
    ),
  ]);
  const rowsOf = new Map(points.map(({ day, count }) => [day, count]));
  const outcomeOf = ({ day, state, error }: (typeof days)[number]): Outcome => ({
    state,
    rows: rowsOf.get(day) ?? 0,
    findings: Object.fromEntries(found.filter((f) => f.day === day).map(({ rule, text }) => [rule, text])),
    failure: error?.split(': ')[0],
    requests: source.requests(day),
  });
  return new Map(days.map((day) => [day.day, outcomeOf(day)]));
}

async function failureOf(workflowId: string): Promise<string | undefined> {
  const { workflow } = testEnv.temporal.client;
  return await workflow.result(workflowId).then(
    () => undefined,
    (error: { cause: { type: string } }) => error.cause.type,
  );
}

async function expectQuiet(): Promise<void> {
  const running = () => testEnv.temporal.client.workflow.count(`ExecutionStatus = 'Running'`);
  // The list of workflows follows their ends a moment later.
  await expect.poll(running).toMatchObject({ count: 0 });
  expect(worker.state()).toBe('RUNNING');
  const defects = testEnv
    .warnings()
    .filter(({ message, meta }) => /UNEXPECTED|panic/i.test(`${message} ${meta?.error}`));
  expect(defects).toEqual([]);
}
