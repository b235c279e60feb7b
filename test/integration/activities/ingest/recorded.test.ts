/**
 * Do recorded bodies of the real publisher come back value for value? Where the recordings are not at hand, the same path
 * is taken with a body that the simulator made.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSimulator } from '../../../../simulator/server.ts';
import { runDay } from '../../../../temporal/days.ts';
import { settingsOf, tidemark } from '../../../support/command.ts';
import { HAS_RECORDINGS, JAO_RECORDINGS } from '../../../support/recordings.ts';
import { DATASET, openTestEnvironment, type TestEnvironment } from '../../../support/test-environment.ts';

const FILE = 'core_maxExchanges_20260420_2d.raw.json';
const DAY = '2026-04-21';
const NEXT_DAY_STARTS = '2026-04-21T22:00:00Z';

type Row = Record<string, number | string | null> & { dateTimeUtc: string };

let folder: string;
let testEnv: TestEnvironment;
let recording: Row[];

beforeAll(async () => {
  folder = HAS_RECORDINGS ? JAO_RECORDINGS : await recordFromSimulator();
  recording = (JSON.parse(await readFile(join(folder, FILE), 'utf8')) as { data: Row[] }).data;
  testEnv = await openTestEnvironment({ simulator: { recorded: folder } });
  await testEnv.startWorker();
});
afterAll(async () => {
  await testEnv.close();
  if (folder !== JAO_RECORDINGS) await rm(folder, { recursive: true });
});

async function recordFromSimulator(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'tidemark-recording-'));
  const simulator = await startSimulator({ port: 0, revisionShare: 0 });
  const window = 'FromUtc=2026-04-20T00:00:00.000Z&ToUtc=2026-04-22T00:00:00.000Z';
  const answer = await fetch(`${simulator.url}/core/api/data/maxExchanges?${window}`);
  await writeFile(join(made, FILE), await answer.text());
  await simulator.close();
  return made;
}

const ingest = async (day: string) =>
  (await runDay(testEnv.temporal, { dataset: DATASET, day, wait: false })).result();

/** The recorded points of the delivery day, as text that can be compared. */
function recorded(): string[] {
  const rows = recording.filter(
    ({ dateTimeUtc }) => dateTimeUtc >= '2026-04-20T22:00:00Z' && dateTimeUtc < NEXT_DAY_STARTS,
  );
  return rows
    .flatMap((row) =>
      Object.entries(row)
        .filter(([name]) => name.startsWith('border_'))
        .map(([name, value]) => `${new Date(row.dateTimeUtc).toISOString()} ${name} ${value}`),
    )
    .toSorted();
}

async function stored(relation = 'jao_core.max_exchanges', values: unknown[] = []): Promise<string[]> {
  const rows = await testEnv.rows<{ starts_at: Date; series: string; value: number }>(
    `select starts_at, series, value from ${relation} where delivery_day = '${DAY}'`,
    values,
  );
  return rows
    .map(({ starts_at, series, value }) => `${starts_at.toISOString()} ${series} ${value}`)
    .toSorted();
}

const verify = (...more: string[]) =>
  tidemark(
    settingsOf(testEnv),
    ...['dataset', 'verify', DATASET, '--day', DAY, '--body', join(folder, FILE), ...more],
  );

describe('the recorded day', () => {
  test('ends as exactly 24 × 132 rows, each equal to the recording', async () => {
    expect(await ingest(DAY)).toMatchObject({
      state: 'complete',
      presentPoints: 24 * 132,
      newPoints: 24 * 132,
    });
    expect(recorded()).toHaveLength(24 * 132);
    expect(await stored()).toEqual(recorded());
    expect(await testEnv.rows('select distinct simulated from catalog.dataset')).toEqual([
      { simulated: false },
    ]);
  });

  test('"dataset verify" says the same', async () => {
    const { code, stdout } = await verify('--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ recorded: 24 * 132, stored: 24 * 132, equal: 24 * 132 });
    expect((await verify()).stdout).toBe(`${DATASET} of ${DAY}: all 3168 points are the same in SQL\n`);
  });

  test('a second run writes no row', async () => {
    const marks = () => testEnv.rows(`select xmin::text from store.jao_core__max_exchanges order by 1`);
    const before = await marks();
    expect(await ingest(DAY)).toMatchObject({ state: 'complete', newPoints: 0, revisedPoints: 0 });
    expect(await marks()).toEqual(before);
    expect(await testEnv.rows('select count(*) from ops.change')).toEqual([{ count: 1 }]);
  });

  test('a changed value makes exactly one version and one change; the past has the old one', async () => {
    const [{ at } = { at: new Date(0) }] = await testEnv.rows<{ at: Date }>('select clock_timestamp() as at');
    testEnv.simulator.faults.add({ name: 'revise', day: DAY, hour: 12, border: 'border_DE_FR', value: 111 });
    expect(await ingest(DAY)).toMatchObject({ revisedPoints: 1, newPoints: 0, nulledPoints: 0 });
    expect(
      await testEnv.rows(`select count(*) from jao_core.max_exchanges_versions where known_to is not null`),
    ).toEqual([{ count: 1 }]);
    expect(await testEnv.rows('select kind, revised_points from ops.change order by cursor')).toEqual([
      { kind: 'published', revised_points: 0 },
      { kind: 'revised', revised_points: 1 },
    ]);
    expect(await stored()).not.toEqual(recorded());
    expect(await stored('jao_core.max_exchanges_as_of($1)', [at])).toEqual(recorded());
    const now = await verify();
    expect(now.code).toBe(1);
    expect(now.stdout).toMatch(
      /: 3168 points recorded, 3168 in SQL, 1 differ\n {2}2026-04-21T10:00:00Z border_DE_FR: recorded \d+, in SQL 111\n$/,
    );
    expect(await verify('--as-of', at.toISOString())).toMatchObject({ code: 0 });
  });

  test('the part of the next day that was recorded is partial, not complete', async () => {
    expect(await ingest('2026-04-22')).toMatchObject({
      state: 'partial',
      presentPoints: 2 * 132,
      expectedPoints: 24 * 132,
    });
  });
});

test('simulated answers never enter a database of live data', async () => {
  const generated = await startSimulator({ port: 0 });
  const { url } = generated;
  const mixed = await openTestEnvironment({ simulator: { recorded: folder } });
  await mixed.startWorker();
  await runDay(mixed.temporal, { dataset: DATASET, day: DAY, wait: false }).then((run) => run.result());
  mixed.redirectSource(url);
  const run = await runDay(mixed.temporal, { dataset: DATASET, day: '2026-04-23', wait: false });
  await expect(run.result()).rejects.toMatchObject({
    cause: { type: 'SIMULATION_MISMATCH', message: expect.stringContaining('gave a simulated answer') },
  });
  expect(await mixed.rows(`select count(*) from ops.payload where day = '2026-04-23'`)).toEqual([
    { count: 0 },
  ]);
  await mixed.close();
  await generated.close();
});
