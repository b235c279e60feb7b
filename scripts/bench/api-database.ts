/**
 * A PostgreSQL with fsync on, for this run only, with a year of hourly values of 150 series that was made by SQL: 1.3 million
 * points, one in twenty of them revised once. No payloads: nothing folds this year again.
 */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { stateFolder } from '../../config/config.ts';
import { datasetPlaces } from '../../config/datasets.ts';
import { ROOT } from '../../config/installation.ts';
import { loadCatalog } from '../../datasets/catalog.ts';
import { openDatabase } from '../../db/connection/client.ts';
import { migrate } from '../../db/migration/migrate.ts';
import type { Dataset } from '../../domain/dataset/dataset.ts';
import { registerEnabled } from '../../test/support/register-datasets.ts';
import { ensurePostgres } from '../start/postgres/postgres-installation.ts';
import { startPostgres } from '../start/postgres/postgres-server.ts';
import { ensureDatabase, withDatabase } from '../start/postgres/postgres-settings.ts';
import { placeForState } from '../start/state-folder.ts';

export const FROM = '2025-01-01';
export const TO = '2025-12-31';
export const AS_OF = '2026-01-15T00:00:00Z';

const report = (line: string) => console.error(`· ${line}`);

/** A PostgreSQL for this run only. */
export async function openServer(): Promise<{
  /** A new database with relations of these datasets. @returns its URL */
  make(name: string, datasets: readonly Dataset[]): Promise<string>;
  stop(): Promise<void>;
}> {
  const { serverDir, account } = await placeForState(ROOT, { stateDir: stateFolder(), report });
  const folder = join(serverDir, `bench-${process.pid}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const server = await startPostgres({
    installation: await ensurePostgres({ serverDir, account, report }),
    ...{ account, preferredPort: 0, report },
    dataDir: join(folder, 'data'),
    logFile: join(folder, 'postgres.log'),
  });
  return {
    async make(name, datasets) {
      const url = withDatabase(server.adminUrl, name);
      await ensureDatabase(server.adminUrl, name);
      await migrate(url);
      const database = openDatabase({ url, role: 'tidemark_writer', application: 'tidemark bench' });
      await registerEnabled(database, datasets);
      await database.end();
      return url;
    },
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function openYear(): Promise<{ url: string; stop(): Promise<void> }> {
  const server = await openServer();
  const url = await server.make('tidemark_bench', (await loadCatalog(datasetPlaces())).datasets);
  report('A year is made.');
  await runAll(url, STATEMENTS);
  return { url, stop: server.stop };
}

/** Runs statements as the owner, one after the other. */
export async function runAll(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

const HOURS = `generate_series('${FROM}'::timestamp at time zone 'Europe/Amsterdam',
  ('${TO}'::timestamp + interval '1 day') at time zone 'Europe/Amsterdam' - interval '1 hour', interval '1 hour') as hour`;
const DAYS = `generate_series(date '${FROM}', date '${TO}', interval '1 day') as day`;
const IS_REVISED = `hashint4(s.id + extract(epoch from hour)::int / 3600) % 20 = 0`;

const STATEMENTS = [
  `insert into ops.series (dataset, series, first_payload_id)
   select 'jao-core.max-exchanges', 'border_' || n, 1 from generate_series(1, 150) n`,
  `insert into ops.payload (dataset, day, fetched_at, last_seen_at, sha256, url, status, headers, size_bytes, encoding, bytes)
   select 'jao-core.max-exchanges', day, day, day, '', '', 200, '{}', 0, 'identity', '' from ${DAYS}`,
  // Each day was published on the day before, and revised once.
  `insert into ops.change (dataset, day, payload_id, kind, new_points, revised_points, nulled_points, known_at)
   select dataset, day, id, 'published', 3600, 0, 0, day - interval '1 day' from ops.payload
   union all
   select dataset, day, id, 'revised', 0, 180, 0, '2026-02-01T00:00Z' from ops.payload`,
  // In the order in which days are written.
  `insert into store.jao_core__max_exchanges (starts_at, value, change_id, series_id, delivery_day)
   select hour, round((random() * 5000)::numeric, 1), c.id, s.id, c.day
   from ${HOURS} cross join ops.series s join ops.change c on c.day = (hour at time zone 'Europe/Amsterdam')::date
     and c.kind = case when ${IS_REVISED} then 'revised' else 'published' end
   order by hour, s.series`,
  `insert into store.jao_core__max_exchanges__closed (starts_at, value, change_id, closed_by, series_id, delivery_day)
   select hour, 1, p.id, r.id, s.id, p.day
   from ${HOURS} cross join ops.series s
   join ops.change p on p.day = (hour at time zone 'Europe/Amsterdam')::date and p.kind = 'published'
   join ops.change r on r.day = p.day and r.kind = 'revised'
   where ${IS_REVISED} order by hour, s.series`,
  `insert into ops.delivery_day (dataset, day, state, expected_points, present_points)
   select dataset, day, 'complete', 3600, 3600 from ops.payload`,
  'update ops.instance set simulated = true',
  'vacuum analyze',
];
