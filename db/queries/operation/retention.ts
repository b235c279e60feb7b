/** Retention and compression: old values are dropped, values that hardly change any more are compressed. */
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';

export interface Dropped {
  readonly keptFrom: CivilDay;
  /** Days whose values were dropped this time. */
  readonly days: number;
}

/** Drops the days that are older than the dataset keeps; undefined when none of them fills a chunk. */
export async function dropOldValues(sql: Sql, dataset: string): Promise<Dropped | undefined> {
  const { rows } = await sql.query<Dropped>(
    'select kept_from as "keptFrom", days from ops.drop_old_values($1)',
    [dataset],
  );
  return rows[0];
}

/** Compresses what is older than so many days, if the edition of TimescaleDB can. @returns how many chunks are compressed. */
export async function compressOldValues(sql: Sql, dataset: string, days: number): Promise<number> {
  const { rows } = await sql.query<{ chunks: number }>(
    'select ops.compress_old_values($1, make_interval(days => $2)) as chunks',
    [dataset, days],
  );
  return onlyRow(rows).chunks;
}
