/** Does the command do what it says, tell a script how it went, and say what to do where it did not? */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Ran, type Settings, settingsOf, tidemark, tidemarkInto } from '../../support/command.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../support/test-environment.ts';

let testEnv: TestEnvironment;
let settings: Settings;

beforeAll(async () => {
  testEnv = await openTestEnvironment({ simulator: { revisionShare: 0, quotaRequests: 0 } });
  await testEnv.startWorker();
  settings = settingsOf(testEnv);
});
afterAll(() => testEnv.close());

const run = (...args: string[]) => tidemark(settings, ...args);
const SIMULATED = 'SIMULATED DATA: made by the bundled simulator, not by the publisher.\n';

/** What it printed as JSON. Beside it may stand, on the other side, that the data is simulated, and nothing else. */
function json<T>({ stdout, stderr }: Ran, beside = SIMULATED): T {
  expect(stderr).toBe(beside);
  return JSON.parse(stdout) as T;
}

interface Observation {
  readonly starts_at: string;
  readonly series: string;
  readonly value: number | null;
  readonly known_at: string;
}

/** The rows of two borders in the first two hours of a day. */
const few = (day: string) => [
  'query',
  DATASET,
  '--from',
  day,
  '--to',
  `${day}T01:00Z`,
  '--series',
  'border_AT_BE',
  '--series',
  'border_AT_CZ',
];

describe('backfill', () => {
  test('--wait ends with the summary', async () => {
    const ran = await run('backfill', DATASET, '--from', '2026-11-01', '--to', '2026-11-03', '--wait');
    expect(ran).toMatchObject({
      code: 0,
      stdout: '3 of 3 days complete\n  complete: 2026-11-01..2026-11-03\n',
    });
    expect(ran.stderr).toMatch(/^backfill:jao-core\.max-exchanges:2026-11-01\.\.2026-11-03: http:\S+\n$/);
  });

  test('without --wait returns at once, with a link', async () => {
    const ran = await run('backfill', DATASET, '--from', '2026-11-01', '--to', '2026-11-01', '--json');
    const { workflowId, link } = json<{ workflowId: string; link: string }>(ran, '');
    expect(workflowId).toBe(`backfill:${DATASET}:2026-11-01..2026-11-01`);
    expect(new URL(link).pathname).toContain(
      `/namespaces/default/workflows/${encodeURIComponent(workflowId)}/`,
    );
    const handle = testEnv.temporal.client.workflow.getHandle(workflowId);
    expect(await handle.result()).toMatchObject({ summary: '1 of 1 days complete' });
  });

  test('with a day that is broken ends with 1 and the reason; the other days are there', async () => {
    testEnv.simulator.faults.add({ name: 'status', code: 400, day: '2026-11-05' });
    const range = ['backfill', DATASET, '--from', '2026-11-04', '--to', '2026-11-06', '--wait'];
    const ran = await run(...range);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toMatch(/^2 of 3 days complete, 1 failed\n {2}complete: 2026-11-04, 2026-11-06\n/);
    expect(ran.stdout).toMatch(/why:\n {2}2026-11-05: REQUEST_REFUSED: .*400/);
    const again = await run(...range, '--json', '--all', '--order', 'oldest', '--concurrency', '1');
    expect(again.code).toBe(1);
    expect(json(again, '')).toMatchObject({ total: 3, done: 3, outcomes: { failed: ['2026-11-05'] } });
  });
});

