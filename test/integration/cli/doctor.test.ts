/** Does the doctor say that all is well when it is, and what to do where it is not? */
import { hostname } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../../db/connection/client.ts';
import { openDatabase } from '../../../db/connection/client.ts';
import { followClock, type ProcessClock } from '../../../db/connection/process-clock.ts';
import { choosePort } from '../../../scripts/start/machine/ports.ts';
import { reconcileSchedule } from '../../../temporal/schedules.ts';
import { queryOnce } from '../../chaos/system.ts';
import { type Ran, type Settings, settingsOf, tidemark } from '../../support/command.ts';
import { createEmptyDatabase } from '../../support/database.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

const CHECKS = [
  'database',
  'schema',
  'datasets',
  'temporal',
  'search attributes',
  'workers',
  'waiting',
  'schedules',
  'sources',
  'payloads',
  'files',
  'notifications',
];

const FIRST_DAYS = '2022-06-10T12:00:00Z';

let testEnv: TestEnvironment;
let settings: Settings;
let database: Database;
/** What a worker process notes of itself; the workers of a test environment are no processes. */
let noted: ProcessClock;

beforeAll(async () => {
  // Schedules poll as soon as they are made. When datasets have just begun, that is a day or two of each, not a month.
  testEnv = await openTestEnvironment({
    simulator: { quotaRequests: 0, now: FIRST_DAYS },
    simulatedClock: true,
  });
  settings = settingsOf(testEnv);
  database = openDatabase({
    ...{ url: testEnv.databaseUrl, role: 'tidemark_writer', application: 'tidemark test', maxConnections: 2 },
  });
});
afterAll(async () => {
  await noted?.stop();
  await database.end();
  await testEnv.close();
});

const follow = (kind: 'worker' | 'api', datasets: readonly { id: string; decoderVersion: number }[]) =>
  followClock(database, { kind, datasets }, () => {});

/** What it said of each thing that is not well. */
function complaints({ code, stdout, stderr }: Ran): Record<string, string> {
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  const checks = JSON.parse(stdout) as { name: string; fine: boolean; message: string }[];
  expect(checks.map(({ name }) => name)).toEqual(CHECKS);
  return Object.fromEntries(checks.filter(({ fine }) => !fine).map(({ name, message }) => [name, message]));
}

test('before there is a worker and a schedule', async () => {
  expect(complaints(await tidemark(settings, 'doctor', '--json'))).toEqual({
    workers: 'nobody works on the task queue; start one with "npm run worker"',
    schedules: testEnv.catalog.scheduled
      .map(({ id }) => `poll:${id} missing; run "npm run migrate"`)
      .join('; '),
  });
});

test('a database that nobody has migrated', async () => {
  const empty = await createEmptyDatabase();
  const failed = complaints(await tidemark({ ...settings, DATABASE_URL: empty.url }, 'doctor', '--json'));
  expect(failed).toMatchObject({
    database: 'TimescaleDB is not installed in this database; run "npm run migrate"',
    schema: expect.stringMatching(/^lacks 0001_.*; run "npm run migrate"$/),
    datasets: expect.stringMatching(/; run "npm run migrate" if this database is new$/),
  });
  const days = await tidemark({ ...settings, DATABASE_URL: empty.url }, 'days', DATASET);
  expect(days).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('run "npm run migrate"'),
  });
  await empty.drop();
});

test('nothing answers at all: every check says so, with the hint and without the password', async () => {
  const port = await choosePort({ purpose: 'nothing', preferred: 0, report: () => {} });
  const gone = {
    DATABASE_URL: 'postgres://tidemark:hunter2@127.0.0.1:9/x',
    TEMPORAL_ADDRESS: '127.0.0.1:9',
    JAO_BASE_URL: `http://127.0.0.1:${port}`,
    TIDEMARK_DATASETS: '',
  };
  const ran = await tidemark(gone, 'doctor', '--json');
  const failed = complaints(ran);
  expect(Object.keys(failed)).toEqual(CHECKS);
  for (const name of ['database', 'schema', 'datasets'])
    expect(failed[name]).toMatch(
      /^the database does not answer \(.*127\.0\.0\.1:9.*\)\. Start one with "npm start"/,
    );
  for (const name of ['temporal', 'search attributes', 'workers', 'waiting', 'schedules'])
    expect(failed[name]).toMatch(
      /^no Temporal server answers at 127\.0\.0\.1:9 .*Start one with "npm start"/,
    );
  const [source = ''] = failed.sources?.split(' ') ?? [];
  expect(testEnv.catalog.sources.map(({ id }) => id)).toContain(source);
  expect(failed.sources).toBe(
    `${source} does not answer at http://127.0.0.1:${port} (connect ECONNREFUSED 127.0.0.1:${port}); polling goes on trying`,
  );
  expect(ran.stdout).not.toContain('hunter2');
});

