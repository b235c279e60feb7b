/**
 * Does an answer for an instant stay the same while a backfill, a load, an event stream, a rebuild and re-runs write, and their
 * sessions are killed? Every answer that was given meanwhile is asked for again.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { datasetPlaces } from '../../../../config/datasets.ts';
import { catalogOf, loadCatalog } from '../../../../datasets/catalog.ts';
import { type Dataset, isPulledPoints } from '../../../../domain/dataset/dataset.ts';
import { hostOf } from '../../../../domain/dataset/facts.ts';
import { addDays, eachDay } from '../../../../domain/time/civil-day.ts';
import { startBackfill } from '../../../../temporal/backfills.ts';
import { runDay } from '../../../../temporal/days.ts';
import { wakeDrain } from '../../../../temporal/drains.ts';
import { startLoad } from '../../../../temporal/loads.ts';
import { startRebuild } from '../../../../temporal/rebuilds.ts';
import { type Probed, Prober } from '../../../chaos/prober.ts';
import { EVENTS, FREQUENCY, frequencyFile, sendEvents } from '../../../chaos/writers.ts';
import { type ApiEnvironment, openApiEnvironment } from '../../../support/api/api-environment.ts';
import { makeKey, type TestKey } from '../../../support/api/keys.ts';
import { WITHOUT_QUOTA } from '../../../support/catalog-without-quota.ts';
import { DATASET } from '../../../support/test-environment.ts';

const FROM = '2026-10-05';
const DAYS = 6;
const KILLS = 8;
const TO = addDays(FROM, DAYS - 1);

const folder = mkdtempSync(join(tmpdir(), 'tidemark-settled-'));
let testEnv: ApiEnvironment;
let key: TestKey;
let api: string;
beforeAll(async () => {
  const { all, get } = await loadCatalog(datasetPlaces());
  const host = hostOf(get(DATASET).source);
  const freed = (dataset: Dataset) =>
    isPulledPoints(dataset) && hostOf(dataset.source) === host
      ? { ...dataset, source: { ...dataset.source, quota: WITHOUT_QUOTA } }
      : dataset;
  testEnv = await openApiEnvironment({
    catalog: catalogOf(all.map(freed)),
    simulator: { quotaRequests: 0 },
    filesFolder: join(folder, 'texts'),
  });
  key = await makeKey(testEnv, { role: 'operator' });
  api = await testEnv.api.listen({ host: '127.0.0.1', port: 0 });
  await testEnv.startWorker();
  await testEnv.startWorker();
});
afterAll(async () => {
  await testEnv?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Over HTTP: questions that are refused at once would otherwise keep the loop of events from everything else. */
const ask = async (method: 'GET' | 'POST', url: string, body?: object) => {
  const response = await fetch(`${api}${url}`, {
    method,
    headers: { ...key.headers, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { status: response.status, text: await response.text() };
};

const probed: Probed = {
  ...{ series: DATASET, from: FROM, days: DAYS, gate: 'D+99T12:00', one: 'border_AT_CZ', records: EVENTS },
};

/** Sessions that write are ended in the middle of it; not without end, or nothing would ever be written. */
async function killSessions(until: () => boolean): Promise<number> {
  const client = new pg.Client({ connectionString: testEnv.databaseUrl });
  await client.connect();
  let killed = 0;
  while (killed < KILLS && !until()) {
    const { rowCount } = await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where application_name = 'tidemark test' and datname = current_database() and xact_start is not null and pid <> pg_backend_pid()
       limit 1`,
    );
    killed += rowCount ?? 0;
    await client.query('select pg_sleep(0.4)');
  }
  await client.end();
  return killed;
}

test('what is told while days are written is told again', async () => {
  const { temporal } = testEnv;
  const frequency = new Prober(ask, testEnv.deps.database, {
    ...probed,
    series: FREQUENCY,
    one: 'frequency',
  });
  const exchanges = new Prober(ask, testEnv.deps.database, probed);
  await wakeDrain(temporal, EVENTS);
  for (const prober of [exchanges, frequency]) prober.start();
  let over = false;
  const written = { from: FROM, days: DAYS };
  const beside = [sendEvents(ask, written, () => over), killSessions(() => over)] as const;
  const load = async () =>
    await (await startLoad(temporal, { dataset: FREQUENCY, file: frequencyFile(folder, written) })).result();
  const backfill = async () => {
    await (await startBackfill(temporal, { dataset: DATASET, from: FROM, to: TO })).result();
    const days = eachDay(FROM, TO).slice(0, 4);
    await Promise.all([
      startRebuild(temporal, { dataset: DATASET, from: FROM, to: TO }).then((rebuild) => rebuild.result()),
      ...days.map(async (day) => (await runDay(temporal, { dataset: DATASET, day, wait: true })).result()),
      startBackfill(temporal, { dataset: DATASET, from: FROM, to: TO, days: 'all' }).then((all) =>
        all.result(),
      ),
    ]);
  };
  await Promise.all([load(), backfill()]);
  over = true;
  const [, killed] = await Promise.all(beside);
  for (const prober of [exchanges, frequency]) {
    const { requests, changed, refused } = await prober.report();
    expect(changed).toEqual([]);
    expect(refused).toEqual([]);
    expect(Object.keys(requests).toSorted()).toEqual(
      [
        'latest',
        'as of',
        'pages',
        'gate',
        'buckets',
        'export',
        'versions',
        'records',
        'pin',
        'SQL',
      ].toSorted(),
    );
  }
  expect(killed).toBeGreaterThan(0);
}, 600_000);

describe('an instant that has not settled', () => {
  test('is answered for the newest one that has, and the answer says so', async () => {
    // Until the last event is folded, the clock may move between two questions.
    await expect.poll(() => testEnv.rows('select from ops.inbox')).toEqual([]);
    const url = `/v1/data?dataset=${DATASET}&from=${FROM}&to=${FROM}&limit=1`;
    const [clock] = await testEnv.rows<{ at: Date }>('select settled_at as at from ops.clock');
    const asOf = new Date().toISOString();
    const { headers, json } = await testEnv.get(`${url}&as_of=${asOf}`, { headers: key.headers });
    expect(Date.parse(asOf)).toBeGreaterThan(clock?.at.getTime() ?? 0);
    expect(json.meta.as_of).toBe(clock?.at.toISOString());
    expect(headers['tidemark-as-of']).toBe(clock?.at.toISOString());
  });
});
