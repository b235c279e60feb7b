/**
 * Files whose first and last line lie inside local days, as those of months in UTC do: such a day is not partial, needs nobody, and says
 * which load brought its part, also where something is computed from it. A day that lacks something inside its files is partial.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { datasetPlaces } from '../../../../config/datasets.ts';
import { type Catalog, catalogOf, loadCatalog } from '../../../../datasets/catalog.ts';
import { storedIncidents } from '../../../../db/queries/notify/incidents.ts';
import { defineDataset } from '../../../../domain/dataset/dataset.ts';
import type { DerivedPoints } from '../../../../domain/dataset/derive.ts';
import { addDays, type CivilDay } from '../../../../domain/time/civil-day.ts';
import { onGrid } from '../../../../domain/values/on-grid.ts';
import { startLoad } from '../../../../temporal/loads.ts';
import { startRebuild } from '../../../../temporal/rebuilds.ts';
import { type ApiEnvironment, openApiEnvironment } from '../../../support/api/api-environment.ts';
import { settingsOf, tidemark } from '../../../support/command.ts';
import { poll } from '../../../support/derived-environment.ts';
import { sampleFiles } from '../../../support/sample-file-dataset.ts';

const resolution = [{ from: '2020-01-01', minutes: 60 }];
const expectedSeries = [{ from: '2020-01-01', count: 1 }];
const hours = sampleFiles({ id: 'measured.hours', finestSeconds: 3_600, resolution, expectedSeries });
const { files: _, resolution: __, expectedSeries: ___, ...facts } = hours;
const derived = defineDataset<DerivedPoints>({
  ...{ ...facts, id: 'measured.doubled', resolution, expectedSeries, checks: [] },
  derive: {
    inputs: { hours: { dataset: hours.id } },
    compute: ({ starts, endMs, inputs }) =>
      onGrid(inputs.hours?.get('value'), starts, endMs).flatMap((value, n) =>
        value == null ? [] : [{ series: 'value', startsAtMs: starts[n] as number, value: 2 * value }],
      ),
  },
});

/** Seconds between the points of the files that are loaded into it. */
const STEPS: Readonly<Record<string, number>> = {
  'swissgrid.frequency': 30,
  'swissgrid.stresstest-frequency': 900,
  [hours.id]: 3_600,
};

