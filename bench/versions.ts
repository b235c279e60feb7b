/**
 * `npm run bench:versions`: what keeping every version costs. Four weeks of hourly values of 150 series are published once and then
 * revised ten times, one value in twenty each time, all of it asked for and written by a real worker. Prints bytes on disk by table.
 */

import { storageOf } from '../db/migration/storage.ts';
import { WHOLE_DAY } from '../domain/dataset/pull.ts';
import { addDays, eachDay } from '../domain/time/civil-day.ts';
import { deliveryInterval } from '../domain/time/delivery-day.ts';
import { startBackfill } from '../temporal/backfills.ts';
import { DATASET, openWorkbench, type Workbench } from './workbench.ts';

const FROM = '2026-07-01';
const DAYS = eachDay(FROM, addDays(FROM, 27));
const REVISIONS = 10;
/** One value in so many is revised each time, another one each time. */
const ONE_IN = 20;

/** Values by column of each hour of a day, as the simulator publishes them. */
type Hours = readonly Readonly<Record<string, number | string>>[];

const bench = await openWorkbench();
try {
  await measure(bench);
} finally {
  await bench.close();
}

async function measure(workbench: Workbench): Promise<void> {
  const published = new Map<string, Hours>();
  for (const day of DAYS) published.set(day, await answerOf(workbench, day));
  const start = await wal(workbench);
  await askAgain(workbench);
  const once = await wal(workbench);
  await printSizes(workbench, 'published once');
  for (let revision = 1; revision <= REVISIONS; revision++) {
    for (const [day, hours] of published) revise(workbench, day, hours, revision);
    await askAgain(workbench);
  }
  const end = await wal(workbench);
  await printSizes(workbench, `revised ${REVISIONS} times, one value in ${ONE_IN} each time`);
  const perDay = (bytes: number, times: number) => `${(bytes / DAYS.length / times / 1000).toFixed(0)} kB`;
  console.log(
    `WAL of a day: ${perDay(once - start, 1)} published, ${perDay(end - once, REVISIONS)} a revision`,
  );
}

async function answerOf({ catalog, simulator }: Workbench, day: string): Promise<Hours> {
  const dataset = catalog.get(DATASET);
  const { path, query } = dataset.pull.request(deliveryInterval(dataset, day), WHOLE_DAY);
  const answer = await fetch(`${simulator.url}${path}?${new URLSearchParams(query)}`);
  return ((await answer.json()) as { data: Hours }).data;
}

/** Adds a MW per revision to values that no other revision of the same round of twenty touches. */
function revise({ simulator }: Workbench, day: string, hours: Hours, revision: number): void {
  for (const [hour, row] of hours.entries()) {
    const borders = Object.entries(row).filter(([name]) => name.startsWith('border_'));
    for (const [place, [border, value]] of borders.entries()) {
      if ((hour * borders.length + place) % ONE_IN !== revision % ONE_IN) continue;
      simulator.faults.add({ name: 'revise', day, hour, border, value: Number(value) + 1 });
    }
  }
}

async function askAgain({ temporal }: Workbench): Promise<void> {
  const range = { dataset: DATASET, from: FROM, to: addDays(FROM, 27), days: 'all' as const };
  const { summary } = await (await startBackfill(temporal, range)).result();
  if (summary !== `${DAYS.length} of ${DAYS.length} days complete`) throw new Error(summary);
}

async function wal({ database }: Workbench): Promise<number> {
  const { rows } = await database.query<{ wal: number }>(
    `select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8 as wal`,
  );
  return rows[0]?.wal ?? Number.NaN;
}

interface Size {
  readonly name: string;
  readonly rows: number;
  readonly bytes: number;
}

/** Every table that has rows, with its chunks and indexes, dead rows included. */
async function printSizes(workbench: Workbench, title: string): Promise<void> {
  const { current, closed } = storageOf(DATASET);
  const others = await workbench.database.query<{ name: string }>(
    `select format('%I.%I', nspname, relname) as name from pg_class c join pg_namespace n on n.oid = relnamespace
     where nspname in ('ops', 'catalog') and relkind = 'r' and has_table_privilege(c.oid, 'select') order by 1`,
  );
  console.log(`${title}\n  ${'table'.padEnd(40)}${'rows'.padStart(9)}${'kB'.padStart(9)}   bytes a row`);
  for (const table of [current, closed, ...others.rows.map(({ name }) => name)]) {
    const { name, rows, bytes } = await sizeOf(workbench, table);
    if (rows === 0) continue;
    const figures = [String(rows).padStart(9), (bytes / 1000).toFixed(0).padStart(9)];
    console.log(`  ${name.padEnd(40)}${figures.join('')}${(bytes / rows).toFixed(0).padStart(14)}`);
  }
  console.log();
}

async function sizeOf({ database }: Workbench, name: string): Promise<Size> {
  const { rows } = await database.query<Omit<Size, 'name'>>(
    `select (select count(*) from ${name})::int as rows,
       (select sum(pg_total_relation_size(relation)) from (
          select $1::regclass as relation
          union all select inhrelid from pg_inherits where inhparent = $1::regclass) parts)::float8 as bytes`,
    [name],
  );
  return { name, rows: 0, bytes: 0, ...rows[0] };
}
