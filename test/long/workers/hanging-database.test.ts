/** A database that takes connections and does not get on: do statements end, do days wait, and is long work left alone? */
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { datasetPlaces } from '../../../config/datasets.ts';
import { loadCatalog } from '../../../datasets/catalog.ts';
import { type Database, openDatabase, type Patience, transaction } from '../../../db/connection/client.ts';
import { isPassingStorageFailure } from '../../../db/connection/failure.ts';
import { runDay } from '../../../temporal/days.ts';
import { portOf, withPort } from '../../chaos/addresses.ts';
import { TcpProxy } from '../../chaos/tcp-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { SHORT_RULES } from '../../support/short-patience.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';
import { administer, doctor, heldUp } from '../../support/waiting-days.ts';

/** A worker's, shorter: what takes a minute there takes seconds here. */
const PATIENCE: Patience = { silenceMs: 1_500, lockMs: 1_000, statementMs: 60_000, wordMs: 3_000 };

let stored: TestDatabase;
let line: TcpProxy;
let url: string;
beforeAll(async () => {
  stored = await createTestDatabase((await loadCatalog(datasetPlaces())).datasets);
  line = await TcpProxy.open(portOf(stored.url));
  url = withPort(stored.url, line.port);
});
afterEach(() => line.restore());
afterAll(async () => {
  await line.close();
  await stored.drop();
});

const open = (patience: Partial<Patience> = {}): Database =>
  openDatabase({
    ...{ url, role: 'tidemark_writer', application: 'tidemark test', waitMs: 2_000 },
    patience: { ...PATIENCE, ...patience },
  });

async function openStuckSession(): Promise<pg.Client> {
  const session = new pg.Client({ connectionString: stored.url });
  session.on('error', () => {});
  return await session.connect();
}

const NEVER = 3_600_000;
const failureOf = (work: Promise<unknown>): Promise<Error & { code?: string }> =>
  work.then(
    () => expect.unreachable('it should have failed'),
    (error: Error) => error,
  );

describe('a statement', () => {
  test('on a line that is frozen in the middle of a transaction fails as one that passes', async () => {
    const database = open();
    const failure = await failureOf(
      transaction(database, async (sql) => {
        await sql.query('select 1');
        line.freeze();
        await sql.query('select 1');
      }),
    );
    expect(failure.message).toBe('it has not said a word for 1.5 s');
    expect(isPassingStorageFailure(failure)).toBe(true);
    line.restore();
    // Its session was thrown away.
    expect(database.totalCount).toBe(0);
    expect((await database.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await database.end();
  });

  test('that is honest work takes as long as it needs, however short the patience with silence', async () => {
    const database = open({ silenceMs: 2_000 });
    const { rows } = await database.query('select pg_sleep(6), 1 as one');
    expect(rows).toMatchObject([{ one: 1 }]);
    await database.end();
  });

  test('that waits for a lock of a session that does not get on is ended by the server', async () => {
    const database = open({ silenceMs: NEVER });
    const stuck = await openStuckSession();
    await stuck.query('begin; lock table ops.finding');
    const failure = await failureOf(database.query('select count(*) from ops.finding'));
    expect(failure).toMatchObject({ code: '55P03' });
    expect(isPassingStorageFailure(failure)).toBe(true);
    await stuck.end();
    await database.end();
  });

  test('that takes longer than any step may is ended by the server', async () => {
    const database = open({ silenceMs: NEVER, statementMs: 500, wordMs: 30_000 });
    const failure = await failureOf(database.query('select pg_sleep(30)'));
    expect(failure).toMatchObject({ code: '57014' });
    expect(isPassingStorageFailure(failure)).toBe(true);
    await database.end();
  });

  test('whose end is not heard is given up with its session, and nothing waits behind it', async () => {
    const database = open({ silenceMs: NEVER, statementMs: 1_000, wordMs: 7_000 });
    let began = 0;
    const failure = await failureOf(
      transaction(database, async (sql) => {
        await sql.query('set local statement_timeout = 0');
        began = performance.now();
        line.freeze();
        await sql.query('select 1');
      }),
    );
    expect(failure.message).toBe('Query read timeout');
    expect(isPassingStorageFailure(failure)).toBe(true);
    // Another statement would have waited as long again.
    expect(performance.now() - began).toBeLessThan(15_000);
    expect(database.totalCount).toBe(0);
    line.restore();
    await database.end();
  });
});

describe('days', () => {
  let testEnv: TestEnvironment;
  beforeAll(async () => {
    const database = open();
    testEnv = await openTestEnvironment({
      simulator: { quotaRequests: 0 },
      retryRules: SHORT_RULES,
      stored: { url, database, drop: () => database.end() },
    });
    await testEnv.startWorker();
  });
  afterAll(() => testEnv.close());

  const ledgerOf = (day: string) =>
    administer(stored.url, 'select state, error from ops.delivery_day where day = $1', [day]);

  test('wait for a line that is frozen, the operator is told, and they end complete', async () => {
    const day = '2026-11-02';
    line.freeze();
    const run = await runDay(testEnv.temporal, { dataset: DATASET, day, wait: false });
    await expect
      .poll(() => heldUp(testEnv, run.workflowId), { timeout: 200_000, interval: 1_000 })
      .toMatchObject({ activity: 'fetchDay', reason: expect.stringMatching(/away or silent/) });
    const output = await doctor(testEnv);
    expect(output).toMatch(/FAIL database: the database does not answer/);
    expect(output).toMatch(/FAIL waiting: day:\S+ \(fetchDay failed \d+ times\): .*away or silent/);
    expect(await ledgerOf(day)).toEqual([]);
    line.restore();
    expect(await run.result()).toMatchObject({ state: 'complete' });
    expect(await ledgerOf(day)).toEqual([{ state: 'complete', error: null }]);
  }, 400_000);

  test('wait for a lock that a stuck session keeps, the operator is told, and they end complete', async () => {
    const day = '2026-11-03';
    const stuck = await openStuckSession();
    await stuck.query('begin');
    await stuck.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
      `tidemark.day ${DATASET} ${day}`,
    ]);
    const run = await runDay(testEnv.temporal, { dataset: DATASET, day, wait: false });
    await expect
      .poll(() => heldUp(testEnv, run.workflowId), { timeout: 200_000 })
      .toMatchObject({ reason: expect.stringMatching(/keeps a lock.*lock timeout/) });
    // On a busy machine an attempt may fail by its silence too.
    await expect.poll(() => doctor(testEnv)).toMatch(/FAIL waiting: day:\S+ .*lock timeout/);
    expect(await ledgerOf(day)).toEqual([]);
    await stuck.end();
    expect(await run.result()).toMatchObject({ state: 'complete' });
    expect(await ledgerOf(day)).toEqual([{ state: 'complete', error: null }]);
  }, 400_000);
});
