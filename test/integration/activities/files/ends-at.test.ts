/** Does every surface say where an interval of a file ends, whether the dataset declares the step or its lines show it? */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { datasetPlaces } from '../../../../config/datasets.ts';
import { catalogOf, loadCatalog } from '../../../../datasets/catalog.ts';
import { addDays } from '../../../../domain/time/civil-day.ts';
import { startLoad } from '../../../../temporal/loads.ts';
import { startRebuild } from '../../../../temporal/rebuilds.ts';
import { type ApiEnvironment, openApiEnvironment } from '../../../support/api/api-environment.ts';
import { sampleFiles } from '../../../support/sample-file-dataset.ts';

const own = sampleFiles();
const hours = sampleFiles({
  id: 'measured.hours',
  finestSeconds: 3_600,
  resolution: [{ from: '2020-01-01', minutes: 60 }],
  expectedSeries: [{ from: '2020-01-01', count: 1 }],
});

/** The steps of the series that each file brings, seconds. */
const TABLES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'swissgrid.frequency': { frequency: 30 },
  'swissgrid.volume-frequency': { frequency: 1 },
  'swissgrid.stresstest-frequency': { a: 600, b: 900, c: 5 },
  [own.id]: { x: 60, y: 3_600 },
  [hours.id]: { z: 3_600 },
};

/** Recent: what is known now was known at a gate of it. */
const DAY = addDays(new Date().toISOString().slice(0, 10), -10);
const START_MS = Date.parse(`${DAY}T00:00:00Z`);

/** From midnight UTC on, every fifth point left out. */
function linesOf(table: string): string[] {
  return Object.entries(TABLES[table] ?? {}).flatMap(([series, step]) =>
    Array.from({ length: 20 }, (_, n) => n)
      .filter((n) => n % 5 !== 3)
      .map((n) => `${new Date(START_MS + n * step * 1_000).toISOString()},${series},50.0${n % 7}`),
  );
}

const folder = mkdtempSync(join(tmpdir(), 'tidemark-ends-'));
let testEnv: ApiEnvironment;
let files = 0;
beforeAll(async () => {
  const bundled = await loadCatalog(datasetPlaces());
  const catalog = catalogOf([...bundled.all.filter(({ id }) => id in TABLES), own, hours]);
  testEnv = await openApiEnvironment({ catalog, filesFolder: join(folder, 'texts') });
  await testEnv.startWorker();
  for (const table of Object.keys(TABLES)) await load(table, linesOf(table).toSorted());
});
afterAll(async () => {
  await testEnv?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function load(dataset: string, lines: readonly string[]): Promise<string> {
  files += 1;
  const file = join(folder, `${files}.csv`);
  writeFileSync(file, `time,series,frequency\n${lines.join('\n')}\n`);
  return (await (await startLoad(testEnv.temporal, { dataset, file })).result()).summary;
}

interface Row {
  readonly starts_at: string;
  readonly ends_at: string | null;
  readonly series: string;
}

const relationOf = (table: string) => table.replaceAll('-', '_');
const wanted = (table: string, { starts_at, series }: Row) => {
  return new Date(Date.parse(starts_at) + (TABLES[table]?.[series] ?? 0) * 1_000).toISOString();
};

describe.each(Object.keys(TABLES))('%s', (table) => {
  test.each(['', '_versions', '_as_of(now())', `_at_gate('D+90T12:00')`])('SQL: %s', async (suffix) => {
    const found = await testEnv.rows<Row>(
      `select starts_at, ends_at, series from ${relationOf(table)}${suffix} where delivery_day = '${DAY}' order by 1, 3`,
    );
    expect(found.length).toBe(linesOf(table).length);
    const told = JSON.parse(JSON.stringify(found)) as Row[];
    expect(told.map(({ ends_at }) => ends_at)).toEqual(told.map((row) => wanted(table, row)));
  });

  test('JSON, CSV and Arrow', async () => {
    const question = `dataset=${table}&from=${DAY}&to=${DAY}&limit=100000`;
    const told = (await testEnv.get(`/v1/data?${question}&format=json`)).json.data as Row[];
    expect(told.length).toBe(linesOf(table).length);
    const ends = told.map((row) => wanted(table, row));
    expect(told.map(({ ends_at }) => ends_at)).toEqual(ends);
    const [head, ...csv] = (await testEnv.get(`/v1/data?${question}&format=csv`)).text.trimEnd().split('\n');
    expect(head).toMatch(/^delivery_day,starts_at,ends_at,/);
    expect(csv.map((line) => line.split(',')[2])).toEqual(ends);
    const { raw } = await testEnv.get(`/v1/data?${question}&format=arrow`);
    const arrow = tableFromIPC(raw).getChild('ends_at');
    expect([...(arrow ?? [])].map((ms) => new Date(Number(ms)).toISOString())).toEqual(ends);
  });

  test('folding the day again changes nothing', async () => {
    const rebuild = { dataset: table, from: DAY, to: DAY, dryRun: true };
    const { differences, errors } = await (await startRebuild(testEnv.temporal, rebuild)).result();
    expect({ differences, errors }).toEqual({ differences: [], errors: {} });
  });
});

describe('where lines show the step', () => {
  const day = '2021-06-03';
  const at = (n: number) => new Date(Date.parse(`${day}T10:00:00Z`) + n * 60_000).toISOString();
  const endsOf = async (suffix = '') => {
    const rows = await testEnv.rows<Row>(
      `select starts_at, ends_at, series from measured.values${suffix} where delivery_day = '${day}' order by 1, 2 nulls first`,
    );
    return JSON.parse(JSON.stringify(rows.map(({ starts_at, ends_at }) => [starts_at, ends_at])));
  };

  test('too few points show none, more show it, and later ones have that of their series', async () => {
    await load(own.id, [`${at(0)},x,1`, `${at(1)},x,1`]);
    expect(await endsOf()).toEqual([
      [at(0), null],
      [at(1), null],
    ]);
    const [{ settled }] = (await testEnv.rows('select catalog.settled_at()::text as settled')) as [
      { settled: string },
    ];
    await load(
      own.id,
      [0, 1, 2, 3, 4].map((n) => `${at(n)},x,1`),
    );
    await load(own.id, [`${at(1)},x,2`, `${at(7)},x,1`]);
    const all = [0, 1, 2, 3, 4, 7].map((n) => [at(n), at(n + 1)]);
    expect(await endsOf()).toEqual(all);
    // What was said before stays as it was said.
    expect(await endsOf(`_as_of('${settled}')`)).toEqual([
      [at(0), null],
      [at(1), null],
    ]);
    const rebuild = { dataset: own.id, from: day, to: day, dryRun: true };
    const { differences, errors } = await (await startRebuild(testEnv.temporal, rebuild)).result();
    expect({ differences, errors }).toEqual({ differences: [], errors: {} });
  });
});
