import { execFileSync } from 'node:child_process';
import { writeFileSync, openSync, writeSync } from 'node:fs';
import pg from 'pg';
import { copyPoints } from '../db/copy-points.ts';
import { openYear } from './api-database.ts';
import { queryOnce } from '../test/chaos/system.ts';

const N = 8_640_000, DAY = 86_400;
const bench = await openYear();
const url = bench.url;
const f = '/tmp/copytest.csv';
const fd = openSync(f, 'w');
let buf = '';
const t0 = Date.UTC(2023, 0, 1);
for (let i = 0; i < N; i++) {
  buf += `${new Date(t0 + i * 1000).toISOString().slice(0, 19)}Z,${(50 + ((i * 7919) % 40000) / 1e6 - 0.02).toFixed(4)}\n`;
  if (buf.length > 1 << 20) { writeSync(fd, buf); buf = ''; }
}
writeSync(fd, buf);
async function make(name: string) {
  await queryOnce(url, `drop table if exists ${name}`);
  await queryOnce(url, `create table ${name} (series_id int not null default 1, starts_at timestamptz not null, delivery_day date not null default '2023-01-01', value double precision, known_at timestamptz not null default now(), payload_id bigint not null default 1, primary key (series_id, starts_at))`);
  const [found] = await queryOnce<{ name: string }>(url, `select extnamespace::regnamespace::text as name from pg_extension where extname = 'timescaledb'`);
  await queryOnce(url, `select ${found?.name}.create_hypertable('${name}', 'starts_at', chunk_time_interval => interval '7 days', create_default_indexes => false)`);
  await queryOnce(url, `create index on ${name} using brin (delivery_day, starts_at) with (pages_per_range = 16, autosummarize = on)`);
  await queryOnce(url, 'checkpoint');
}
for (let round = 0; round < 2; round++) {
  await make('bench_copy');
  let b = performance.now();
  execFileSync('psql', [url, '-qc', `\\copy bench_copy (starts_at, value) from '${f}' csv`]);
  const a = performance.now() - b;
  for (const lanes of [1, 2, 3]) {
    await queryOnce(url, 'truncate store.jao_core__max_exchanges; ');
    await queryOnce(url, 'checkpoint');
    b = performance.now();
    let day = 0;
    const lane = async () => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      while (day < N / DAY) {
        const first = day; day += 7;
        await client.query('begin');
        const points = [];
        for (let d = first; d < Math.min(first + 7, N / DAY); d++) {
          const startsAtMs = new Float64Array(DAY), values = new Float64Array(DAY);
          for (let i = 0; i < DAY; i++) { startsAtMs[i] = t0 + (d * DAY + i) * 1000; values[i] = 50 + i * 1e-7; }
          points.push({ seriesId: 1, day: new Date(t0 + d * DAY * 1000).toISOString().slice(0, 10), knownAt: new Date(), payloadId: 1, startsAtMs, values });
        }
        await copyPoints(client, 'jao-core.max-exchanges', points);
        await client.query('commit');
      }
      await client.end();
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    const c = performance.now() - b;
    console.log(`psql ${(N / a).toFixed(0)} krows/s; ${lanes} lanes ${(N / c).toFixed(0)} krows/s, ratio ${(a / c).toFixed(2)}`);
  }
}
await bench.stop();
