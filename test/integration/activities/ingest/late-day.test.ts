/** Does a worker that stood still in a step of a day change anything of what others have written since? */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../../../activities/dependencies.ts';
import { type Activities, createActivities } from '../../../../activities/index.ts';
import { catalogOf } from '../../../../datasets/catalog.ts';
import type { Database } from '../../../../db/connection/client.ts';
import { storageOf } from '../../../../db/migration/storage.ts';
import type { FetchedDay } from '../../../../domain/workflow/messages.ts';
import type { HoldAt } from '../../../chaos/holding-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../../../support/database.ts';
import { HOLDS, type LateWorker, openLateWorker } from '../../../support/late-worker.ts';
import { type SampleRow, sampleBody, sampleDataset } from '../../../support/sample-dataset.ts';

const DAY = '2026-06-10';
const dataset = sampleDataset();
const attempt = { dataset: dataset.id, day: DAY, trigger: 'person', backfillId: null, urgency: 1 } as const;

/** What the source publishes now; null: it answers 404. */
let published: readonly SampleRow[] | null = null;
let source: Server;
beforeAll(async () => {
  source = createServer((_, response) => {
    response.writeHead(published ? 200 : 404, { 'content-type': 'application/json' });
    response.end(published ? sampleBody(published) : '');
  });
  await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve));
});
afterAll(() => new Promise((resolve) => source.close(resolve)));

let stored: TestDatabase;
let late: LateWorker;
beforeEach(async () => {
  stored = await createTestDatabase([dataset]);
  late = await openLateWorker(stored);
});
afterEach(async () => {
  await late.close();
  await stored.drop();
});

const rowsOf = (value: number): SampleRow[] =>
  ['a', 'b'].flatMap((series) =>
    Array.from({ length: 24 }, (_, hour): SampleRow => {
      const startsAt = new Date(Date.parse(`${DAY}T00:00:00+02:00`) + hour * 3_600_000);
      return [series, startsAt.toISOString(), hour === 7 ? value : hour];
    }),
  );

/** A run of the day: what the source publishes by then. */
interface Run {
  readonly runId: string;
  readonly publishes: readonly SampleRow[] | null;
}
const RUNS: readonly Run[] = [
  { runId: 'first', publishes: rowsOf(1) },
  { runId: 'revised', publishes: rowsOf(2) },
  { runId: 'failed', publishes: null },
  { runId: 'unchanged', publishes: rowsOf(2) },
  { runId: 'revised again', publishes: rowsOf(3) },
  { runId: 'failed at last', publishes: null },
];

type Name = 'fetchDay' | 'validateDay' | 'writeDay' | 'recordFailure';
/** Starts a step of a run. */
type Start = <O>(run: Run, name: Name, input: unknown) => Promise<O>;

const activitiesWith = (database: Database): Activities => {
  const { port } = source.address() as AddressInfo;
  const baseUrls = new Map([[dataset.source.id, `http://127.0.0.1:${port}`]]);
  return createActivities({ database, catalog: catalogOf([dataset]), baseUrls, clock: systemClock });
};

/** Failures are part of it. */
const quiet = { logger: new DefaultLogger('ERROR', () => {}) };

function startWith(database: Database, attemptOfStep: number): Start {
  const activities = activitiesWith(database);
  return <O>({ runId }: Run, name: Name, input: unknown) => {
    const workflowExecution = { workflowId: `day:${dataset.id}:${DAY}`, runId };
    const heartbeatDetails = { accounted: attemptOfStep - 1, failures: {} };
    const info = { workflowExecution, activityId: name, attempt: attemptOfStep, heartbeatDetails };
    return new MockActivityEnvironment(info, quiet).run(activities[name] as never, input) as Promise<O>;
  };
}

/** As `ingestDay` does it. @returns what the run came to. */
async function ingest(run: Run, start: Start): Promise<unknown> {
  published = run.publishes;
  try {
    const fetched = await start<FetchedDay>(run, 'fetchDay', attempt);
    if (fetched.kind !== 'stored') throw new Error(`not stored: ${fetched.kind}`);
    if (!fetched.unchanged) await start(run, 'validateDay', { payloadIds: [fetched.payloadId] });
    return [fetched.unchanged, await start(run, 'writeDay', attempt)];
  } catch (error) {
    const { type: code = 'UNEXPECTED', message } = error as { type?: string; message: string };
    return await start(run, 'recordFailure', { ...attempt, code, message });
  }
}

