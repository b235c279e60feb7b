/**
 * Would a kill run notice? Its laws, its comparison and those who look on are shown a sound database, which they must find
 * sound, and then one breach each, which they must name.
 */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sql } from '../../../db/connection/client.ts';
import { lockDay } from '../../../db/queries/days/ledger.ts';
import { runDay } from '../../../temporal/days.ts';
import { contentIn, differences } from '../../chaos/content.ts';
import { brokenLawsIn, LAWS } from '../../chaos/laws.ts';
import { rebuiltDifferences } from '../../chaos/run.ts';
import { queryOnce } from '../../chaos/system.ts';
import { auditedWrites, FeedReader, installAudit } from '../../chaos/witness.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

const DAY = '2026-10-07';
const border = 'border_AT_CZ';

let testEnv: TestEnvironment;
/** A day that was published with a negative value, and then revised. */
beforeAll(async () => {
  testEnv = await openTestEnvironment({ simulator: { quotaRequests: 0, revisionShare: 0 } });
  await testEnv.startWorker();
  const ask = () => runDay(testEnv.temporal, { dataset: DATASET, day: DAY, wait: false });
  testEnv.simulator.faults.add({ name: 'negative', day: DAY, border });
  await (await ask()).result();
  testEnv.simulator.faults.clear();
  testEnv.simulator.faults.add({ name: 'revise', day: DAY, hour: 5, border: 'border_CZ_AT', value: 4321 });
  await (await ask()).result();
});
afterAll(() => testEnv.close());

/** What is seen after a breach, which is taken back. */
async function after<T>(breach: string, look: (sql: Sql) => Promise<T>): Promise<T> {
  const client = await openSuperuser();
  try {
    await client.query('begin');
    await client.query(breach);
    return await look(client);
  } finally {
    await client.query('rollback');
    await client.end();
  }
}

const CURRENT = 'store.jao_core__max_exchanges';
const CLOSED = 'store.jao_core__max_exchanges__closed';

/** For each law something that breaks it. */
const BREACHES: Readonly<Record<string, string>> = {
  'every payload is folded': `update ops.payload set kind = null`,
  'every run has an outcome': `update ops.run set outcome = null where id = (select max(id) from ops.run)`,
  'two runs of a day do not overlap': `update ops.run set started_at = (select min(started_at) from ops.run)`,
  'no point has two current values': `alter table ${CURRENT} drop constraint jao_core__max_exchanges_pkey;
    insert into ${CURRENT} select * from ${CURRENT} limit 1`,
  'neighbouring versions of a point differ': `update ${CLOSED} set value = 4321`,
  'a version ends where the next begins': `update ${CLOSED} set closed_by = closed_by + 1000000`,
  'every version is of a payload of its day': `update ${CURRENT} set change_id = change_id + 1000000`,
  'the ledger counts what is there': `update ops.delivery_day set present_points = present_points - 1`,
  'the change feed counts what was written': `delete from ops.change where kind = 'revised'`,
  'no cursor is beyond the counter': `update ops.clock set cursor = 0`,
};

describe('the laws', () => {
  test('hold in a sound database', async () => {
    expect(await brokenLawsIn(testEnv.database)).toEqual([]);
    expect(Object.keys(BREACHES)).toEqual(Object.keys(LAWS));
  });

  test.each(Object.entries(BREACHES))('%s: a breach is named', async (law, breach) => {
    const broken = await after(breach, brokenLawsIn);
    expect(broken.filter((line) => line.startsWith(`${law}: `))).toHaveLength(1);
  });
});

/** For each part of the comparison one row that is not what it was. */
const CHANGED: Readonly<Record<string, string>> = {
  observations: `update ${CURRENT} set value = value + 1 where (series_id, starts_at) = (select series_id, starts_at from ${CURRENT} limit 1)`,
  versions: `delete from ${CLOSED}`,
  ledger: `update ops.delivery_day set state = 'partial'`,
  payloads: `update ops.payload set content_sha256 = '\\x00' where id = (select max(id) from ops.payload)`,
  findings: `update ops.finding set resolution = 'waived' where severity = 'block'`,
  'new series': `delete from ops.finding where rule = 'new_series'`,
  series: `update ops.series set attributes = '{"from": "XX"}' where series = '${border}'`,
  changes: `update ops.change set largest_difference = 1 where kind = 'revised'`,
};