test('all is well', async () => {
  await testEnv.startWorker();
  noted = await follow('worker', testEnv.catalog.all);
  for (const dataset of testEnv.catalog.scheduled) await reconcileSchedule(testEnv.temporal, dataset);
  // A paused schedule is a person's decision: told, and nothing to worry about.
  await testEnv.temporal.client.schedule.getHandle(`poll:${DATASET}`).pause('holidays');
  const ran = await tidemark(settings, 'doctor');
  expect(ran.stdout).not.toContain('FAIL');
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(ran.stdout.split('\n').map((line) => line.split(':')[0])).toEqual([
    ...CHECKS.map((name) => `ok   ${name}`),
    '',
  ]);
  expect(ran.stdout).toMatch(/schedules: .*poll:jao-core\.max-exchanges \(paused: holidays[;)]/);
  expect(ran.stdout).toMatch(/sources: .*jao-core at http:\S+ \(simulator\)/);
  expect(ran.stdout).toMatch(/sources: .*entsoe not requested until ENTSOE_TOKEN is set/);
});

test('processes with other catalogues than that of the command', async () => {
  const { all } = testEnv.catalog;
  await noted.stop();
  const older = all.map((each) => ({
    ...each,
    decoderVersion: each.decoderVersion - (each.id === DATASET ? 1 : 0),
  }));
  const worker = await follow(
    'worker',
    older.filter(({ id }) => id !== 'acme.spot-prices'),
  );
  const api = await follow('api', [...all, { id: 'other.table', decoderVersion: 1 }]);
  const failed = complaints(await tidemark(settings, 'doctor', '--json'));
  const here = `${process.pid} on ${hostname()}`;
  expect(failed).toEqual({
    datasets: [
      `api ${here} knows other.table, which this command does not; set TIDEMARK_DATASETS here as there`,
      `worker ${here} does not know acme.spot-prices; set TIDEMARK_DATASETS there as here, and start it again`,
      `worker ${here} has another decoder of ${DATASET}; start it again with the files that are here`,
    ].join('; '),
  });
  await Promise.all([worker.stop(), api.stop()]);
});

test('a worker that has ended, which Temporal lists for minutes', async () => {
  expect(complaints(await tidemark(settings, 'doctor', '--json'))).toEqual({
    workers: expect.stringMatching(/^none has been seen in the database for a minute; Temporal still lists /),
  });
  noted = await follow('worker', testEnv.catalog.all);
  expect(await tidemark(settings, 'doctor')).toMatchObject({ code: 0 });
});

test('a dataset whose own SQL is another than the one applied', async () => {
  const [former] = await testEnv.rows<{ dataset: string }>(
    'select dataset from ops.dataset_script order by dataset limit 1',
  );
  await queryOnce(
    testEnv.databaseUrl,
    `update ops.dataset_script set sha256 = '' where dataset = '${former?.dataset}'`,
  );
  const failed = complaints(await tidemark(settings, 'doctor', '--json'));
  expect(failed).toEqual({ datasets: `the SQL of ${former?.dataset} not applied; run "npm run migrate"` });
});

test('a clock that was set back dates what becomes known ahead of itself, and it is said', async () => {
  await queryOnce(
    testEnv.databaseUrl,
    `update ops.clock set settled_at = clock_timestamp() + interval '1 hour'`,
  );
  const failed = complaints(await tidemark(settings, 'doctor', '--json'));
  expect(failed.database).toMatch(
    /^its clock was set back: what becomes known is dated 3\d{3}\.\d s ahead of it/,
  );
});
