/**
 * Drill: a database is destroyed while days are written and read, and brought back by pgBackRest: to its last archived commit, then to an
 * instant. Does everything heal by what docs/recipes.md says, and is every reader told what it has read that is lost?
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { datasetPlaces } from '../../config/datasets.ts';
import { loadCatalog } from '../../datasets/catalog.ts';
import { keepSettled } from '../../db/connection/database-clock.ts';
import { storageOf } from '../../db/migration/storage.ts';
import { interpret } from '../../domain/interpret/interpret.ts';
import { addDays, eachDay } from '../../domain/time/civil-day.ts';
import { deliveryInterval } from '../../domain/time/delivery-day.ts';
import { runDay } from '../../temporal/days.ts';
import { queryOnce } from '../chaos/system.ts';
import { type ApiEnvironment, openApiEnvironment } from '../support/api/api-environment.ts';
import { settingsOf, tidemark } from '../support/command.ts';
import { type Cluster, openCluster } from '../support/recovery/cluster.ts';
import { FeedCopy } from '../support/recovery/reader.ts';
import { registerEnabled } from '../support/register-datasets.ts';
import { SHORT_RULES } from '../support/short-patience.ts';
import { DATASET } from '../support/test-environment.ts';

const FROM = '2026-10-01';
const TO = addDays(FROM, 9);
const DAYS = eachDay(FROM, TO);
const PATIENCE = { timeout: 120_000, interval: 200 };

let cluster: Cluster;
let testEnv: ApiEnvironment;
let reader: FeedCopy;
beforeAll(async () => {
  const catalog = await loadCatalog(datasetPlaces());
  cluster = await openCluster();
  await registerEnabled(cluster.database, catalog.all);
  const stored = { url: cluster.url, database: cluster.database, drop: async () => {} };
  testEnv = await openApiEnvironment({
    ...{ catalog, stored, retryRules: SHORT_RULES },
    simulator: { quotaRequests: 0, revisionShare: 0 },
  });
  reader = new FeedCopy(testEnv);
  await testEnv.startWorker();
  // As every process of a worker and of the API does.
  keepSettled(cluster.database);
  await testEnv.load(FROM, TO);
});
afterAll(async () => {
  await testEnv?.close();
  await cluster?.close();
});

/** Revises a value of a day after the other, and has it fetched, until it is stopped. */
function revise(): { stop(): Promise<number> } {
  let stopped = false;
  const writing = (async () => {
    let n = 0;
    for (; !stopped; n++) {
      const day = DAYS[n % DAYS.length] as string;
      testEnv.simulator.faults.add({
        name: 'revise',
        day,
        hour: 5,
        border: 'border_AT_CZ',
        value: 1_000 + n,
      });
      await (await runDay(testEnv.temporal, { dataset: DATASET, day, wait: false })).result();
    }
    return n;
  })();
  return {
    stop() {
      stopped = true;
      return writing;
    },
  };
}

/** Reads the feed until it is stopped. */
function follow(): { stop(): Promise<void> } {
  let stopped = false;
  const reading = (async () => {
    while (!stopped) {
      await reader.read();
      await sleep(50);
    }
  })();
  return {
    stop() {
      stopped = true;
      return reading;
    },
  };
}

interface Epoch {
  readonly number: number;
  readonly ended: number;
  readonly known_to: Date;
  readonly began_at: Date;
}
const epochs = () =>
  testEnv.rows<Epoch>(
    'select number, ended_cursor as ended, known_to, began_at from catalog.epochs where number > 0 order by number',
  );

/** Every day asked for again that was not since an instant, as docs/recipes.md says. */
async function heal(since: Date): Promise<void> {
  const range = ['--from', FROM, '--to', TO, '--wait'];
  const ran = await tidemark(
    settingsOf(testEnv),
    ...['backfill', DATASET, ...range, '--not-checked-since', since.toISOString()],
  );
  expect(ran).toMatchObject({ code: 0 });
}

/** What is in the database is what the publisher says, and what the reader has. */
async function expectTruth(): Promise<void> {
  const end = await feedEnd();
  const readTo = async () => {
    await reader.read();
    return reader.cursor;
  };
  await expect.poll(readTo, PATIENCE).toBe(end);
  for (const day of DAYS) {
    const { rows } = await cluster.database.query<{ at: Date; series: string; value: number }>(
      `select starts_at as at, series, value from ${storageOf(DATASET).relation} where delivery_day = $1 order by 1, 2`,
      [day],
    );
    expect(rows.map(({ at, series, value }) => `${at.toISOString()} ${series} ${value}`)).toEqual(
      await published(day),
    );
    const { json } = await testEnv.get(`/v1/data?dataset=${DATASET}&from=${day}&to=${day}&limit=100000`);
    expect(reader.days.get(day) === JSON.stringify(json.data)).toBe(true);
  }
}