const folder = mkdtempSync(join(tmpdir(), 'tidemark-parts-'));
let catalog: Catalog;
let testEnv: ApiEnvironment;
beforeAll(async () => {
  const bundled = await loadCatalog(datasetPlaces());
  catalog = catalogOf([...bundled.all.filter(({ id }) => id in STEPS), hours, derived]);
  testEnv = await openApiEnvironment({ catalog, filesFolder: join(folder, 'texts') });
  await testEnv.startWorker();
});
afterAll(async () => {
  await testEnv?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Each test has a fortnight of summer of its own: Zurich is two hours before UTC. */
let day: CivilDay = '2021-04-20';
beforeEach(() => {
  day = addDays(day, 14);
});
const utc = (days: number, hour = 0) => Date.parse(`${addDays(day, days)}T00:00:00Z`) + hour * 3_600_000;

let files = 0;
async function load(dataset: string, fromMs: number, toMs: number, without: readonly number[] = []) {
  files += 1;
  const file = join(folder, `part-${files}.csv`);
  const stepMs = 1_000 * (STEPS[dataset] ?? 0);
  const count = (toMs - fromMs) / stepMs;
  const isLeftOut = (ms: number) => without.some((hourMs) => ms >= hourMs && ms < hourMs + 3_600_000);
  const lines = Array.from({ length: count }, (_, n) => fromMs + n * stepMs)
    .filter((ms) => !isLeftOut(ms))
    .map((ms) => `${new Date(ms).toISOString()},50`);
  writeFileSync(file, `time,value\n${lines.join('\n')}\n`);
  await (await startLoad(testEnv.temporal, { dataset, file })).result();
  if (dataset === hours.id) await poll(testEnv.database, catalog, derived);
  return file;
}

const statesOf = async (dataset: string, ...days: number[]) => {
  const rows = await testEnv.rows<{ day: CivilDay; state: string }>(
    'select day, state from ops.delivery_day where dataset = $1 and day = any($2) order by day',
    [dataset, days.map((n) => addDays(day, n))],
  );
  return rows.map(({ state }) => state);
};
const troubled = async () => {
  const incidents = await storedIncidents(testEnv.database);
  return incidents.flatMap(({ days }) => days).filter((each) => each >= day && each < addDays(day, 14));
};
const rebuilt = async (dataset: string) => {
  const range = { from: day, to: addDays(day, 13), dryRun: true };
  const { differences, errors } = await (
    await startRebuild(testEnv.temporal, { dataset, ...range })
  ).result();
  return { differences, errors };
};
const SAME = { differences: [], errors: {} };

describe.each(Object.keys(STEPS))('%s', (dataset) => {
  test('days in which a file begins or ends are in progress, and whole once the next file is there', async () => {
    const file = await load(dataset, utc(0), utc(2));
    expect(await statesOf(dataset, 0, 1, 2)).toEqual(['in_progress', 'complete', 'in_progress']);
    expect(await troubled()).toEqual([]);
    await saysWhichPart(dataset, file);
    expect(await rebuilt(dataset)).toEqual(SAME);

    await load(dataset, utc(2), utc(4));
    expect(await statesOf(dataset, 0, 1, 2, 3, 4)).toEqual([
      'in_progress',
      ...['complete', 'complete', 'complete'],
      'in_progress',
    ]);
    expect(await rebuilt(dataset)).toEqual(SAME);
  });

  test('what is missing inside a file, or between two, is missing; once it is there, only the rest is open', async () => {
    await load(dataset, utc(0), utc(1), [utc(0, 10)]);
    await load(dataset, utc(5), utc(6));
    await load(dataset, utc(6, 1), utc(7));
    expect(await statesOf(dataset, 0, 5, 6)).toEqual(['partial', 'in_progress', 'partial']);
    expect(new Set(await troubled())).toEqual(new Set([0, 6].map((n) => addDays(day, n))));

    await load(dataset, utc(0, 10), utc(0, 11));
    await load(dataset, utc(6), utc(6, 1));
    expect(await statesOf(dataset, 0, 5, 6)).toEqual(['in_progress', 'in_progress', 'complete']);
    expect(await troubled()).toEqual([]);
    expect(await rebuilt(dataset)).toEqual(SAME);
  });
});

/** Page, API and command, of the first day. */
async function saysWhichPart(dataset: string, file: string) {
  const part = 'the files that were loaded cover only a part of it';
  const story = (await testEnv.get(`/v1/datasets/${dataset}/days/${day}`)).json;
  expect(story).toMatchObject({ state: 'in_progress', due_at: null, due_points: story.present_points });
  expect(story.summary).toContain(part);
  expect(story.payloads[0]).toMatchObject({ url: file, trigger: 'load' });

  const { data } = (await testEnv.get(`/v1/datasets/${dataset}/coverage?from=${day}&to=${day}`)).json;
  expect(data.map(({ reason }: { reason: string }) => reason)).toEqual(['not loaded']);

  // The command knows the bundled datasets only.
  if (dataset === hours.id) return;
  const { stdout } = await tidemark(settingsOf(testEnv), 'explain', dataset, '--day', day);
  expect(stdout).toContain(part);
  expect(stdout).toContain(`from ${file} by load:${dataset}:`);
  expect(stdout).not.toContain('no run is recorded');
}

test('what is computed from such days is in progress with them', async () => {
  await load(hours.id, utc(0), utc(2));
  expect(await statesOf(derived.id, 0, 1, 2)).toEqual(['in_progress', 'complete', 'in_progress']);
  expect(await troubled()).toEqual([]);
  const { summary } = (await testEnv.get(`/v1/datasets/${derived.id}/days/${day}`)).json;
  expect(summary).toContain('the files that were loaded cover only a part of it');
  await load(hours.id, utc(2), utc(4), [utc(3, 12)]);
  expect(await statesOf(derived.id, 0, 1, 2, 3, 4)).toEqual([
    ...['in_progress', 'complete', 'complete'],
    ...['partial', 'in_progress'],
  ]);
  expect(await troubled()).toEqual([addDays(day, 3), addDays(day, 3)]);
});