describe('while a day is broken', () => {
  test('days draws it, says why, and ends with 1', async () => {
    const ran = await run('days', DATASET, '--from', '2026-11-01', '--to', '2026-11-07');
    expect(ran).toMatchObject({ code: 1, stderr: SIMULATED });
    expect(ran.stdout).toContain('\n2026-11  ####X#?');
    expect(ran.stdout).toMatch(
      /\n {2}X failed: .*\n[\s\S]*\n2026-11-05 failed, 0 of 3600 points\n {4}.*REQUEST_REFUSED/,
    );
  });

  test('days of a range that is fine ends with 0, and as JSON has the rows', async () => {
    const ran = await run('days', DATASET, '--from', '2026-11-01', '--to', '2026-11-04', '--json');
    expect(ran.code).toBe(0);
    const rows = json<{ day: string; state: string; presentPoints: number }[]>(ran);
    expect(rows.map(({ day, state }) => `${day} ${state}`)).toEqual([
      '2026-11-01 complete',
      '2026-11-02 complete',
      '2026-11-03 complete',
      '2026-11-04 complete',
    ]);
    expect(rows[0]).toMatchObject({ presentPoints: 3600, error: null });
  });

  test('status counts it and ends with 1', async () => {
    const ran = await run('status');
    expect(ran).toMatchObject({ code: 1, stderr: SIMULATED });
    expect(ran.stdout).toContain(`${DATASET}: Core max exchanges (MaxBex)\n`);
    expect(ran.stdout).toContain('1 failed');
    expect(ran.stdout).toContain('run "npm run migrate"'); // nobody made the schedule
    const status = json<{ simulated: boolean; datasets: { dataset: string }[] }>(
      await run('status', '--json'),
    );
    expect(status.simulated).toBe(true);
    expect(status.datasets.find(({ dataset }) => dataset === DATASET)).toMatchObject({
      ...{ states: { complete: 5, failed: 1 }, series: 150 },
    });
  });

  test('status --search tells of the datasets that have the words', async () => {
    const found = json<{ datasets: { dataset: string }[] }>(
      await run('status', '--search', 'swissgrid continental HZ', '--json'),
    );
    expect(found.datasets.map(({ dataset }) => dataset)).toEqual(['swissgrid.frequency']);
    expect(await run('status', '--search', 'maxbex hz')).toMatchObject({
      ...{ code: 0, stdout: 'no dataset has the words "maxbex hz"\n' },
    });
  });

  test('rerun --day asks again and ends with 1', async () => {
    const ran = await run('rerun', DATASET, '--day', '2026-11-05', '--wait');
    expect(ran.code).toBe(1);
    expect(ran.stdout).toMatch(/^day:jao-core\.max-exchanges:2026-11-05: .*400/);
  });

  test('rerun --failed heals it, once the source is well', async () => {
    testEnv.simulator.faults.clear();
    const ran = await run('rerun', DATASET, '--failed', '--wait', '--json');
    expect(ran.code).toBe(0);
    expect(json(ran, '')).toMatchObject([
      { day: '2026-11-05', outcome: { state: 'complete', newPoints: 3600 } },
    ]);
    expect(await run('rerun', DATASET, '--failed')).toEqual({
      code: 0,
      stdout: 'no day is in state failed\n',
      stderr: '',
    });
    expect(await run('status')).toMatchObject({ code: 0, stdout: expect.stringContaining('6 complete') });
  });
});

