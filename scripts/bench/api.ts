/**
 * `npm run bench -- api`: reading through the HTTP API (a process of its own, real HTTP, connections kept) against the same SQL
 * through `pg`, alternately in one run, as ratios of medians; exports; a hundred clients at once. Servers of its own.
 */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import autocannon from 'autocannon';
import pg from 'pg';
import { Client } from 'undici';
import { AS_OF, FROM, openYear, TO } from './api-database.ts';
import { startApi } from './api-process.ts';
import { median } from './workbench.ts';

const ROUNDS = 15;
const DATASET = 'jao-core.max-exchanges';
const COLUMNS = 'delivery_day, starts_at, ends_at, series, value, known_at, payload_id';

const [cpu] = cpus();
console.log(
  `on ${cpus().length} × ${cpu?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}\n`,
);
const year = await openYear();
const api = await startApi(year.url);
const http = new Client(api.url);
const sql = new pg.Client({ connectionString: year.url, options: '-c TimeZone=UTC' });
try {
  await sql.connect();
  for (const part of parts()) await part();
} finally {
  await http.close();
  await sql.end();
  await api.stop();
  await year.stop();
}

/** All of them, or those that are named: `npm run bench -- api exports`. */
function parts(): (() => Promise<void>)[] {
  const all = { reads, wholeYear, exports, crowd };
  const named = Object.entries(all).filter(([name]) => process.argv.includes(name));
  return named.length > 0 ? named.map(([, part]) => part) : Object.values(all);
}

interface Comparison {
  readonly name: string;
  readonly target?: string;
  one(): Promise<unknown>;
  other(): Promise<unknown>;
}

async function reads(): Promise<void> {
  const shapes = [
    { name: 'a day × 150 series', from: '2025-06-11', to: '2025-06-11', series: '' },
    { name: 'one series × a year', from: FROM, to: TO, series: 'border_7' },
    { name: 'one series × a day', from: '2025-06-11', to: '2025-06-11', series: 'border_7' },
  ];
  const path = ({ from, to, series }: (typeof shapes)[number], more = '') =>
    `/v1/data?dataset=${DATASET}&from=${from}&to=${to}${series ? `&series=${series}` : ''}${more}`;
  const query = ({ from, to, series }: (typeof shapes)[number], relation: string) =>
    `select ${COLUMNS} from ${relation}
     where starts_at >= '${from}'::timestamp at time zone 'Europe/Amsterdam'
       and starts_at < ('${to}'::timestamp + interval '1 day') at time zone 'Europe/Amsterdam'
       ${series ? `and series = '${series}'` : ''}
     order by starts_at, series`;
  const latest = 'jao_core.max_exchanges';
  for (const shape of shapes)
    await compare({
      name: `latest, ${shape.name}: API against pg`,
      target: '≤ 1.5',
      one: () => json(path(shape)),
      other: () => rows(query(shape, latest)),
    });
  for (const shape of shapes)
    await compare({
      name: `as-of against latest, ${shape.name}`,
      target: '≤ 2',
      one: () => json(path(shape, `&as_of=${AS_OF}`)),
      other: () => json(path(shape)),
    });
  const month = `select time_bucket('1 month', starts_at, 'Europe/Amsterdam'), series, avg(value), count(value)
    from ${latest} where starts_at >= '2024-12-31T23:00Z' and starts_at < '2025-12-31T23:00Z' group by 1, 2 order by 1, 2`;
  await compare({
    name: 'a year by months × 150 series: API against pg',
    one: () => json(`/v1/data/aggregated?dataset=${DATASET}&from=${FROM}&to=${TO}&resolution=P1M`),
    other: () => rows(month),
  });
}

async function compare({ name, target, one, other }: Comparison): Promise<void> {
  const taken: [number[], number[]] = [[], []];
  for (let round = -3; round < ROUNDS; round++)
    for (const [side, work] of [one, other].entries()) {
      const began = performance.now();
      await work();
      if (round >= 0) taken[side]?.push(performance.now() - began);
    }
  const [a, b] = taken.map(median) as [number, number];
  const aim = target ? ` (target: ${target})` : '';
  console.log(`${name}: ${a.toFixed(2)} ms / ${b.toFixed(2)} ms = ${(a / b).toFixed(2)}${aim}`);
}

async function json(path: string): Promise<unknown> {
  const { statusCode, body } = await http.request({ method: 'GET', path });
  const answer = (await body.json()) as { data: unknown[] };
  if (statusCode !== 200 || answer.data.length === 0) throw new Error(`${statusCode} of ${path}`);
  return answer;
}

async function rows(text: string): Promise<unknown> {
  return (await sql.query(text)).rows;
}

