/** Is a series one series: whatever is loaded in whatever order, does no answer about one table change with what comes into another? */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays, type CivilDay } from '../../../../domain/time/civil-day.ts';
import { startLoad } from '../../../../temporal/loads.ts';
import { type ApiEnvironment, openApiEnvironment } from '../../../support/api/api-environment.ts';
import { settingsOf, tidemark } from '../../../support/command.ts';
import { runs } from '../../../support/runs.ts';

const folder = mkdtempSync(join(tmpdir(), 'tidemark-steps-'));
let testEnv: ApiEnvironment;
beforeAll(async () => {
  testEnv = await openApiEnvironment({ filesFolder: join(folder, 'texts') });
  await testEnv.startWorker();
});
afterAll(async () => {
  await testEnv?.close();
  rmSync(folder, { recursive: true, force: true });
});

const THIRTY = 'swissgrid.frequency';
const SECONDS = 'swissgrid.volume-frequency';
const MANY = 'swissgrid.stresstest-frequency';

/** Two hours from 10:00 UTC on, with a column of names where there are several series. */
function linesOf(day: CivilDay, step: number, hertz: number, series: readonly string[] = []): string {
  const startMs = Date.parse(`${day}T10:00:00Z`);
  const lines = Array.from({ length: 7_200 / step }, (_, n) => {
    const at = new Date(startMs + n * step * 1_000).toISOString();
    return series.length === 0 ? [`${at},${hertz}`] : series.map((name) => `${at},${name},${hertz}`);
  }).flat();
  return `${series.length === 0 ? 'time,frequency' : 'time,series,frequency'}\n${lines.join('\n')}\n`;
}

/** What is loaded, where, and whether it fits. */
const LOADS = {
  thirty: { dataset: THIRTY, step: 30, hertz: 50.01, fits: true },
  seconds: { dataset: SECONDS, step: 1, hertz: 50.02, fits: true },
  many: { dataset: MANY, step: 5, hertz: 50.03, series: ['a', 'b'], fits: true },
  'seconds into the table of 30 s': { dataset: THIRTY, step: 1, hertz: 49.91, fits: false },
  'minutes into the table of 30 s': { dataset: THIRTY, step: 60, hertz: 49.92, fits: false },
  '30 s into the table of seconds': { dataset: SECONDS, step: 30, hertz: 49.93, fits: false },
} as const;
type Name = keyof typeof LOADS;

let files = 0;
async function load(name: Name | 'again', day: CivilDay, text?: string): Promise<string> {
  const { dataset, step, hertz, ...of } = LOADS[name as Name];
  files += 1;
  const file = join(folder, `${files}.csv`);
  writeFileSync(file, text ?? linesOf(day, step, hertz, 'series' in of ? of.series : []));
  return (await (await startLoad(testEnv.temporal, { dataset, file })).result()).summary;
}

const TABLES = {
  swissgrid_frequency_data: { name: 'thirty', resolution: '30s', rows: 3 },
  volume_frequency_data: { name: 'seconds', resolution: '1s', rows: 61 },
  'stresstest_frequency_data&series=a': { name: 'many', resolution: '5s', rows: 13 },
} as const;
type Table = keyof typeof TABLES;

/** The literal call of a minute, raw and in buckets. */
async function callOf(table: Table, day: CivilDay): Promise<readonly string[]> {
  const [name = '', series = ''] = table.split('&');
  const range = `start_time=${day}T10:00:00Z&end_time=${day}T10:01:00Z${series && `&${series}`}`;
  const { resolution } = TABLES[table];
  const raw = await testEnv.get(`/data/${name}?${range}`);
  const buckets = await testEnv.get(`/data/aggregated/${name}?${range}&resolution=${resolution}`);
  return [raw.text, buckets.text];
}

function rowsOf(table: Table, day: CivilDay): string {
  const { rows, resolution, name } = TABLES[table];
  const startMs = Date.parse(`${day}T10:00:00Z`);
  const at = (n: number) =>
    new Date(startMs + n * Number.parseInt(resolution, 10) * 1_000).toISOString().replace('.000Z', 'Z');
  const all = Array.from({ length: rows }, (_, n) => ({ timestamp: at(n), frequency: LOADS[name].hertz }));
  return JSON.stringify(all);
}

/** What is said of a table, or a series of it, into which nothing was loaded that day. */
const NOTHING = /nothing of .* is loaded|has no series yet|has no such series/;

let serial = 0;

test('in any order of loads each table answers what was loaded into it, and what does not fit is refused', async () => {
  const order = fc.shuffledSubarray(Object.keys(LOADS) as Name[], { minLength: 6, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(order, async (names) => {
      const day = addDays('2021-05-02', serial++);
      const loaded = new Set<Name>();
      for (const name of names) {
        const summary = await load(name, day);
        const { fits, dataset, step } = LOADS[name];
        if (fits) loaded.add(name);
        else {
          expect(summary).toContain(
            `frequency has a point every ${step} s on ${day}, ${dataset} has one every`,
          );
          expect(summary).toMatch(/load it into swissgrid\.[a-z-]+\. Nothing of this range was written/);
        }
        for (const table of Object.keys(TABLES) as Table[]) {
          const isLoaded = loaded.has(TABLES[table].name);
          const rows = isLoaded ? rowsOf(table, day) : expect.stringMatching(NOTHING);
          expect(await callOf(table, day)).toEqual([rows, rows]);
        }
      }
    }),
    { numRuns: runs(3) },
  );
});

test('a file whose step does not fit is refused by a preview too, with where it fits', async () => {
  const file = join(folder, 'preview.csv');
  writeFileSync(file, linesOf('2022-01-10', 1, 50));
  const { code, stderr } = await tidemark(settingsOf(testEnv), 'load', THIRTY, file, '--preview');
  expect({ code, stderr }).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(`load it into ${SECONDS}`),
  });
});

test('corrections of a few points fit, and so do days that have only a few', async () => {
  const day = '2022-02-10';
  await load('thirty', day);
  const corrections = [0, 600, 1_230].map((s) => new Date(Date.parse(`${day}T10:00:00Z`) + s * 1_000));
  const text = corrections.map((at) => `${at.toISOString()},50.05\n`).join('');
  expect(await load('thirty', day, text)).toContain('points 3 changed');
  const [few] = await testEnv.rows(
    `select step_seconds from swissgrid.frequency_daily where delivery_day = $1`,
    [day],
  );
  expect(few).toEqual({ step_seconds: 30 });
});

test('where series have steps of their own, a day of a series keeps the one that it has', async () => {
  const day = '2022-03-10';
  await load('many', day);
  const before = await testEnv.rows('select * from swissgrid.stresstest_frequency where delivery_day = $1', [
    day,
  ]);
  for (const step of [1, 30]) {
    const summary = await load('many', day, linesOf(day, step, 49.95, ['b', 'c']));
    expect(summary).toContain(
      `b has a point every ${step} s on ${day}, and one every 5 s is stored: load the file under`,
    );
  }
  expect(
    await testEnv.rows('select * from swissgrid.stresstest_frequency where delivery_day = $1', [day]),
  ).toEqual(before);
});
