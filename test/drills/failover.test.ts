/**
 * Drill: a standby follows the database while days are written. Do readers of the standby get what the primary told, and when the
 * primary dies and the standby takes over, does all go on without anybody touching the feed?
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildApi } from '../../api/app.ts';
import { datasetPlaces } from '../../config/datasets.ts';
import { loadCatalog } from '../../datasets/catalog.ts';
import { type Database, openDatabase } from '../../db/connection/client.ts';
import { storageOf } from '../../db/migration/storage.ts';
import { runDay } from '../../temporal/days.ts';
import { withPort } from '../chaos/addresses.ts';
import { queryOnce } from '../chaos/system.ts';
import { TcpProxy } from '../chaos/tcp-proxy.ts';
import {
  type ApiEnvironment,
  openApiEnvironment,
  openTestApiDatabase,
} from '../support/api/api-environment.ts';
import { type Cluster, openCluster } from '../support/recovery/cluster.ts';
import { FeedCopy } from '../support/recovery/reader.ts';
import { openStandby, type Standby } from '../support/recovery/standby.ts';
import { registerEnabled } from '../support/register-datasets.ts';
import { SHORT_RULES } from '../support/short-patience.ts';
import { DATASET } from '../support/test-environment.ts';

const FROM = '2026-10-01';
const TO = '2026-10-05';
const PATIENCE = { timeout: 60_000, interval: 200 };

let cluster: Cluster;
let standby: Standby;
/** The address that everybody writes to, whichever of both is behind it: a name, or a proxy, in a real system. */
let line: TcpProxy;
let database: Database;
let testEnv: ApiEnvironment;
beforeAll(async () => {
  const catalog = await loadCatalog(datasetPlaces());
  cluster = await openCluster();
  await registerEnabled(cluster.database, catalog.all);
  standby = await openStandby(cluster);
  line = await TcpProxy.open(cluster.port);
  const url = withPort(cluster.url, line.port);
  database = openDatabase({ url, role: 'tidemark_writer', application: 'tidemark test', maxConnections: 20 });
  testEnv = await openApiEnvironment({
    ...{ catalog, stored: { url, database, drop: () => database.end() }, retryRules: SHORT_RULES },
    simulator: { quotaRequests: 0, revisionShare: 0 },
  });
  await testEnv.startWorker();
  await testEnv.load(FROM, TO);
});
afterAll(async () => {
  await testEnv?.close();
  await line?.close();
  await standby?.stop();
  await cluster?.close();
});

const revise = async (value: number, day: string) => {
  testEnv.simulator.faults.add({ name: 'revise', day, hour: 5, border: 'border_AT_CZ', value });
  await (await runDay(testEnv.temporal, { dataset: DATASET, day, wait: false })).result();
};
const asOf = (at: Date) =>
  `select series, starts_at, value from ${storageOf(DATASET).asOf}('${at.toISOString()}') order by 1, 2`;
const settledAt = async (url: string) =>
  (await queryOnce<{ at: Date }>(url, 'select catalog.settled_at() as at'))[0]?.at as Date;

test('a standby tells what the primary told, as of every instant that is settled there', async () => {
  for (let n = 0; n < 5; n++) {
    await revise(2_000 + n, FROM);
    const at = await settledAt(standby.url);
    const [there, here] = await Promise.all([
      queryOnce(standby.url, asOf(at)),
      queryOnce(cluster.url, asOf(at)),
    ]);
    expect(there).toEqual(here);
  }
});

test('an API whose database may only be read answers questions', async () => {
  const at = (await settledAt(standby.url)).toISOString();
  const url = `/v1/data?dataset=${DATASET}&from=${FROM}&to=${FROM}&limit=100000&as_of=${at}`;
  const ofPrimary = await testEnv.get(url);
  const readOnly = openTestApiDatabase(standby.url);
  const api = await buildApi({ ...testEnv.deps, database: readOnly });
  const { statusCode, json } = await api.inject({ method: 'GET', url });
  expect([statusCode, json().data]).toEqual([200, ofPrimary.json.data]);
  await api.close();
  await readOnly.end();
});

test('the primary dies under load, the standby takes over: runs go on, the feed is in another epoch, its reader misses nothing', async () => {
  const reader = new FeedCopy(testEnv);
  await reader.read();
  const writing = (async () => {
    for (let n = 0; n < 12; n++) await revise(3_000 + n, n % 2 ? FROM : TO);
  })();
  const began = reader.cursor;
  const readOn = async () => {
    await reader.read();
    return reader.cursor;
  };
  await expect.poll(readOn, PATIENCE).toBeGreaterThan(began + 2);
  await cluster.kill();
  await standby.promote();
  line.redirect(standby.port);
  await writing;
  const epochs = await testEnv.rows<{ number: number; ended: number }>(
    'select number, ended_cursor as ended from catalog.epochs order by number',
  );
  expect(epochs).toHaveLength(2);
  console.log(`the standby took over: the feed ends at ${epochs[1]?.ended} of ${reader.cursor} read`);
  const [clock] = await testEnv.rows<{ cursor: number }>('select cursor from ops.clock');
  await expect.poll(readOn, PATIENCE).toBe(clock?.cursor);
  for (const [day, rows] of reader.days) {
    const { json } = await testEnv.get(`/v1/data?dataset=${DATASET}&from=${day}&to=${day}&limit=100000`);
    expect(rows === JSON.stringify(json.data)).toBe(true);
  }
}, 180_000);
