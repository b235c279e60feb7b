/**
 * `npm run bench:zones`: a simulated year of ten zones of the ENTSO-E platform, all tables backfilled at once within the quota of the token. Prints
 * how long it took, and how long its requests take at least: a token may make so many in any minute, the first of them at once.
 * Usage: npm run bench:zones [DAYS [TABLE …]]
 */
import { datasetPlaces } from '../config-datasets.ts';
import { loadCatalog } from '../datasets/catalog.ts';
import { entsoe } from '../datasets/entsoe/source.ts';
import { isPulledPoints } from '../domain/dataset/dataset.ts';
import { addDays } from '../domain/time/civil-day.ts';
import type { RequestCounts } from '../simulator/request-log.ts';
import { startBackfill } from '../temporal/backfills.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

const ZONES = ['AT', 'BE', 'CZ', 'DE_LU', 'DK_1', 'ES', 'FR', 'NL', 'PL', 'SE_4'];
const FIRST = '2025-11-01';
/** Two requests' worth of days: while those of one are written, the next is there. */
const CONCURRENCY = 56;

const [days = '365', ...chosen] = process.argv.slice(2);
const catalog = await loadCatalog(datasetPlaces());
const tables = catalog.all.filter(
  (dataset) =>
    isPulledPoints(dataset) &&
    dataset.source.id === entsoe.id &&
    (chosen.length === 0 || chosen.includes(dataset.id.slice('entsoe.'.length))),
);
const settings = { ENTSOE_TOKEN: '11111111-2222-4333-8444-555555555555', ENTSOE_ZONES: ZONES.join(',') };
const bench = await openWorkbench({
  catalog,
  sourceSettings: new Map([[entsoe.id, settings]]),
  simulator: { now: '2026-11-20T12:00:00Z', clockRate: 0 },
});
try {
  const began = performance.now();
  const measured = await Promise.all(tables.map(({ id }) => measure(bench, id)));
  print(measured, bench.simulator.requests.counts(), secondsSince(began));
} finally {
  await bench.close();
}

interface Measured {
  readonly id: string;
  readonly seconds: number;
  readonly points: number;
}

async function measure({ temporal, database }: Workbench, id: string): Promise<Measured> {
  const began = performance.now();
  const range = { from: FIRST, to: addDays(FIRST, Number(days) - 1) };
  const handle = await startBackfill(temporal, { dataset: id, ...range, concurrency: CONCURRENCY });
  const { outcomes } = await handle.result();
  const seconds = secondsSince(began);
  console.error(`· ${id}: ${JSON.stringify(outcomes)}`);
  const { rows } = await database.query<{ points: number }>(
    'select sum(present_points)::int as points from ops.delivery_day where dataset = $1',
    [id],
  );
  return { id, seconds, points: rows[0]?.points ?? 0 };
}

function secondsSince(beganMs: number): number {
  return (performance.now() - beganMs) / 1_000;
}

function print(measured: readonly Measured[], { total, throttled }: RequestCounts, seconds: number): void {
  console.log(
    `${days} days of ${ZONES.length} zones, ${measured.length} tables at once, ${CONCURRENCY} days each`,
  );
  for (const { id, points, seconds } of measured)
    console.log(
      `  ${id.padEnd(40)} ${String(points).padStart(9)} points, ${seconds.toFixed(0).padStart(5)} s`,
    );
  const floor = floorOf(total);
  console.log(
    `  ${total} requests, ${throttled} throttled: ${seconds.toFixed(0)} s, at least ${floor.toFixed(0)} s`,
  );
  console.log(
    floor > 0
      ? `  ratio to the quota's floor ${(seconds / floor).toFixed(2)} (target: 1.2 or less)`
      : '  so few requests may all be made at once: choose more days or tables',
  );
}

/** Seconds that so many requests of backfills take at least. */
function floorOf(requests: number): number {
  const { requests: most, reservedForLive, windowMs } = entsoe.quota;
  return (Math.ceil(requests / (most - reservedForLive)) - 1) * (windowMs / 1_000);
}