/** The whole year in each format, with the largest memory of the process meanwhile; a month beside it shows whether that grows. */
async function wholeYear(): Promise<void> {
  const copy = `\\copy (select ${COLUMNS} from jao_core.max_exchanges order by starts_at, series) to '/dev/null' csv`;
  const copied: number[] = [];
  for (let n = 0; n < 2; n++) copied.push(await timed(() => psql(copy)));
  console.log(
    `\nexport of the year, 1,314,000 rows; psql \\copy as CSV takes ${(median(copied) / 1000).toFixed(1)} s`,
  );
  for (const format of ['csv', 'ndjson', 'arrow', 'parquet']) {
    const url = (to: string) => `/v1/data?dataset=${DATASET}&from=${FROM}&to=${to}&format=${format}`;
    const month = await peakOf(() => bytesOf(url('2025-01-31')));
    let bytes = 0;
    const taken: number[] = [];
    const whole = await peakOf(async () => {
      for (let n = 0; n < 2; n++)
        taken.push(
          await timed(async () => {
            bytes = await bytesOf(url(TO));
          }),
        );
    });
    const ms = median(taken);
    console.log(
      `  ${format}: ${(ms / 1000).toFixed(1)} s = ${(ms / median(copied)).toFixed(2)} of psql, ${(bytes / 1e6).toFixed(0)} MB; ` +
        `largest RSS ${whole} MB, of a month ${month} MB`,
    );
  }
}

async function bytesOf(path: string): Promise<number> {
  const { body } = await http.request({ method: 'GET', path });
  let bytes = 0;
  for await (const chunk of body) bytes += (chunk as Buffer).length;
  return bytes;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

function psql(command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('psql', [year.url, '-q', '-c', command], (error) => (error ? reject(error) : resolve()));
  });
}

/** The largest resident memory of the API and its process for exports meanwhile, MB. */
async function peakOf(work: () => Promise<unknown>): Promise<number> {
  for (const pid of await processes()) await writeFile(`/proc/${pid}/clear_refs`, '5').catch(() => undefined);
  await work();
  let kibibytes = 0;
  for (const pid of await processes()) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    kibibytes += Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]);
  }
  return Math.round(kibibytes / 1024);
}

async function processes(): Promise<string[]> {
  const children = await readFile(`/proc/${api.pid}/task/${api.pid}/children`, 'utf8');
  return [String(api.pid), ...children.trim().split(' ').filter(Boolean)];
}

async function exports(): Promise<void> {
  console.log('\none series × a day beside four exports of the year');
  const small = `/v1/data?dataset=${DATASET}&from=2025-06-11&to=2025-06-11&series=border_7`;
  for (const format of ['parquet', 'csv']) {
    const large = `/v1/data?dataset=${DATASET}&from=${FROM}&to=${TO}&format=${format}`;
    console.log(`  ${format}: ${await besideExports(api.url, small, large)}`);
  }
}

async function crowd(): Promise<void> {
  console.log('\na hundred clients for ten seconds');
  const day = `/v1/data?dataset=${DATASET}&from=2025-06-11&to=2025-06-11`;
  for (const [name, path] of [
    ['one series × a day', `${day}&series=border_7`],
    ['a day × 150 series', day],
  ] as const) {
    const { requests, latency, errors, non2xx } = await autocannon({
      url: api.url + path,
      connections: 100,
      duration: 10,
    });
    console.log(
      `  ${name}: ${requests.average} requests/s, p50 ${latency.p50} ms, p99 ${latency.p99} ms, ${errors + non2xx} failed`,
    );
  }
}

const EXPORTS = 4;
const ALONE = 200;
/** Between two reads, as of somebody who looks at a page: a loop without pauses would only measure how many there are. */
const PAUSE_MS = 20;

/** @param small address of the small read. @param large address of the export, read to its end. */
async function besideExports(url: string, small: string, large: string): Promise<string> {
  const alone = await readsWhile(url, small, (_, reads) => reads >= ALONE);
  let running = EXPORTS;
  const began = performance.now();
  const exports = Array.from({ length: EXPORTS }, () => readWhole(url, large).finally(() => running--));
  const beside = await readsWhile(url, small, () => running === 0);
  await Promise.all(exports);
  const [a, b] = [alone, beside].map((taken) => percentile(taken, 95)) as [number, number];
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  return (
    `p95 ${b.toFixed(1)} ms / ${a.toFixed(1)} ms alone = ${(b / a).toFixed(1)}; ` +
    `longest ${Math.max(...beside).toFixed(0)} ms of ${beside.length} reads; the exports took ${seconds} s`
  );
}

/** How long each small read takes, milliseconds. */
async function readsWhile(
  url: string,
  path: string,
  isOver: (taken: readonly number[], reads: number) => boolean,
): Promise<number[]> {
  const http = new Client(url);
  const taken: number[] = [];
  while (!isOver(taken, taken.length)) {
    const began = performance.now();
    const { statusCode, body } = await http.request({ method: 'GET', path });
    await body.dump();
    if (statusCode !== 200) throw new Error(`${statusCode} of ${path}`);
    taken.push(performance.now() - began);
    await delay(PAUSE_MS);
  }
  await http.close();
  return taken;
}

async function readWhole(url: string, path: string): Promise<void> {
  const http = new Client(url, { bodyTimeout: 0, headersTimeout: 0 });
  const { statusCode, body } = await http.request({ method: 'GET', path });
  for await (const _ of body);
  await http.close();
  if (statusCode !== 200) throw new Error(`${statusCode} of ${path}`);
}

function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? Number.NaN;
}