describe('the comparison', () => {
  const range = { from: DAY, to: DAY };

  test('finds two equal databases equal', async () => {
    const content = await contentIn(testEnv.database, range);
    expect(Object.values(content).filter((rows) => rows.length === 0)).toEqual([]);
    expect(differences(content, await contentIn(testEnv.database, range))).toEqual([]);
    expect(Object.keys(CHANGED)).toEqual(Object.keys(content));
  });

  test.each(Object.entries(CHANGED))('%s: one row that differs is told', async (part, change) => {
    const expected = await contentIn(testEnv.database, range);
    const actual = await after(change, (sql) => contentIn(sql, range));
    expect(differences(actual, expected).filter((line) => line.startsWith(`${part}: `))).not.toEqual([]);
  });
});

test('bytes that do not mean any more what they were taken for are told', async () => {
  const range = { from: DAY, to: DAY };
  expect(await rebuiltDifferences(testEnv, range)).toEqual([]);
  const spoil = `update ops.payload set bytes = '<html>', encoding = 'identity' where id = (select max(id) from ops.payload)`;
  await queryOnce(
    testEnv.databaseUrl,
    `create table ops.kept as select id, bytes, encoding from ops.payload; ${spoil}`,
  );
  expect(await rebuiltDifferences(testEnv, range)).toHaveLength(1);
  await queryOnce(
    testEnv.databaseUrl,
    `update ops.payload p set bytes = k.bytes, encoding = k.encoding from ops.kept k where k.id = p.id; drop table ops.kept`,
  );
});

/** A change like the last one, with a cursor that is so much greater. */
const changeAt = (step: number) => `insert into ops.change (
    cursor, dataset, day, payload_id, kind, new_points, revised_points, nulled_points, largest_difference, known_at)
  select cursor + ${step}, dataset, day, payload_id, kind, new_points, revised_points, nulled_points, largest_difference, known_at
  from ops.change order by cursor desc limit 1`;

describe('the audit of writes', () => {
  beforeAll(() => installAudit(testEnv.databaseUrl));

  const WRITES: Readonly<Record<string, string>> = {
    ledger: `update ops.delivery_day set error = error where day = '${DAY}'`,
    payload: `update ops.payload set seen_count = seen_count where id = (select min(id) from ops.payload)`,
    change: changeAt(1),
  };

  test.each(Object.entries(WRITES))(
    '%s: a write without the lock of its day is counted',
    async (_, write) => {
      expect(await written(write, DAY)).toEqual({ total: 1, unlocked: 0 });
      expect(await written(write, '2026-10-08')).toEqual({ total: 1, unlocked: 1 });
      expect(await written(write, undefined)).toEqual({ total: 1, unlocked: 1 });
    },
  );

  /** What the audit has seen of a write in a transaction that holds the lock of a day, or none. */
  async function written(write: string, locked: string | undefined) {
    const before = await auditedWrites(testEnv.databaseUrl);
    const client = await openSuperuser();
    await client.query('begin');
    if (locked) await lockDay(client, DATASET, locked);
    await client.query(write);
    await client.query('commit');
    await client.end();
    const after = await auditedWrites(testEnv.databaseUrl);
    return { total: after.total - before.total, unlocked: after.unlocked - before.unlocked };
  }
});

describe('the reader of the change feed', () => {
  test('misses nothing that comes in the order of its cursors', async () => {
    const reader = new FeedReader(testEnv.databaseUrl);
    await queryOnce(testEnv.databaseUrl, changeAt(1));
    expect(await reader.missed()).toEqual([]);
  });

  test('tells a cursor that became visible after a greater one', async () => {
    const reader = new FeedReader(testEnv.databaseUrl);
    const [{ last } = { last: Number.NaN }] = await testEnv.rows<{ last: number }>(
      'select max(cursor) as last from ops.change',
    );
    await queryOnce(testEnv.databaseUrl, changeAt(2));
    await expect.poll(() => reader.last).toBe(last + 2);
    await queryOnce(testEnv.databaseUrl, changeAt(-1));
    expect(await reader.missed()).toEqual([`${last + 1}`]);
  });
});

async function openSuperuser(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: testEnv.databaseUrl });
  await client.connect();
  return client;
}
