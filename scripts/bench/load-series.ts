/** Many series: 200 at 15 minutes over a year and 10 at one second over days, each kind in one file; then questions by a set of them. */
import { execFileSync } from 'node:child_process';
import { Client } from 'undici';
import { addDays } from '../../domain/time/civil-day.ts';
import { queryOnce } from '../../test/chaos/system.ts';
import { bytesOf } from './beside-load.ts';
import { median } from './workbench.ts';

const DATASET = 'swissgrid.stresstest-frequency';
const ROUNDS = 9;

/** Series by their resolution. Times of the two kinds do not overlap. */
const KINDS = [
  { series: 200, step: 900, from: '2023-01-01', most: 35_040 },
  { series: 10, step: 1, from: '2024-02-01', most: 5 * 86_400 },
] as const;

export interface SeriesBench {
  readonly databaseUrl: string;
  readonly apiUrl: string;
  /** Most rows in both files together. */
  readonly rows: number;
  readonly file: string;
  /** Loads that file; seconds. */
  load(file: string): Promise<number>;
}

export async function benchSeries({ databaseUrl, apiUrl, rows, file, load }: SeriesBench): Promise<void> {
  const http = new Client(apiUrl);
  for (const { series, step, from, most } of KINDS) {
    const instants = Math.min(most, Math.ceil(rows / KINDS.length / series));
    const made = ['--rows', `${instants}`, '--step', `${step}`, '--from', from, '--series', `${series}`];
    const program = ['--import', 'tsx/esm', 'scripts/generate-frequency.ts', ...made, '--out', file];
    execFileSync(process.execPath, program);
    const seconds = await load(file);
    const lines = instants * series;
    const rate = `${Math.round(lines / seconds).toLocaleString('en')} rows/s`;
    console.log(
      `${series} series every ${step} s, ${lines.toLocaleString('en')} lines: ${seconds.toFixed(1)} s, ${rate}`,
    );
    const to = addDays(from, Math.floor((instants * step) / 86_400));
    for (const count of [1, 10, 200].filter((each) => each <= series))
      await ask(databaseUrl, http, { count, from, to });
  }
  await http.close();
}

interface Question {
  readonly count: number;
  readonly from: string;
  readonly to: string;
}

/** A day of values, and the whole time by days: in SQL and through the API, alternately. */
async function ask(url: string, http: Client, { count, from, to }: Question): Promise<void> {
  const names = Array.from({ length: count }, (_, n) => `frequency_${n + 1}`);
  const chosen = `series = any('{${names.join()}}')`;
  const query = (last: string) =>
    `dataset=${DATASET}&from=${from}&to=${last}${names.map((name) => `&series=${name}`).join('')}`;
  const values = `select starts_at, series, value from swissgrid.stresstest_frequency where ${chosen}
    and starts_at >= timestamptz '${from} Europe/Zurich' and starts_at < timestamptz '${addDays(from, 1)} Europe/Zurich' order by 1, 2`;
  const days = `select delivery_day, series, avg from swissgrid.stresstest_frequency_daily where ${chosen}
    and delivery_day between '${from}' and '${to}' order by 1, 2`;
  const comparisons = [
    ['a day of values', values, `/v1/data?${query(from)}&format=csv`],
    ['all by days', days, `/v1/data/aggregated?${query(to)}&resolution=P1D&function=avg&limit=100000`],
  ] as const;
  for (const [name, sql, path] of comparisons) {
    const [inSql, inApi]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      inSql.push(await timed(() => queryOnce(url, sql)));
      inApi.push(await timed(() => bytesOf(http, path)));
    }
    const words = `SQL ${median(inSql).toFixed(1)} ms (its connection included), API ${median(inApi).toFixed(1)} ms`;
    console.log(`  ${`${count} series, ${name}`.padEnd(28)} ${words}`);
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
