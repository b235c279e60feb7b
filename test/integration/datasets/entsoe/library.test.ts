/** The API of the platform is away for days: does its file library bring them, and what when both are there and differ? */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Settings } from '../../../../domain/dataset/settings.ts';
import type { FilesOutcome } from '../../../../domain/files/found-files.ts';
import { RETRY_RULES } from '../../../../domain/workflow/failures.ts';
import { TASK_QUEUE } from '../../../../domain/workflow/ids.ts';
import { runDay } from '../../../../temporal/days.ts';
import { startRebuild } from '../../../../temporal/rebuilds.ts';
import { TOKEN } from '../../../support/simulator/entsoe.ts';
import { openTestEnvironment, type TestEnvironment } from '../../../support/test-environment.ts';

const PRICES = 'entsoe.day-ahead-prices';
const settings = new Map<string, Settings>();
const texts = mkdtempSync(join(tmpdir(), 'tidemark-library-'));
let testEnv: TestEnvironment;

beforeAll(async () => {
  testEnv = await openTestEnvironment({
    ...{ sourceSettings: settings, simulatedClock: true, filesFolder: texts },
    retryRules: { ...RETRY_RULES, transient: { ...RETRY_RULES.transient, attempts: 1 } },
    simulator: {
      ...{ now: '2026-11-20T12:10:00Z', clockRate: 0, revisionShare: 0 },
      entsoe: {
        requests: 0,
        outages: [{ status: 503, from: '2026-11-16T00:00:00Z', to: '2026-11-20T14:00:00Z' }],
        library: { ...LIBRARY, areas: ['DE_LU', 'FR', 'NL'] },
      },
    },
  });
  settings.set('entsoe', {
    ...{ ENTSOE_TOKEN: TOKEN, ENTSOE_ZONES: 'DE_LU,FR' },
    ...{ ENTSOE_LIBRARY_URL: testEnv.simulator.url, ENTSOE_LIBRARY_TOKEN_URL: testEnv.simulator.url },
    ...{ ENTSOE_LIBRARY_USER: LIBRARY.user, ENTSOE_LIBRARY_PASSWORD: LIBRARY.password },
  });
  await testEnv.startWorker();
});
afterAll(async () => {
  await testEnv?.close();
  rmSync(texts, { recursive: true, force: true });
});

const LIBRARY = {
  ...{ user: 'desk@example.org', password: 'secret of the desk' },
  ...{ tokenSeconds: 900, requests: 100, banMs: 600_000, areas: [] as string[], outages: [] },
};

const at = (now: string) => testEnv.simulator.clock.set({ nowMs: Date.parse(now) });

let looks = 0;
async function look(dataset: string): Promise<FilesOutcome> {
  looks += 1;
  const options = { taskQueue: TASK_QUEUE, workflowId: `test look ${looks}`, args: [{ dataset }] };
  return await testEnv.temporal.client.workflow.execute('lookForFiles', options);
}

/** Two looks that are more than a minute apart: what has settled is loaded. */
async function lookTwice(dataset: string, from: string): Promise<string> {
  at(from);
  await look(dataset);
  testEnv.simulator.clock.set({ nowMs: Date.parse(from) + 90_000 });
  return (await look(dataset)).summary;
}

const ingest = async (dataset: string, day: string) =>
  await (await runDay(testEnv.temporal, { dataset, day, wait: false })).result();

const daysOf = async (dataset: string, from: string, to: string) =>
  await testEnv.rows<{ day: string; state: string; expected: number; present: number }>(
    `select day::text, state, expected_points as expected, present_points as present from ops.delivery_day
     where dataset = $1 and day between $2 and $3 order by day`,
    [dataset, from, to],
  );

const openFindings = async (dataset: string) =>
  await testEnv.rows<{ series: string; reason: string; day: string }>(
    `select series, reason, day::text from ops.finding
     where dataset = $1 and rule = 'stand_in_differs' and resolution = 'open' order by id`,
    [dataset],
  );

