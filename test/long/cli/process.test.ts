/**
 * What only a process of its own can show of the command: that it ends by itself, with its code and all of its output; what a
 * signal does to it; and that it takes its settings, its standard input and its folder from where it was typed.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { ROOT } from '../../../config/installation.ts';
import { steerBackfill } from '../../../temporal/backfills.ts';
import { ALONE } from '../../support/alone.ts';
import {
  npxTidemark,
  type Settings,
  settingsOf,
  tidemark,
  tidemarkProcess,
  tidemarkProcessFrom,
} from '../../support/command.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

const NOBODY: Settings = { DATABASE_URL: 'postgres://x@127.0.0.1:9/x', TEMPORAL_ADDRESS: '127.0.0.1:9' };
const FILES = 'swissgrid.volume-frequency';
const LINES = 'Zeit;Wert\n01.05.2018 00:00:00;50,01\n01.05.2018 00:00:01;50,02\n';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-process-'));
let testEnv: TestEnvironment;

beforeAll(async () => {
  testEnv = await openTestEnvironment({ simulator: { revisionShare: 0, quotaRequests: 0 } });
  await testEnv.startWorker();
});
afterAll(async () => {
  await testEnv.close();
  rmSync(folder, { recursive: true });
});

describe('ends by itself', () => {
  test('with 0 and the help, also as npx starts it', async () => {
    const here = await tidemark({}, '--help');
    expect(here).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage: tidemark') });
    expect(await tidemarkProcess({}, '--help')).toEqual(here);
    expect(await npxTidemark({}, '--help')).toMatchObject({ code: 0, stdout: here.stdout });
  });

  test('with 1 when something is not fine', async () => {
    const ran = await tidemarkProcess(NOBODY, 'doctor');
    expect(ran).toMatchObject({ code: 1, stderr: '' });
    expect(ran.stdout).toMatch(/^FAIL database: the database does not answer/);
    expect(ran.stdout).toContain('\nFAIL temporal: no Temporal server answers at 127.0.0.1:9');
  });

  test('with 2 and one sentence after a usage error', async () => {
    const stderr = "error: unknown command 'backfil'\n(Did you mean backfill?)\n(--help shows the verbs)\n";
    const ran = await tidemarkProcess({}, 'backfil');
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr.replaceAll(/\n+/g, '\n')).toBe(stderr);
  });

  test('with 2 and every wrong setting of its environment', async () => {
    const ran = await tidemarkProcess({ LOG_LEVEL: 'loud' }, 'status');
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(
      /^tidemark: settings:\n {2}DATABASE_URL is not set: .*\n {2}LOG_LEVEL is "loud"/,
    );
  });

  test('once a long answer is out, byte for byte', async () => {
    const range = ['--from', '2026-11-01', '--to', '2026-11-03'];
    const ran = await tidemarkProcess(settingsOf(testEnv), 'backfill', DATASET, ...range, '--wait');
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringMatching(/^3 of 3 days complete\n/) });
    const query = ['query', DATASET, ...range, '--format', 'csv', '--as-of', new Date().toISOString()];
    const long = await tidemarkProcess(settingsOf(testEnv), ...query);
    expect(long.stdout.split('\n')).toHaveLength(3 * 3_600 + 2);
    expect(long).toEqual(await tidemark(settingsOf(testEnv), ...query));
  });
});

test('reads what it is given on standard input', async () => {
  const ran = await tidemarkProcessFrom(LINES, {}, 'load', FILES, '-', '--preview', '--json');
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(ran.stdout)).toMatchObject([{ lines: 3, sizeBytes: LINES.length }]);
});

test('finds files from the folder in which it was typed', async () => {
  writeFileSync(join(folder, 'lines.csv'), LINES);
  const { child, ended } = started({}, 'load', FILES, 'lines.csv', '--preview', '--json');
  const [stdout] = await Promise.all([child.stdout.toArray(), ended]);
  expect(JSON.parse(stdout.join(''))).toMatchObject([{ file: join(folder, 'lines.csv'), lines: 3 }]);
  expect(child.exitCode).toBe(0);
});

describe('a signal ends the waiting, and nothing else', () => {
  test.each([
    ['SIGINT', '2026-11-10'],
    ['SIGTERM', '2026-11-11'],
  ] as const)('%s', async (signal, day) => {
    const range = ['--from', day, '--to', day, '--paused', '--wait'];
    const { child, ended } = started(settingsOf(testEnv), 'backfill', DATASET, ...range);
    const [link] = await once(child.stderr.setEncoding('utf8'), 'data');
    const id = `backfill:${DATASET}:${day}..${day}`;
    expect(link).toContain(`${id}: http`);
    child.kill(signal);
    expect(await ended).toEqual([null, signal]);
    await steerBackfill(testEnv.temporal, id, 'resume', {});
    const result = await testEnv.temporal.client.workflow.getHandle(id).result();
    expect(result).toMatchObject({ summary: '1 of 1 days complete' });
  });
});

/** A command typed in a folder of its own, while it runs. */
function started(settings: Settings, ...args: readonly string[]) {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [join(ROOT, 'cli/tidemark.js'), ...args], {
    ...{ cwd: folder, env: { PATH, HOME, ...ALONE, ...settings }, stdio: ['ignore', 'pipe', 'pipe'] },
  });
  return { child, ended: once(child, 'exit') };
}

test('inside another process it leaves nothing behind, though no server answers', async () => {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'exit', 'uncaughtException', 'unhandledRejection'];
  const listeners = () => signals.map((name) => process.listenerCount(name));
  const before = listeners();
  const closed = vi.spyOn(Connection.prototype, 'close');
  expect(await tidemark(NOBODY, 'doctor')).toMatchObject({ code: 1 });
  expect(closed).toHaveBeenCalledOnce();
  closed.mockRestore();
  expect(listeners()).toEqual(before);
  expect(process.exitCode).toBeUndefined();
});

test('inside another process it leaves no session at the database', async () => {
  const sessions = () =>
    testEnv.rows("select pid from pg_stat_activity where application_name = 'tidemark cli'");
  const all = ['status', 'doctor', 'changes'].map((verb) => tidemark(settingsOf(testEnv), verb));
  expect(await Promise.all(all)).toHaveLength(3);
  await expect.poll(sessions).toEqual([]);
});
