/**
 * The change feed: one row per payload that moved a day. The counter's row lock is held until commit, so that cursors
 * become visible in their own order: a reader that resumes from a cursor never misses a row.
 */
import type { CivilDay } from '../../domain/civil-day.ts';
import { onlyRow, type Sql } from '../client.ts';

export interface Change {
  readonly dataset: string;
  readonly day: CivilDay;
  readonly payloadId: number;
  /** `published`: points that were not there before · `revised`: values that were there are others now. */
  readonly kind: 'published' | 'revised';
  readonly newPoints: number;
  readonly revisedPoints: number;
  readonly nulledPoints: number;
  readonly largestDifference: number | null;
  readonly knownAt: Date;
}

/** Appends changes in the given order. Call it late in a transaction: it makes other writers wait until commit. */
export async function appendChanges(sql: Sql, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return;
  await sql.query(
    `with counter as (update ops.change_cursor set last = last + $1 returning last - $1 as before)
     insert into ops.change (
       cursor, dataset, day, payload_id, kind, new_points, revised_points, nulled_points, largest_difference, known_at)
     select counter.before + c.position, c.dataset, c.day, c.payload_id, c.kind, c.new_points, c.revised_points,
       c.nulled_points, c.largest_difference, c.known_at
     from counter, unnest(
       $2::text[], $3::date[], $4::bigint[], $5::text[], $6::int[], $7::int[], $8::int[], $9::float8[], $10::timestamptz[]
     ) with ordinality as c(
       dataset, day, payload_id, kind, new_points, revised_points, nulled_points, largest_difference, known_at, position)`,
    [
      changes.length,
      changes.map(({ dataset }) => dataset),
      changes.map(({ day }) => day),
      changes.map(({ payloadId }) => payloadId),
      changes.map(({ kind }) => kind),
      changes.map(({ newPoints }) => newPoints),
      changes.map(({ revisedPoints }) => revisedPoints),
      changes.map(({ nulledPoints }) => nulledPoints),
      changes.map(({ largestDifference }) => largestDifference),
      changes.map(({ knownAt }) => knownAt),
    ],
  );
}

/** The changes of a day, oldest first. */
export async function changesOfDay(
  sql: Sql,
  dataset: string,
  day: CivilDay,
): Promise<(Change & { cursor: number })[]> {
  const { rows } = await sql.query<Change & { cursor: number }>(
    `select ${COLUMNS} from ops.change where dataset = $1 and day = $2 order by cursor`,
    [dataset, day],
  );
  return rows;
}

/** Changes after a cursor, oldest first. Resuming from the last cursor read never misses one. */
export async function changesSince(
  sql: Sql,
  { since, dataset, limit }: { since: number; dataset: string | null; limit: number },
): Promise<(Change & { cursor: number })[]> {
  const { rows } = await sql.query<Change & { cursor: number }>(
    `select ${COLUMNS} from ops.change
     where cursor > $1 and ($2::text is null or dataset = $2)
     order by cursor limit $3`,
    [since, dataset, limit],
  );
  return rows;
}

export interface FeedPage {
  /** Oldest first. */
  readonly changes: readonly (Change & { cursor: number })[];
  /** Everything up to this cursor has been looked at: a reader goes on from here. */
  readonly lookedAt: number;
  /** The end of the feed when it was read. */
  readonly end: number;
}

/**
 * Changes of some datasets after a cursor. One statement, so that the end of the feed is that of the rows it shows: whoever
 * goes on from `lookedAt` misses nothing, though it had no change of these datasets.
 */
export async function feedPage(
  sql: Sql,
  {
    since,
    datasets,
    limit,
    knownFrom = null,
  }: {
    readonly since: number;
    readonly datasets: readonly string[];
    readonly limit: number;
    /** Only what became known at this instant or later; null: whenever. */
    readonly knownFrom?: Date | null;
  },
): Promise<FeedPage> {
  const { rows } = await sql.query<Change & { cursor: number | null; end: number }>(
    `select c.*, k.last as end
     from ops.change_cursor k
     left join lateral (
       select ${COLUMNS} from ops.change
       where cursor > $1 and cursor <= k.last and dataset = any($2)
         and ($4::timestamptz is null or known_at >= $4)
       order by cursor limit $3
     ) c on true
     order by c.cursor`,
    [since, datasets, limit, knownFrom],
  );
  const end = rows[0]?.end ?? 0;
  const changes = rows.flatMap(({ end: _, cursor, ...row }) => (cursor === null ? [] : [{ ...row, cursor }]));
  const lookedAt = changes.length < limit ? end : (changes.at(-1)?.cursor ?? end);
  return { changes, lookedAt: Math.max(since, lookedAt), end };
}

/** The highest cursor that was ever given out. */
export async function lastCursor(sql: Sql): Promise<number> {
  const { rows } = await sql.query<{ last: number }>('select last from ops.change_cursor');
  return onlyRow(rows).last;
}

/** Takes changes back that folding a day again did not confirm. */
export async function deleteChanges(sql: Sql, cursors: readonly number[]): Promise<void> {
  await sql.query('delete from ops.change where cursor = any($1)', [cursors]);
}

const COLUMNS = `cursor, dataset, day, payload_id as "payloadId", kind, new_points as "newPoints",
  revised_points as "revisedPoints", nulled_points as "nulledPoints", largest_difference as "largestDifference",
  known_at as "knownAt"`;