test('without a name and a password the library is not watched', async () => {
  const given = settings.get('entsoe');
  settings.set('entsoe', { ...given, ENTSOE_LIBRARY_PASSWORD: undefined });
  testEnv.simulator.requests.clear();
  expect(await look(PRICES)).toMatchObject({
    loaded: 0,
    summary: 'files are not watched: no folder or address is set',
  });
  expect(testEnv.simulator.requests.counts().total).toBe(0);
  settings.set('entsoe', { ...given, ENTSOE_LIBRARY_PASSWORD: 'another' });
  const failure = await look(PRICES).catch((error: Error) => String(error.cause));
  expect(failure).toContain('Invalid user credentials');
  expect(failure).toContain('passwords of the platform end after 183 days');
  expect(failure).not.toContain('another');
  settings.set('entsoe', given as Settings);
});

test('days of an outage come from the library, also those on the edge of two files', async () => {
  at('2026-11-20T12:10:00Z');
  for (const day of ['2026-11-17', '2026-11-18', '2026-11-19'])
    await expect(ingest(PRICES, day)).rejects.toThrow(WorkflowFailedError);
  expect((await daysOf(PRICES, '2026-11-17', '2026-11-19')).map(({ state }) => state)).toEqual(
    Array.from({ length: 3 }, () => 'failed'),
  );
  expect(await lookTwice(PRICES, '2026-11-20T12:12:00Z')).toMatch(/2 files in .*: 2 loaded/);
  const days = await daysOf(PRICES, '2026-10-02', '2026-11-20');
  expect(days).toHaveLength(50);
  const whole = (quarters: number) => ({ state: 'complete', expected: 3 * quarters, present: 3 * quarters });
  for (const { day, ...row } of days)
    expect({ day, ...row }).toEqual({ day, ...whole(day === '2026-10-25' ? 100 : 96) });
  const series = await testEnv.rows('select distinct series from entsoe.day_ahead_prices order by 1');
  // Contracts of other markets, and zones that are not chosen, stand in the same files.
  expect(series.map((row) => (row as { series: string }).series)).toEqual(['DE_LU.1', 'DE_LU.2', 'FR']);
  const parts = await testEnv.rows('select distinct part from ops.payload where dataset = $1 order by 1', [
    PRICES,
  ]);
  expect(parts).toEqual([{ part: 'DE_LU@library' }, { part: 'FR@library' }]);
});

test('files that have not changed are not loaded again; made anew with the same values they bring nothing', async () => {
  at('2026-11-20T12:30:00Z');
  expect((await look(PRICES)).summary).toContain('nothing new');
  const payloads = async () =>
    await testEnv.rows('select count(*)::int as n from ops.payload where dataset = $1', [PRICES]);
  const before = await payloads();
  expect(await lookTwice(PRICES, '2026-11-20T13:01:00Z')).toContain('1 loaded');
  expect(await payloads()).toEqual(before);
});

