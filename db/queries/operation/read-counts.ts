/** Who reads which dataset, by UTC day of the database's clock. */
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import type { Sql } from '../../connection/client.ts';

/** The reader of an API that is open for reading. */
export const OPEN_READER = 'open';

export interface Reads {
  readonly dataset: string;
  /** The id of a key, or `open`. */
  readonly reader: string;
  readonly reads: number;
}

/** Adds to today's counts. */
export async function addReads(sql: Sql, counted: readonly Reads[]): Promise<void> {
  // In order: concurrent processes must not deadlock.
  await sql.query(
    `insert into ops.read_count as r (day, dataset, reader, reads)
     select (now() at time zone 'UTC')::date, dataset, reader, reads
     from unnest($1::text[], $2::text[], $3::int8[]) as c(dataset, reader, reads)
     order by dataset, reader
     on conflict (day, dataset, reader) do update set reads = r.reads + excluded.reads`,
    [
      counted.map(({ dataset }) => dataset),
      counted.map(({ reader }) => reader),
      counted.map(({ reads }) => reads),
    ],
  );
}

/** Drops what is older than so many days. */
export async function dropOldReads(sql: Sql, keptDays: number): Promise<void> {
  await sql.query(`delete from ops.read_count where day < (now() at time zone 'UTC')::date - $1::int`, [
    keptDays,
  ]);
}

export interface ReadsOfDay {
  readonly day: CivilDay;
  /** Null without a key. */
  readonly keyId: string | null;
  /** Name of the key, or `open`. */
  readonly name: string;
  readonly reads: number;
}

/** Who read a dataset in the last days, including today; newest day first, then most reads first. */
export async function readsOf(sql: Sql, dataset: string, days: number): Promise<ReadsOfDay[]> {
  const { rows } = await sql.query<ReadsOfDay>(
    `select r.day, nullif(r.reader, $3) as "keyId", coalesce(k.name, r.reader) as name, r.reads
     from ops.read_count r
     left join ops.api_key k on k.id = r.reader
     where r.dataset = $1 and r.day > (now() at time zone 'UTC')::date - $2::int
     order by r.day desc, r.reads desc, name`,
    [dataset, days, OPEN_READER],
  );
  return rows;
}