describe('a value that is revised', () => {
  const at = '2026-11-02T00:00:00.000Z';
  const before = { asOf: '', value: 0 };

  test('query shows it in every form', async () => {
    const rows = json<Observation[]>(await run(...few('2026-11-02'), '--json'));
    expect(rows.map(({ starts_at, series }) => `${starts_at} ${series}`)).toEqual([
      '2026-11-01T23:00:00.000Z border_AT_BE',
      '2026-11-01T23:00:00.000Z border_AT_CZ',
      `${at} border_AT_BE`,
      `${at} border_AT_CZ`,
    ]);
    const { known_at, value } = rows[2] as Observation;
    Object.assign(before, { asOf: known_at, value });

    const csv = await run(...few('2026-11-02'), '--format', 'csv');
    expect(csv).toMatchObject({ code: 0, stderr: SIMULATED });
    const [header, ...lines] = csv.stdout.trimEnd().split('\n');
    expect(header).toBe('delivery_day,starts_at,ends_at,series,value,known_at,payload_id');
    expect(lines).toEqual(rows.map((row) => Object.values(row).join(',')));
    const table = (await run(...few('2026-11-02'))).stdout.trimEnd().split('\n');
    expect(table.slice(2).map((line) => line.split(/ +/))).toEqual(
      rows.map((row) => Object.values(row).map(String)),
    );
    const ndjson = (await run(...few('2026-11-02'), '--format', 'ndjson')).stdout.trimEnd().split('\n');
    expect(ndjson.map((line) => JSON.parse(line))).toEqual(rows);
  });

  test('null, zero and absent are three things, in JSON and in CSV', async () => {
    const revise = { name: 'revise', day: '2026-11-02', border: 'border_AT_BE' } as const;
    testEnv.simulator.faults.add({ ...revise, hour: 0, value: null });
    testEnv.simulator.faults.add({ ...revise, hour: 1, value: 0 });
    expect((await run('rerun', DATASET, '--day', '2026-11-02', '--wait')).code).toBe(1); // partial: a point has no value
    const rows = json<Observation[]>(await run(...few('2026-11-02'), '--json'));
    expect([rows[0]?.value, rows[2]?.value]).toEqual([null, 0]);
    const csv = (await run(...few('2026-11-02'), '--format', 'csv')).stdout.split('\n');
    expect(csv[1]).toMatch(/,border_AT_BE,,2026/);
    expect(csv[3]).toMatch(/,border_AT_BE,0,2026/);
  });

  test.each([
    ['border_AT_BF', 'near it: border_AT_BE, '],
    ['border_AT_BE,border_AT_CZ', 'give "series" once for each: border_AT_BE and border_AT_CZ'],
    ['load', `${DATASET} has no such series\n`],
  ])('a series that is not there: %s', async (series, hint) => {
    const at = '2026-11-02T00:00:00Z';
    const range = ['--from', '2026-11-02', '--to', '2026-11-02', '--series', 'border_AT_BE'];
    for (const args of [
      ['query', DATASET, ...range, '--series', series],
      ['explain', DATASET, '--at', at, '--series', series],
    ]) {
      const { code, stdout, stderr } = await run(...args);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain(`--series is "${series}": `);
      expect(stderr).toContain(hint);
    }
  });

  test('--as-of has it as it was', async () => {
    const rows = json<Observation[]>(await run(...few('2026-11-02'), '--as-of', before.asOf, '--json'));
    expect(rows[2]).toMatchObject({ starts_at: at, value: before.value });
    const earlier = await run(...few('2026-11-02'), '--as-of', '2020-01-01T00:00Z', '--json');
    expect(json(earlier, `${SIMULATED}not all of it is loaded: loaded=none; days=1\n`)).toEqual([]);
  });

  test('of what was never loaded says so on standard error, in every form', async () => {
    const never = ['query', DATASET, '--from', '2026-09-30', '--to', '2026-11-01'];
    const partly = await run(...never, '--json');
    expect(partly.stderr).toContain('not all of it is loaded: loaded=part; days=33; ');
    const { stdout, stderr, code } = await run(...never.slice(0, 4), '--to', '2026-09-30', '--format', 'csv');
    expect([code, stdout.trimEnd().split('\n')]).toEqual([0, [expect.stringContaining('starts_at')]]);
    expect(stderr).toContain('not all of it is loaded: loaded=none; days=1; expected=0; present=0; ');
    expect((await run(...few('2026-11-02'), '--as-of', '2020-01-01T00:00Z')).stderr).toContain(
      'loaded=none; days=1',
    );
  });

  test('changes tells of it; a reader resumes where it was', async () => {
    const all = json<{ cursor: number; day: string; kind: string }[]>(await run('changes', '--json'));
    expect(all.map(({ kind }) => kind)).toEqual([...Array(6).fill('published'), 'revised']);
    const last = all.at(-1);
    expect(last).toMatchObject({ day: '2026-11-02', revisedPoints: 1, nulledPoints: 1 });
    const since = String(all.at(-2)?.cursor);
    expect(json(await run('changes', DATASET, '--since', since, '--json'))).toEqual([last]);
    expect(json(await run('changes', '--limit', '2', '--json'))).toEqual(all.slice(0, 2));
    const text = await run('changes', '--since', since);
    expect(text).toMatchObject({ code: 0, stderr: SIMULATED });
    expect(text.stdout.split('\n')[2]).toMatch(/ jao-core\.max-exchanges +2026-11-02 +revised /);
  });

  test('changes refuses a cursor that the feed has not reached: its reader would miss what comes before it', async () => {
    const end = json<{ cursor: number }[]>(await run('changes', '--json')).at(-1)?.cursor ?? 0;
    expect(await run('changes', '--since', String(end))).toMatchObject({ code: 0 });
    const { code, stderr } = await run('changes', '--since', String(end + 1));
    expect(code).toBe(2);
    expect(stderr).toContain(`--since is ${end + 1}, but the feed ends at ${end}`);
  });

  test('a point that is quarantined: explain says why there is no value', async () => {
    testEnv.simulator.faults.add({
      name: 'revise',
      day: '2026-11-03',
      border: 'border_AT_BE',
      hour: 1,
      value: 60_000,
    });
    expect((await run('rerun', '--day', '2026-11-03', DATASET, '--wait')).code).toBe(1);
    const where = ['--series', 'border_AT_BE', '--at', '2026-11-03T00:00:00Z'];
    const known = await run('explain', DATASET, ...where);
    expect(known.stdout).toMatch(/ MW: known from .* to still/);
    expect(known.stdout).toContain('block range (open');
    await testEnv.rows(`delete from store.jao_core__max_exchanges where starts_at = '2026-11-03T00:00:00Z'`);
    const ran = await run('explain', DATASET, ...where);
    expect(ran).toMatchObject({ code: 0, stderr: SIMULATED });
    expect(ran.stdout).toMatch(/no value was written\nchecks:\n[\s\S]* {2}block range \(open/);
    testEnv.simulator.faults.clear();
  });

  test('explain leads back to both payloads and their runs', async () => {
    const args = ['explain', DATASET, '--series', 'border_AT_BE', '--at', at];
    const ran = await run(...args);
    expect(ran).toMatchObject({ code: 0, stderr: SIMULATED });
    expect(ran.stdout).toContain(
      `border_AT_BE at 2026-11-02 00:00:00Z in ${DATASET}\n${before.value} MW: known from`,
    );
    expect(ran.stdout).toContain('\n0 MW: known from ');
    expect(ran.stdout).toMatch(
      /the value stands at data\[1\]\.border_AT_BE\n {2}requested http:.*FromUtc=2026-11-01T23/,
    );
    expect(ran.stdout).toMatch(/run by backfill: day:.*2026-11-02[\s\S]*run by person: day:.*2026-11-02/);
    const explained = json<{ versions: object[] }>(await run(...args, '--json'));
    expect(explained).toMatchObject({
      unit: 'MW',
      versions: [
        { value: before.value, place: 'data[1].border_AT_BE', payload: { status: 200, trigger: 'backfill' } },
        { value: 0, knownTo: null, payload: { trigger: 'person' } },
      ],
    });
  });
});

describe('a reader that has seen enough', () => {
  test.each(['csv', 'table', 'json'])('ends a long answer as %s without a word', async (format) => {
    const args = ['query', DATASET, '--from', '2026-11-01', '--to', '2026-11-03', '--format', format];
    const ran = await tidemarkInto('head -1', settings, ...args);
    expect(ran).toMatchObject({ code: 0, stderr: SIMULATED });
    expect(ran.stdout.split('\n')).toHaveLength(2);
  });

  test('that reads nothing at all', async () => {
    const ran = await tidemarkInto(
      'true',
      settings,
      'days',
      DATASET,
      '--from',
      '2026-11-03',
      '--to',
      '2026-11-03',
    );
    expect(ran).toEqual({ code: 0, stdout: '', stderr: SIMULATED });
  });
});