test('the API is back and disagrees in one value: its own is kept, a finding names both, until the library follows', async () => {
  const startsAt = '2026-11-18T10:00:00.000Z';
  const [inLibrary] = await testEnv.rows<{ value: number }>(
    `select value from entsoe.day_ahead_prices where series = 'FR' and starts_at = $1`,
    [startsAt],
  );
  at('2026-11-20T14:20:00Z');
  testEnv.simulator.faults.add(
    `revise:day=2026-11-18,starts_at=${startsAt},border=ts_0,value=512.5,table=entsoe/A44_FR`,
  );
  for (const day of ['2026-11-17', '2026-11-18', '2026-11-19']) {
    const outcome = await ingest(PRICES, day);
    expect(outcome).toMatchObject({
      ...{ state: 'complete', newPoints: 0, revisedPoints: day === '2026-11-18' ? 1 : 0, presentPoints: 288 },
    });
  }
  expect(await openFindings(PRICES)).toEqual([
    {
      ...{ series: 'FR', day: '2026-11-18' },
      reason: `FR: the library has ${inLibrary?.value}, the source's own answer 512.5, which is kept`,
    },
  ]);
  // The library of 14:00 says the same as before, and takes nothing back.
  expect(await lookTwice(PRICES, '2026-11-20T14:22:00Z')).toContain('1 loaded');
  const valueThen = () =>
    testEnv.rows(`select value from entsoe.day_ahead_prices where series = 'FR' and starts_at = $1`, [
      startsAt,
    ]);
  expect(await valueThen()).toEqual([{ value: 512.5 }]);
  expect(await openFindings(PRICES)).toHaveLength(1);
  expect(await lookTwice(PRICES, '2026-11-20T15:01:00Z')).toContain('1 loaded');
  expect(await valueThen()).toEqual([{ value: 512.5 }]);
  expect(await openFindings(PRICES)).toEqual([]);
  const dates = { from: '2026-10-16', to: '2026-11-20' };
  const rebuilt = await (
    await startRebuild(testEnv.temporal, { dataset: PRICES, ...dates, dryRun: true })
  ).result();
  expect(JSON.stringify(rebuilt)).toContain('0 would differ');
});

test('load, its forecast and generation by type come in the same way, and agree with the API value for value', async () => {
  testEnv.simulator.faults.clear();
  for (const dataset of ['entsoe.load-actual', 'entsoe.load-forecast', 'entsoe.generation-by-type']) {
    expect(await lookTwice(dataset, '2026-11-20T16:03:00Z')).toContain('2 loaded');
    const [before] = await daysOf(dataset, '2026-11-17', '2026-11-17');
    expect(before).toMatchObject({ state: 'complete' });
    const outcome = await ingest(dataset, '2026-11-17');
    expect(outcome, dataset).toMatchObject({
      state: 'complete',
      newPoints: 0,
      revisedPoints: 0,
      nulledPoints: 0,
    });
    expect(await daysOf(dataset, '2026-11-17', '2026-11-17')).toEqual([before]);
    expect(await openFindings(dataset)).toEqual([]);
  }
  const kept = await testEnv.rows<{ open: number }>(
    `select count(*)::int as open from ops.finding where resolution = 'open' and rule not in ('new_series')`,
  );
  expect(kept).toEqual([{ open: 0 }]);
});

test.each([
  ['is away', 'status:code=503', 'answered 503'],
  ['breaks off', 'truncated-body', 'SOURCE_UNREACHABLE'],
  ['sends a page instead', 'html-200', 'the file has no column'],
  ['sends half a file', 'truncated-json', 'BAD_INPUT'],
  ['sends nothing', 'empty-body', 'BAD_INPUT'],
])(
  'a library that %s leaves everything as it is, is named, and is loaded once it is well',
  async (_, fault, reason) => {
    hour += 3;
    const values = () =>
      testEnv.rows(
        'select md5(string_agg(v::text, chr(10) order by series, starts_at)) from entsoe.day_ahead_prices v',
      );
    const before = await values();
    testEnv.simulator.faults.add(`${fault}${fault.includes(':') ? ',' : ':'}table=library/A44`);
    const clock = (minute: string) =>
      new Date(Date.UTC(2026, 10, 20, hour) + Number(minute) * 60_000).toISOString();
    expect(await lookTwice(PRICES, clock('2'))).toContain('1 could not be loaded');
    const noted = () =>
      testEnv.rows<{ error: string | null }>(
        `select error from ops.found_file where dataset = $1 and location like '%2026_11%'`,
        [PRICES],
      );
    expect((await noted())[0]?.error).toContain(reason);
    expect(await values()).toEqual(before);
    testEnv.simulator.faults.clear();
    expect(await lookTwice(PRICES, clock('62'))).toContain('1 loaded');
    expect(await noted()).toEqual([{ error: null }]);
  },
);
let hour = 30;