const feedEnd = async () =>
  (await testEnv.rows<{ cursor: number }>('select cursor from ops.clock'))[0]?.cursor;

async function published(day: string): Promise<string[]> {
  const dataset = testEnv.catalog.get(DATASET);
  const { startMs, endMs } = deliveryInterval(dataset, day);
  const [from, to] = [startMs, endMs].map((ms) => new Date(ms).toISOString());
  const answer = await fetch(
    `${testEnv.simulator.url}/core/api/data/maxExchanges?FromUtc=${from}&ToUtc=${to}`,
  );
  const { points } = interpret(dataset, day, Buffer.from(await answer.arrayBuffer()));
  return points
    .map(({ startsAtMs, series, value }) => ({ at: new Date(startsAtMs).toISOString(), series, value }))
    .toSorted((a, b) => (a.at === b.at ? (a.series < b.series ? -1 : 1) : a.at < b.at ? -1 : 1))
    .map(({ at, series, value }) => `${at} ${series} ${value}`);
}

test('destroyed under load: all but the last seconds comes back by itself, the rest by asking again', async () => {
  const [writing, reading] = [revise(), follow()];
  await cluster.backRest.run('backup', '--type=full');
  const backedUp = (await feedEnd()) ?? 0;
  await expect.poll(() => reader.cursor, PATIENCE).toBeGreaterThan(backedUp + 20);
  await cluster.destroy();
  const read = reader.cursor;
  await cluster.restore();
  await expect.poll(async () => (await epochs()).length, PATIENCE).toBe(1);
  const [epoch] = await epochs();
  console.log(
    `restored to its last archived commit: the feed ends at ${epoch?.ended} of ${read} read, knowledge at ${epoch?.known_to.toISOString()}; ` +
      `${((epoch?.began_at.getTime() ?? 0) - (epoch?.known_to.getTime() ?? 0)) / 1_000} s until the next epoch`,
  );
  expect(epoch?.ended).toBeGreaterThan(backedUp);
  // Runs that waited for the database go on.
  const cursor = (await feedEnd()) ?? 0;
  await expect.poll(feedEnd, PATIENCE).toBeGreaterThan(cursor + 3);
  await writing.stop();
  await heal(epoch?.known_to as Date);
  await reading.stop();
  await expectTruth();
  expect(reader.refusals).toBe(read > (epoch?.ended ?? 0) ? 1 : 0);
}, 400_000);

test('restored to an instant before something wrong: what came after it is told as lost, and comes again', async () => {
  await cluster.backRest.run('backup', '--type=full');
  await sleepUntilArchived();
  const [{ at, cursor }] = (await testEnv.rows('select clock_timestamp() as at, cursor from ops.clock')) as [
    { at: Date; cursor: number },
  ];
  const writing = revise();
  await expect.poll(feedEnd, PATIENCE).toBeGreaterThan(cursor + 10);
  await writing.stop();
  await reader.read();
  await sleepUntilArchived();
  await cluster.destroy();
  await cluster.restore(
    '--type=time',
    `--target=${at.toISOString().replace('T', ' ').replace('Z', '+00')}`,
    '--target-action=promote',
  );
  await expect.poll(async () => (await epochs()).length, PATIENCE).toBe(2);
  expect((await epochs()).at(-1)).toMatchObject({ number: 2, ended: cursor });
  const refused = await tidemark(settingsOf(testEnv), 'changes', '--since', String(reader.cursor));
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining(`go on from ${cursor}`) });
  await reader.read();
  await heal(at);
  await expectTruth();
  expect(reader.refusals).toBeGreaterThan(0);
}, 400_000);

/** Until what was committed so far lies in the archive. */
async function sleepUntilArchived(): Promise<void> {
  const [{ wal }] = (await queryOnce<{ wal: string }>(
    cluster.url,
    'select pg_walfile_name(pg_switch_wal()) as wal',
  )) as [{ wal: string }];
  const archived = async () =>
    ((
      await queryOnce<{ wal: string }>(cluster.url, 'select last_archived_wal as wal from pg_stat_archiver')
    )[0]?.wal ?? '') >= wal;
  await expect.poll(archived, PATIENCE).toBe(true);
}
