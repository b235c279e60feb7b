/**
 * `npm run bench:plain-table`: what a hypertable gives over a plain PostgreSQL table with the same columns,
 * key and index, for 5.3 million points: four years of hourly values of 150 series. Both are filled and
 * queried alternately in one run, fsync on.
 */
import pg from 'pg';
import { ensureDatabase, withDatabase } from '../start/postgres/application-database.ts';
import { median } from './median.ts';
import { startServers } from './workbench.ts';

const TABLES = ['plain', 'hyper'] as const;
const YEARS = [2022, 2023, 2024, 2025];
const ROUNDS = 15;
const QUESTIONS = {
  'a series and day': `series_id = 7 and starts_at >= '2024-06-11' and starts_at < '2024-06-12'`,
  'all series, a day': `starts_at >= '2024-06-11' and starts_at < '2024-06-12'`,
  'a series and year': `series_id = 7 and starts_at >= '2024-01-01' and starts_at < '2025-01-01'`,
};

const servers = await startServers();
const url = withDatabase(servers.adminUrl, 'tidemark_bench');
await ensureDatabase(servers.adminUrl, 'tidemark_bench');
const sql = new pg.Client({ connectionString: url, options: '-c TimeZone=UTC' });
await sql.connect();
try {
  await measure();
} finally {
  await sql.end();
  await servers.stop();
}

async function measure(): Promise<void> {
  await sql.query('create extension if not exists timescaledb');
  for (const table of TABLES) await sql.query(made(table));
  await sql.query(
    `select create_hypertable('hyper', 'starts_at', chunk_time_interval => interval '30 days', create_default_indexes => false)`,
  );
  for (const table of TABLES)
    await sql.query(`create index on ${table} using brin (day, starts_at) with (pages_per_range = 16)`);
  await compare(
    'written, each year in one statement, s',
    YEARS.length,
    (table, round) => filled(table, round),
    1,
  );
  for (const table of TABLES) await sql.query(`vacuum analyze ${table}`);
  for (const [name, condition] of Object.entries(QUESTIONS))
    await compare(`${name}, ms`, ROUNDS, (table) => `select * from ${table} where ${condition}`, 1000);
  await compare('the first year dropped, s', 1, dropped, 1);
}

function made(table: string): string {
  return `create table ${table} (series_id int not null, starts_at timestamptz not null, day date not null,
    value double precision, known_at timestamptz not null, payload_id bigint not null, primary key (series_id, starts_at))`;
}

function filled(table: string, round: number): string {
  const year = YEARS[round];
  return `insert into ${table} select s, h, h::date, (hashint4(s + extract(epoch from h)::int / 3600) % 5000) / 10.0, h, 1
    from generate_series('${year}-01-01'::timestamptz, '${year}-12-31T23:00Z', interval '1 hour') h, generate_series(1, 150) s`;
}

function dropped(table: string): string {
  return table === 'hyper'
    ? `select drop_chunks('hyper', timestamptz '2023-01-01')`
    : `delete from plain where starts_at < '2023-01-01'`;
}

/** Prints medians and their ratio. @param perSecond units of the printed time in a second. */
async function compare(
  name: string,
  rounds: number,
  statement: (table: string, round: number) => string,
  perSecond: number,
): Promise<void> {
  const taken = { plain: [] as number[], hyper: [] as number[] };
  for (let round = 0; round < rounds; round++)
    for (const table of TABLES) {
      const began = performance.now();
      await sql.query(statement(table, round));
      taken[table].push(((performance.now() - began) / 1000) * perSecond);
    }
  const [plain, hyper] = [median(taken.plain), median(taken.hyper)];
  console.log(
    `${name.padEnd(42)} plain ${plain.toFixed(2).padStart(8)}   hypertable ${hyper.toFixed(2).padStart(8)}   ${(hyper / plain).toFixed(2)}`,
  );
}
