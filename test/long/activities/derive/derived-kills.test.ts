/** Are days of frequency, and their quality that is computed from them, whole and single when workers are killed all along? */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dayWorkflowId, TASK_QUEUE } from '../../../../domain/workflow/ids.ts';
import type { PollOutcome } from '../../../../domain/workflow/messages.ts';
import { startLoad } from '../../../../temporal/loads.ts';
import { WorkerProcess } from '../../../chaos/worker-process.ts';
import { settingsOf, tidemark } from '../../../support/command.ts';
import { textOf } from '../../../support/loading.ts';
import { programOf } from '../../../support/program.ts';
import { openTestEnvironment, type TestEnvironment } from '../../../support/test-environment.ts';

const DERIVED = 'swissgrid.frequency-quality';
const MEASURED = 'swissgrid.frequency';
const FIRST = '2026-01-05';
const DAYS = 24;

let testEnv: TestEnvironment;
let worker: WorkerProcess;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-derived-'));
  testEnv = await openTestEnvironment();
  worker = await WorkerProcess.start({
    databaseUrl: testEnv.databaseUrl,
    temporalAddress: testEnv.temporalAddress,
    sourceUrl: testEnv.simulator.url,
    logFile: join(folder, 'worker.log'),
    program: programOf('test/support/impatient-worker'),
  });
});
afterAll(async () => {
  await worker?.stop();
  await testEnv?.close();
  rmSync(folder, { recursive: true, force: true });
});

let polls = 0;

/** One tick of the schedule, to the end of the runs that it started. */
async function poll(): Promise<PollOutcome> {
  polls += 1;
  const { workflow } = testEnv.temporal.client;
  const options = { taskQueue: TASK_QUEUE, workflowId: `test poll ${polls}`, args: [{ dataset: DERIVED }] };
  const outcome: PollOutcome = await workflow.execute('pollDataset', options);
  await Promise.all(
    [...outcome.started, ...outcome.running].map((day) =>
      workflow.getHandle(dayWorkflowId(DERIVED, day)).result(),
    ),
  );
  return outcome;
}

/** A value every 30 s; some of each day lie outside of the band, in one piece or several; the third day has a hole. */
function fileOf(name: string, days: number, shift: number): string {
  const startMs = Date.parse(`${FIRST}T00:00:00+01:00`);
  const lines = Array.from({ length: days * 2_880 }, (_, n) => {
    const at = new Date(startMs + n * 30_000).toISOString().slice(0, 19);
    return `${at}Z,${n % 37 < ((n + shift) % 11) + shift ? 50.06 : 50.01}`;
  }).filter((_, n) => n < 6_000 || n > 6_010);
  const path = join(folder, `${name}.csv`);
  writeFileSync(path, textOf(lines));
  return path;
}

async function load(file: string): Promise<void> {
  await (await startLoad(testEnv.temporal, { dataset: MEASURED, file })).result();
}

const held = () =>
  testEnv.rows(
    `select delivery_day as day, series, round(value::numeric, 6) as value from swissgrid.frequency_quality
     order by delivery_day, series`,
  );

/** The same by SQL: gaps and islands for the longest excursion. Winter days, 30 s apart. */
const byDefinition = () =>
  testEnv.rows(
    `with points as (
       select delivery_day, starts_at, abs(value - 50) > 0.05 + 1e-9 as outside,
         row_number() over (partition by delivery_day order by starts_at) as place,
         extract(epoch from starts_at) / 30 as step
       from swissgrid.frequency
     ), islands as (
       select delivery_day, count(*) as length
       from (select *, step - row_number() over (partition by delivery_day order by starts_at) as island from points where outside) o
       group by delivery_day, island
     ), days as (
       select delivery_day, avg(outside::int) * 100 as share, 86400 - 30 * count(*) as missing from points group by delivery_day
     )
     select delivery_day as day, series, round(value::numeric, 6) as value
     from days d
     cross join lateral (values
       ('frequency.longest_excursion', (select coalesce(max(length), 0) * 30 from islands i where i.delivery_day = d.delivery_day)),
       ('frequency.missing', d.missing),
       ('frequency.outside_share', d.share)
     ) as each (series, value)
     order by delivery_day, series`,
  );

test('nothing is lost or doubled, and what did not move is not computed again', async () => {
  const killed = (async () => {
    for (let kill = 0; kill < 4; kill += 1) {
      await new Promise((resolve) => setTimeout(resolve, 1_500 + 700 * kill));
      await worker.kill(200);
    }
  })();
  await load(fileOf('first', DAYS, 0));
  const first = await poll();
  expect(first.started).toHaveLength(DAYS);
  await load(fileOf('second', 10, 5));
  await poll();
  await killed;
  expect((await poll()).summary).toBe('nothing is due');
  expect(await held()).toEqual(await byDefinition());
  expect(await held()).toHaveLength(3 * DAYS);
  const payloads = await testEnv.rows(
    `select payloads, count(*)::int as days
     from (select day, count(*)::int as payloads from ops.payload where dataset = $1 group by day) by_day
     group by payloads order by payloads`,
    [DERIVED],
  );
  // Ten days were measured anew: these were computed twice, the others once.
  expect(payloads).toEqual([
    { payloads: 1, days: DAYS - 10 },
    { payloads: 2, days: 10 },
  ]);
  const states = await testEnv.rows(
    'select state, count(*)::int from ops.delivery_day where dataset = $1 group by 1',
    [DERIVED],
  );
  expect(states).toEqual([{ state: 'complete', count: DAYS }]);
  expect(worker.endedByItself).toEqual([]);
}, 600_000);

test('a value is explained down to the bytes of the file that it was computed from', async () => {
  const settings = settingsOf(testEnv);
  const at = `${FIRST}T00:00:00+01:00`;
  const { stdout, stderr } = await tidemark(
    ...([settings, 'explain', DERIVED, '--series', 'frequency.outside_share', '--at', at, '--json'] as const),
  );
  expect(stderr).toBe('');
  const { versions } = JSON.parse(stdout) as {
    versions: { inputs: { dataset: string; day: string; payloads: { sha256: string; url: string }[] }[] }[];
  };
  // What the second file says again is still known from the first.
  expect(versions.map(({ inputs }) => inputs)).toMatchObject(
    [['first'], ['first', 'second']].map((names) => [
      {
        dataset: MEASURED,
        day: FIRST,
        payloads: names.map((name) => ({ url: join(folder, `${name}.csv`) })),
      },
    ]),
  );
  const explained = await tidemark(settings, 'explain', DERIVED, '--series', 'frequency.missing', '--at', at);
  expect(explained.stdout).toMatch(
    /computed .*from:\n {4}swissgrid\.frequency of 2026-01-05\n {6}payload \d+: \d+ bytes, sha256 [0-9a-f]{16}…: bytes 0 to \d+ of .*first\.csv/,
  );
});
