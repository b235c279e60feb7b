/** Does the command take all it needs from whoever runs it, and do two at once keep apart? */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import type { Io } from '../../../cli/context.ts';
import { runTidemark } from '../../../cli/run.ts';
import { Captured } from '../../support/captured.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-run-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const LINES = 'Zeit;Wert\n01.05.2018 00:00:00;50,01\n01.05.2018 00:00:01;50,02\n';
const PREVIEW = ['--preview', '--json'];
const load = (...args: string[]) => ['load', 'swissgrid.volume-frequency', ...args, ...PREVIEW];

async function run(args: readonly string[], given: Partial<Io> = {}) {
  const [stdout, stderr] = [new Captured(), new Captured()];
  const env = { TIDEMARK_STATE_DIR: '/nowhere' };
  const stdin = Readable.from([]);
  const code = await runTidemark(args, { env, folder, stdin, stdout, stderr, ...given });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

test('settings come from whoever runs it, not from the process', async () => {
  vi.stubEnv('DATABASE_URL', 'postgres://x@127.0.0.1:9/x');
  vi.stubEnv('LOG_LEVEL', 'none');
  expect(await run(['days', 'swissgrid.frequency'])).toMatchObject({
    ...{ code: 2, stdout: '', stderr: expect.stringContaining('DATABASE_URL is not set') },
  });
  expect(await run(load('-'), { stdin: Readable.from([Buffer.from(LINES)]) })).toMatchObject({ code: 0 });
});

test('two at once keep apart', async () => {
  const wrong = ['loud', 'low'].map((LOG_LEVEL) => run(['status'], { env: { LOG_LEVEL } }));
  const [loud, low] = await Promise.all(wrong);
  expect(loud).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('LOG_LEVEL is "loud"') });
  expect(low).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('LOG_LEVEL is "low"') });
  expect(loud?.stderr).not.toContain('"low"');
});

test('files are looked for from its folder, and - is its standard input', async () => {
  writeFileSync(join(folder, 'lines.csv'), LINES);
  const named = await run(load('lines.csv'));
  expect(named).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(named.stdout)).toMatchObject([{ file: join(folder, 'lines.csv'), lines: 3 }]);
  const given = await run(load('-'), { stdin: Readable.from([Buffer.from(LINES)]) });
  expect(given).toMatchObject({ code: 0, stderr: '' });
  expect(JSON.parse(given.stdout)).toMatchObject([{ lines: 3, sizeBytes: LINES.length }]);
  expect(await run(load('none.csv'))).toEqual({
    ...{ code: 2, stdout: '', stderr: 'tidemark: there is no file "none.csv"\n' },
  });
});

test('help is as wide as the terminal, and 80 columns where there is none', async () => {
  const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));
  const terminal = Object.assign(new Captured(), { isTTY: true, columns: 120 });
  await run(['days', '--help'], { stdout: terminal });
  expect(widest(terminal.text)).toBeGreaterThan(100);
  const { code, stdout, stderr } = await run(['days', '--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(widest(stdout)).toBeLessThanOrEqual(80);
});

test('nothing is written to the output of the process', async () => {
  const written = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write'));
  for (const args of [['--help'], ['backfil'], ['days'], ['days', 'nope'], ['help', 'days']]) await run(args);
  for (const write of written) expect(write).not.toHaveBeenCalled();
});