const INSTANTS = /^(startedAt|pollAgainInMs)$/;
const withoutInstants = (result: unknown) =>
  JSON.parse(JSON.stringify(result, (name, value) => (INSTANTS.test(name) ? undefined : value)));

const rows = async (text: string) => (await stored.database.query(text)).rows;

/** Everything that is known of the day, without instants and ids. */
async function content() {
  return {
    versions: await rows(
      `select series, starts_at, value, known_to is null as current, rank() over (order by known_from) as nth
       from ${storageOf(dataset.id).versions} order by series, starts_at, known_from`,
    ),
    ledger: await rows(
      `select state, present_points, quarantined_points, revision, error, run_id from ops.delivery_day`,
    ),
    runs: await rows(
      `select run_id, outcome, split_part(error, ':', 1) as error, dense_rank() over (order by payload_id) as payload
       from ops.run order by id`,
    ),
    payloads: await rows(
      `select encode(sha256, 'hex') as sha256, seen_count, kind from ops.payload order by fetched_at`,
    ),
    feed: await rows(
      'select kind, new_points, revised_points, nulled_points from ops.change order by cursor',
    ),
    findings: await rows('select rule, resolution, points from ops.finding order by found_at, rule'),
  };
}

/** All runs, one after the other. @returns what they came to, and what the database holds after each. */
async function undisturbed() {
  const told: unknown[] = [];
  for (const run of RUNS)
    told.push(withoutInstants(await ingest(run, startWith(stored.database, 1))), await content());
  return told;
}

/**
 * The same, but the first attempt of a step stands still; a second one does its work, the rest of its run, and the next run. Then the first one
 * goes on.
 */
async function withLate(at: Run, name: Name, hold: HoldAt) {
  const told: unknown[] = [];
  let held: Promise<unknown> = Promise.resolve();
  const start: Start = async (run, step, input) => {
    if (run !== at || step !== name) return await startWith(stored.database, 1)(run, step, input);
    const standsStill = late.standStill(hold);
    held = startWith(late.database, 1)(run, step, input).catch((error: Error) => error);
    await standsStill;
    return await late.meanwhile(() => startWith(stored.database, 2)(run, step, input));
  };
  for (const run of RUNS) {
    const result = withoutInstants(await ingest(run, start));
    if (run === RUNS[RUNS.indexOf(at) + 1]) {
      late.goOn();
      await held;
    }
    told.push(result, await content());
  }
  return told;
}

const STEPS: readonly (readonly [run: number, name: Name])[] = [
  [0, 'fetchDay'],
  [0, 'writeDay'],
  [1, 'fetchDay'],
  [1, 'writeDay'],
  [2, 'recordFailure'],
  [3, 'fetchDay'],
  [4, 'writeDay'],
];

let expected: unknown[] | undefined;
test.each(
  STEPS.flatMap(([run, name]) =>
    Object.entries(HOLDS).map(([point, hold]) => ({ run: RUNS[run] as Run, name, point, hold })),
  ),
)('$name of the run "$run.runId", $point', async ({ run, name, hold }) => {
  if (!expected) {
    expected = await undisturbed();
    await late.close();
    await stored.drop();
    stored = await createTestDatabase([dataset]);
    late = await openLateWorker(stored);
  }
  expect(await withLate(run, name, hold)).toEqual(expected);
});

test('a run that was terminated and goes on late leaves what the ledger says of a later run', async () => {
  const [first, revised, failed] = RUNS as [Run, Run, Run];
  await ingest(first, startWith(stored.database, 1));
  published = revised.publishes;
  await startWith(stored.database, 1)(revised, 'fetchDay', attempt);
  const standsStill = late.standStill(HOLDS['before its first statement'] as HoldAt);
  const writing = startWith(late.database, 1)(revised, 'writeDay', attempt);
  await standsStill;
  await ingest(failed, startWith(stored.database, 1));
  late.goOn();
  await writing;
  expect(await content()).toMatchObject({
    // What it stored is folded all the same.
    payloads: [{ kind: 'points' }, { kind: 'points' }],
    ledger: [{ revision: 1, run_id: 'failed', error: expect.stringContaining('REQUEST_REFUSED') }],
  });
});
