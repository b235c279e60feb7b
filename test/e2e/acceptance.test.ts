/**
 * Does what people type first work as it stands: files loaded by the command, questions asked with curl, and the answers the
 * same byte for byte? Servers, worker, command and HTTP port are real.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiEnvironment, openApiEnvironment } from '../support/api/api-environment.ts';
import { settingsOf, tidemark } from '../support/command.ts';
import { frequencyFile, stampOf } from '../support/frequency-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-acceptance-'));
let testEnv: ApiEnvironment;
let api: string;
beforeAll(async () => {
  testEnv = await openApiEnvironment({ filesFolder: join(folder, 'texts') });
  await testEnv.startWorker();
  api = await testEnv.api.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await testEnv?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What curl prints of an answer, whatever its status. */
async function curl(path: string): Promise<string> {
  const { stdout } = await promisify(execFile)('curl', ['--silent', '--show-error', `${api}${path}`], {
    maxBuffer: 1 << 28,
  });
  return stdout;
}

async function load(dataset: string, name: string, text: string, ...options: string[]): Promise<string> {
  const file = join(folder, name);
  writeFileSync(file, text);
  const { stdout, stderr } = await tidemark(settingsOf(testEnv), 'load', dataset, file, '--wait', ...options);
  return stdout || stderr;
}

describe('grid frequency', () => {
  const DATASET = 'swissgrid.frequency';
  const VOLUME = 'swissgrid.volume-frequency';
  /** Three months at 30 s, with one value that has a decimal sign. */
  const LINES = 261_240;
  const ODD = '2021-05-05T10:00:00Z';
  const hertzAt = (at: string) => (at === ODD ? 49.99 : 50);
  const aggregated = (table: string, from: string, to: string, resolution: string) =>
    curl(`/data/aggregated/${table}?start_time=${from}&end_time=${to}&resolution=${resolution}`);

  test('the file is loaded, its times taken as UTC', async () => {
    const text = frequencyFile('2021-05-01T00:00:00Z', 30, LINES, hertzAt);
    const output = await load(DATASET, 'Sollfrequenz.csv', text, '--zone', 'UTC');
    expect(output).toContain(`${LINES} lines: points ${LINES} new`);
    const [stored] = await testEnv.rows(
      `select count(*)::int as points, count(*) filter (where value <> 50)::int as odd from swissgrid.frequency`,
    );
    expect(stored).toEqual({ points: LINES, odd: 1 });
  });

  test('the first call', async () => {
    expect(
      await aggregated('swissgrid_frequency_data', '2021-05-02T10:00:00Z', '2021-05-02T10:01:00Z', '30s'),
    ).toBe(
      '[{"timestamp":"2021-05-02T10:00:00Z","frequency":50},{"timestamp":"2021-05-02T10:00:30Z","frequency":50},{"timestamp":"2021-05-02T10:01:00Z","frequency":50}]',
    );
  });

  test('the second call: 8,641 rows, the last of them 49.99', async () => {
    const from = '2021-05-02T10:00:00Z';
    const rows = Array.from({ length: 8_641 }, (_, n) => stampOf(new Date(Date.parse(from) + n * 30_000)));
    const expected = rows.map((at) => `{"timestamp":"${at}","frequency":${hertzAt(at)}}`).join();
    expect(expected).toMatch(/\{"timestamp":"2021-05-05T10:00:00Z","frequency":49.99\}$/);
    expect(await aggregated('swissgrid_frequency_data', from, ODD, '30s')).toBe(`[${expected}]`);
    expect(await curl(`/data/swissgrid_frequency_data?start_time=${from}&end_time=${ODD}`)).toBe(
      `[${expected}]`,
    );
  });

  test('buckets finer than the file are refused with what to write', async () => {
    const answer = JSON.parse(
      await aggregated('swissgrid_frequency_data', '2021-05-02T10:00:00Z', '2021-05-02T10:01:00Z', '1s'),
    );
    expect(answer).toMatchObject({
      status: 422,
      errors: [{ field: 'resolution', value: '1s', hint: expect.stringContaining('write PT30S or longer') }],
    });
  });

  const DAY = 'start_time=2021-05-04T10:00:00Z&end_time=2021-05-05T10:00:00Z';

  test.each([
    ...[['30s', 2_881] as const, ['1m', 1_441] as const, ['5m', 289] as const, ['10m', 145] as const],
    ...[['15m', 97] as const, ['30m', 49] as const, ['1h', 25] as const, ['6h', 5] as const],
    ...[['1d', 2] as const, ['1w', 1] as const, ['hour', 25] as const, ['day', 2] as const],
    ['month', 1] as const,
  ])('a day by %s has %i rows', async (resolution, rows) => {
    const path = `/data/aggregated/swissgrid_frequency_data?${DAY}&resolution=${resolution}&function=min`;
    const answer = JSON.parse(await curl(path)) as { frequency: number }[];
    expect(answer).toHaveLength(rows);
    expect(answer.map(({ frequency }) => frequency)).toEqual([...Array(rows - 1).fill(50), 49.99]);
  });

  test.each([
    ['avg', (49.99 + 2_880 * 50) / 2_881],
    ['mean', (49.99 + 2_880 * 50) / 2_881],
    ['min', 49.99],
    ['max', 50],
  ])('a month has one %s', async (name, value) => {
    const path = `/data/aggregated/swissgrid_frequency_data?${DAY}&resolution=month&function=${name}`;
    const [row] = JSON.parse(await curl(path));
    expect(row).toEqual({ timestamp: '2021-05-04T10:00:00Z', frequency: expect.closeTo(value, 9) });
  });

  /** The third call is asked of a year of seconds; one day of it answers the same. */
  test('the third call, after seconds were loaded', async () => {
    const text = frequencyFile(
      '2021-05-01T22:00:00Z',
      1,
      86_400,
      (at) => 50 + Number(at.slice(17, 19)) / 1e3,
    );
    const refused = await load(DATASET, 'volume.csv', text, '--zone', 'UTC');
    expect(refused).toContain(`swissgrid.frequency has one every 30 s: load it into ${VOLUME}`);
    expect(await load(VOLUME, 'volume.csv', text, '--zone', 'UTC')).toContain('86400 lines');
    expect(
      await aggregated('volume_frequency_data', '2021-05-02T10:00:00Z', '2021-05-02T10:00:05Z', '1s'),
    ).toBe(
      `[${[50, 50.001, 50.002, 50.003, 50.004, 50.005].map((hertz, n) => `{"timestamp":"2021-05-02T10:00:0${n}Z","frequency":${hertz}}`).join()}]`,
    );
    // Its table is its own: what was loaded into others is not in it, nor theirs in it.
    const other =
      '/data/stresstest_frequency_data?start_time=2021-05-02T10:00:59Z&end_time=2021-05-02T10:01:00Z';
    expect(await curl(other)).toContain('nothing of swissgrid.stresstest-frequency is loaded in this range');
    expect(
      await aggregated('swissgrid_frequency_data', '2021-05-02T10:00:00Z', '2021-05-02T10:01:00Z', '30s'),
    ).toBe(
      '[{"timestamp":"2021-05-02T10:00:00Z","frequency":50},{"timestamp":"2021-05-02T10:00:30Z","frequency":50},{"timestamp":"2021-05-02T10:01:00Z","frequency":50}]',
    );
  });
});
