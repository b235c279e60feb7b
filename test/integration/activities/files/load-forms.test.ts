/** Files as people have them, loaded by the command: read as they were meant, or refused with the option that decides. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FilePreview } from '../../../../activities/files/preview-file.ts';
import { sha256 } from '../../../../db/queries/payloads/payload-body.ts';
import { startRebuild } from '../../../../temporal/rebuilds.ts';
import { type Settings, settingsOf, tidemark } from '../../../support/command.ts';
import { exportedFrequency } from '../../../support/frequency-file.ts';
import { openTestEnvironment, type TestEnvironment } from '../../../support/test-environment.ts';

const DATASET = 'swissgrid.frequency';
const folder = mkdtempSync(join(tmpdir(), 'tidemark-forms-'));
const SAMPLE = exportedFrequency(folder);
let testEnv: TestEnvironment;
let settings: Settings;

beforeAll(async () => {
  testEnv = await openTestEnvironment({ filesFolder: join(folder, 'texts') });
  await testEnv.startWorker();
  settings = settingsOf(testEnv);
});
afterAll(async () => {
  await testEnv?.close();
  rmSync(folder, { recursive: true, force: true });
});

const load = (...args: string[]) => tidemark(settings, 'load', DATASET, ...args);

function fileOf(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function valuesOf(from: string, to: string): Promise<[string, number][]> {
  const rows = await testEnv.rows<{ starts_at: Date; value: number }>(
    'select starts_at, value from swissgrid.frequency where starts_at between $1 and $2 order by starts_at',
    [from, to],
  );
  return rows.map(({ starts_at, value }) => [starts_at.toISOString().replace('.000Z', 'Z'), value]);
}

async function rebuilt(from: string, to: string): Promise<string> {
  const rebuild = await startRebuild(testEnv.temporal, { dataset: DATASET, from, to, dryRun: true });
  const { summary, differences, errors } = await rebuild.result();
  return `${summary} ${JSON.stringify([differences, errors])}`;
}

test("the publisher's own export, its times taken as UTC", async () => {
  const { stdout, code } = await load(SAMPLE, '--zone', 'UTC', '--wait');
  expect(stdout).toContain('12961 lines: points 12961 new; days ');
  expect(code).toBe(1);
  expect(await valuesOf('2021-05-02T10:00:00Z', '2021-05-02T10:01:00Z')).toEqual([
    ['2021-05-02T10:00:00Z', 50],
    ['2021-05-02T10:00:30Z', 50],
    ['2021-05-02T10:01:00Z', 50],
  ]);
  const all = await valuesOf('2021-05-02T10:00:00Z', '2021-05-05T10:00:00Z');
  expect(all.length).toBe(8_641);
  expect(all.at(-1)).toEqual(['2021-05-05T10:00:00Z', 49.99]);
  expect(await rebuilt('2021-05-01', '2021-05-05')).toBe(
    '5 of 5 days looked at, nothing changed, 0 would differ [[],{}]',
  );
});

test('what can be read in two ways stops the load, and says what to write', async () => {
  const line = (day: string, month: string) =>
    `${day}/${month}/2019 00:00:00;50\n${day}/${month}/2019 00:30:00;49,99\n`;
  const file = fileOf('either.csv', line('01', '02') + line('02', '02'));
  const refused = await load(file, '--wait');
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('State it with --time-form day-first or month-first');
  expect((await load(file, '--wait', '--time-form', 'month-first')).stdout).toContain('points 4 new');
  expect((await valuesOf('2019-01-01', '2019-12-31')).map(([at]) => at.slice(0, 16))).toEqual([
    '2019-01-01T23:00',
    '2019-01-01T23:30',
    '2019-02-01T23:00',
    '2019-02-01T23:30',
  ]);
});

test('a file in UTF-16 is kept in UTF-8, and a rebuild reads that', async () => {
  const text = readFileSync(SAMPLE, 'utf8')
    .replaceAll('.05.21 ', '.05.20 ')
    .replace(/^.. /gm, '')
    .replace(/^..\. /gm, '');
  const file = fileOf('utf16.csv', Buffer.from(`\ufeff${text.replaceAll('\n', ';\r\n')}`, 'utf16le'));
  expect((await load(file, '--wait')).stdout).toContain('12961 lines: points 12961 new');
  expect((await valuesOf('2020-05-05T09:59:00Z', '2020-05-05T11:00:00Z')).at(-1)).toEqual([
    '2020-05-05T10:00:00Z',
    49.99,
  ]);
  const kept = await testEnv.rows<{ path: string; sha256: Buffer }>(
    'select k.path, k.sha256 from ops.kept_text k join ops.file f on f.location = k.path where f.name = $1',
    [file],
  );
  expect(kept.map(({ path, sha256: hash }) => hash.equals(sha256(readFileSync(path))))).toEqual([true]);
  rmSync(file);
  expect(await rebuilt('2020-05-01', '2020-05-05')).toBe(
    '5 of 5 days looked at, nothing changed, 0 would differ [[],{}]',
  );
});

test('a preview needs no servers', async () => {
  const { stdout, stderr, code } = await tidemark({}, 'load', DATASET, SAMPLE, '--preview');
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  expect(stdout).toContain('decimal comma, as in "49,99" of line 11522');
  expect(stdout).toContain('day-first, by the clocks of Europe/Zurich');
  expect(stdout).toContain('Nothing would be refused.');
});

test('a preview tells a script what would be refused, and loads nothing', async () => {
  const good = Array.from({ length: 9 }, (_, n) => `2018-05-01T00:0${n >> 1}:${n % 2 ? '30' : '00'}Z;50\n`);
  const file = fileOf('broken.csv', `${good.join('')}2018-05-01T00:04:30Z;x\n`);
  const ran = await load(file, '--preview', '--json');
  expect(ran).toMatchObject({ code: 1, stderr: '' });
  const [preview] = JSON.parse(ran.stdout) as FilePreview[];
  expect(preview).toMatchObject({
    ...{ lines: 10, encoding: 'utf-8', days: [{ day: '2018-05-01', lines: 10, points: 9, refused: 1 }] },
    findings: { unreadable_value: { severity: 'block', points: 1 } },
  });
  expect(await testEnv.rows('select 1 from ops.file where name = $1', [file])).toEqual([]);
});
