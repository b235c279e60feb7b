/** Do processes with wrong clocks date what they do rightly, look into no future, leave nothing out, and say so? */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dueDays, missedDays } from '../../../domain/days/polling.ts';
import { TASK_QUEUE } from '../../../domain/workflow/ids.ts';
import type { PollOutcome } from '../../../domain/workflow/messages.ts';
import { startBackfill } from '../../../temporal/backfills.ts';
import { runDay } from '../../../temporal/days.ts';
import { freePort } from '../../chaos/addresses.ts';
import { ALONE } from '../../support/alone.ts';
import { settingsOf, tidemark } from '../../support/command.ts';
import { programOf, untilReady } from '../../support/program.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const DAY_MS = 86_400_000;
const LOADED = '2026-07-01';

interface Process {
  readonly child: ChildProcess;
  /** What it printed. */
  printed(): string;
  readonly url: string;
}

let testEnv: TestEnvironment;
let beganAt: Date;
const started: Process[] = [];
beforeAll(async () => {
  testEnv = await openTestEnvironment({ simulator: { quotaRequests: 0, revisionShare: 0 } });
  [{ beganAt }] = (await testEnv.rows<{ beganAt: Date }>('select clock_timestamp() as "beganAt"')) as [
    { beganAt: Date },
  ];
});
afterAll(async () => {
  for (const { child } of started) child.kill('SIGTERM');
  await Promise.all(started.map(({ child }) => ended(child)));
  await testEnv.close();
});

/** One of our programs by a clock that is off, now and after it was set. */
async function start(program: 'workers' | 'api', aheadMs: number, laterMs = aheadMs): Promise<Process> {
  const { PATH = '', HOME = '' } = process.env;
  const alone = { PATH, HOME, ...ALONE };
  const clock = { CLOCK_AHEAD_MS: String(aheadMs), CLOCK_AHEAD_LATER_MS: String(laterMs) };
  const port = { PORT: String(await freePort()), API_ACCESS: 'open', API_REQUESTS_PER_MINUTE: '100000' };
  const args = ['--import', './test/support/shifted-clock.mjs', ...programOf(`${program}/main`)];
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...alone, ...settingsOf(testEnv), ...clock, ...port },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  const first = await untilReady(child, () => printed);
  expect(first).toEqual(program === 'api' ? { url: expect.any(String) } : 'ready');
  const running = { child, printed: () => printed, url: (first as { url?: string }).url ?? '' };
  started.push(running);
  return running;
}

function ended(child: ChildProcess): Promise<unknown> {
  return child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : once(child, 'exit');
}

async function end({ child }: Process): Promise<void> {
  child.kill('SIGTERM');
  await ended(child);
}

/** Every instant that the system noted, with where it stands. */
async function instants(): Promise<{ what: string; at: Date; isAhead: boolean }[]> {
  const columns = [
    ...['ops.payload.fetched_at', 'ops.payload.last_seen_at', 'ops.run.started_at', 'ops.run.finished_at'],
    ...['first_published_at', 'completed_at', 'last_changed_at', 'last_checked_at'].map(
      (name) => `ops.delivery_day.${name}`,
    ),
    ...['ops.finding.found_at', 'ops.backfill.finished_at', 'jao_core.max_exchanges_versions.known_from'],
  ];
  const parts = columns.flatMap((column) => {
    const [, relation, name] = /^(.*)\.(.*)$/.exec(column) ?? [];
    return ['min', 'max'].map(
      (end) => `select '${end} of ${column}' as what, ${end}(${name}) as at from ${relation}`,
    );
  });
  return await testEnv.rows(
    `select what, at, at > clock_timestamp() as "isAhead" from (${parts.join(' union all ')}) t where at is not null`,
  );
}

/** Nothing was noted before the test began, or is dated ahead. */
async function expectTrueInstants(): Promise<void> {
  const found = await instants();
  expect(found.length).toBeGreaterThan(8);
  for (const { what, at, isAhead } of found) {
    expect([what, isAhead]).toEqual([what, false]);
    expect(at.getTime(), what).toBeGreaterThanOrEqual(beganAt.getTime() - 1);
  }
}

const databaseCheck = async () => {
  const { stdout } = await tidemark(settingsOf(testEnv), 'doctor', '--json');
  const checks = JSON.parse(stdout) as { name: string; fine: boolean; message: string }[];
  return checks.find(({ name }) => name === 'database');
};

/** A worker takes seconds to start, and each test starts some. */
const LONG = { timeout: 300_000 };

describe('workers', LONG, () => {
  let ahead: Process;

  test('a day ahead: its day is dated by the database, and can be read at once', async () => {
    ahead = await start('workers', DAY_MS, -DAY_MS);
    const run = await runDay(testEnv.temporal, { dataset: DATASET, day: LOADED, wait: false });
    expect(await run.result()).toMatchObject({ state: 'complete', presentPoints: 3600 });
    await expectTrueInstants();
    const [{ points } = { points: 0 }] = await testEnv.rows<{ points: number }>(
      `select count(*) as points from jao_core.max_exchanges_as_of(clock_timestamp()) where delivery_day = $1`,
      [LOADED],
    );
    expect(points).toBe(3600);
    await expect
      .poll(ahead.printed)
      .toMatch(/"level":40.*the clock of this process is 8\d{4}\.\d s ahead of the database's/);
  });

  test('doctor names the process and by how much its clock is off', async () => {
    await expect
      .poll(databaseCheck)
      .toMatchObject({ fine: false, message: expect.stringContaining(`worker ${ahead.child.pid} on `) });
    expect((await databaseCheck())?.message).toMatch(
      /^the clock of worker \d+ on .* is 8\d{4}\.\d s ahead of the database's; synchronise/,
    );
  });

  test('polling by that clock asks for what is due by the database, and leaves nothing out', async () => {
    const dataset = testEnv.catalog.get(DATASET);
    const poll = async (workflowId: string) =>
      (await testEnv.temporal.client.workflow.execute('pollDataset', {
        ...{ args: [{ dataset: DATASET }], taskQueue: TASK_QUEUE, workflowId },
      })) as PollOutcome;
    // What was never requested before is left to a backfill.
    const dueNow = () => {
      const missed = missedDays(dataset, [], Date.now());
      return dueDays(dataset, [], Date.now()).filter((day) => !missed.includes(day));
    };
    const before = dueNow();
    const outcome = await poll('poll-by-a-wrong-clock');
    const due = [...outcome.started, ...outcome.running];
    // A day may have opened meanwhile.
    expect([before, dueNow()]).toContainEqual(due);
    const handle = (day: string) => testEnv.temporal.client.workflow.getHandle(`day:${DATASET}:${day}`);
    // A month of days proves no more than those that are live.
    await testEnv.temporal.client.workflow.getHandle(outcome.backfill ?? '').cancel();
    await Promise.all(
      due.map((day) =>
        handle(day)
          .signal('checkNow')
          .catch(() => undefined),
      ),
    );
    const checked = () =>
      testEnv.rows('select from ops.delivery_day where day = any($1) and last_checked_at is not null', [due]);
    await expect.poll(async () => (await checked()).length).toBe(due.length);
    await expectTrueInstants();
  });

  test('five minutes behind beside one that is set back by two days in the middle of a run', async () => {
    const behind = await start('workers', -300_000);
    const range = { dataset: DATASET, from: '2026-06-01', to: '2026-06-12', concurrency: 4 };
    const backfill = await startBackfill(testEnv.temporal, range);
    await expect.poll(async () => (await backfill.progress()).done).toBeGreaterThan(1);
    ahead.child.kill('SIGHUP');
    expect(await backfill.result()).toMatchObject({ summary: '12 of 12 days complete' });
    await expectTrueInstants();
    await expect
      .poll(async () => (await databaseCheck())?.message)
      .toMatch(
        /is 8\d{4}\.\d s behind the database's.*is (29|30)\d\.\d s behind the database's|is (29|30)\d\.\d s behind the database's.*is 8\d{4}\.\d s behind the database's/,
      );
    await Promise.all([end(ahead), end(behind)]);
  });

  test('what has ended is not talked of, and two seconds are where it begins', async () => {
    await expect.poll(databaseCheck).toMatchObject({ fine: true });
    const [little, more] = await Promise.all([start('workers', 1_000), start('workers', 5_000)]);
    let message = '';
    const tell = async () => {
      message = (await databaseCheck())?.message ?? '';
      return message;
    };
    await expect.poll(tell).toContain(`worker ${more.child.pid} on `);
    expect(message).not.toContain(`worker ${little.child.pid} on `);
    expect(little.printed()).not.toContain('the clock of this process');
    await expect
      .poll(more.printed)
      .toContain("s ahead of the database's, whose instants count: synchronise both clocks");
  });
});

describe('an API', LONG, () => {
  const rows = (more = '') => `/v1/data?dataset=${DATASET}&from=${LOADED}&to=${LOADED}&limit=2000${more}`;

  test.each([
    ['a day ahead', DAY_MS],
    ['a day behind', -DAY_MS],
  ])('%s answers for now, page by page, and for no future; a metric says it', async (_, aheadMs) => {
    const api = await start('api', aheadMs);
    const get = async (path: string) => {
      const answer = await fetch(`${api.url}${path}`);
      return { status: answer.status, text: await answer.text() };
    };
    const first = await get(rows());
    expect(first.status).toBe(200);
    const second = await get(JSON.parse(first.text).next);
    expect(second.status).toBe(200);
    expect(JSON.parse(second.text).data).toHaveLength(1_600);
    const at = async (ms: number) => {
      const [row] = await testEnv.rows<{ at: Date }>(
        `select clock_timestamp() + $1 * interval '1 ms' as at`,
        [ms],
      );
      return (await get(rows(`&as_of=${row?.at.toISOString()}`))).status;
    };
    expect(await at(-2_000)).toBe(200);
    expect(await at(3_600_000)).toBe(422);
    const offset = new RegExp(
      `^tidemark_process_clock_offset_seconds\\{kind="api",host=".*",pid="${api.child.pid}"\\} (.*)$`,
      'm',
    );
    const shown = () => get('/metrics').then(({ text }) => Number(offset.exec(text)?.[1] ?? 0) * 1_000);
    await expect.poll(shown).not.toBe(0);
    expect(Math.abs((await shown()) - aheadMs)).toBeLessThan(30_000);
    await expect.poll(api.printed).toContain('the clock of this process is 86');
    await end(api);
  });
});
