/**
 * The change feed: one row per payload or decision that changed a day, and per correction of published data. Values and versions refer to
 * their change by id. Cursors and instants are assigned at commit, by the database (`ops.stamp_changes`), so that they become visible in
 * their own order: a reader that resumes from a cursor never misses a row.
 */
import { type Epoch, epochOf, type FeedEnd } from '../../../domain/days/epoch.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';

/**
 * - `published`: points that were not there before
 * - `revised`: changed values
 * - `corrected`: stored bytes are read differently, by another decoder: this changes the past too
 * - `erased`: lines of a person were removed, from the past too
 * - `dropped`: retention dropped the day
 */
export const CHANGE_KINDS = ['published', 'revised', 'corrected', 'erased', 'dropped'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

export interface Change {
  /** Ascending in the order of a day's changes. */
  readonly id: number;
  readonly dataset: string;
  readonly day: CivilDay;
  /** Null for a correction of a whole day. */
  readonly payloadId: number | null;
  readonly kind: ChangeKind;
  readonly newPoints: number;
  readonly revisedPoints: number;
  readonly nulledPoints: number;
  readonly largestDifference: number | null;
}

/** A change as readers see it. */
export interface StampedChange extends Change {
  readonly cursor: number;
  /** Since when its content can be read. */
  readonly knownAt: Date;
}

/** The same without what only the fold needs. */
export type FeedChange = Omit<StampedChange, 'id'>;

/** Ids for future changes, ascending. Call it while holding the lock of the day. */
export async function nextChangeIds(sql: Sql, count: number): Promise<number[]> {
  if (count === 0) return [];
  const { rows } = await sql.query<{ id: number }>('select id from ops.next_change_ids($1) as id', [count]);
  return rows.map(({ id }) => id);
}

/**
 * Appends changes, or recounts existing ones; a change keeps its instant.
 * @param known ids of changes without a row because they changed nothing at first, but do by today's reading of their bytes: they count as
 * known since their bytes arrived, in the order of the day's changes.
 */
export async function appendChanges(
  sql: Sql,
  changes: readonly Change[],
  known: ReadonlySet<number> = new Set(),
): Promise<void> {
  if (changes.length === 0) return;
  await sql.query(
    `insert into ops.change as there (
       id, dataset, day, payload_id, kind, new_points, revised_points, nulled_points, largest_difference, known_at)
     select c.id, c.dataset, c.day, c.payload_id, c.kind, c.new_points, c.revised_points, c.nulled_points, c.largest_difference,
       case when c.known then (
         select least(
           p.fetched_at, k.settled_at,
           (select min(n.known_at) from ops.change n where n.dataset = c.dataset and n.day = c.day and n.id > c.id))
         from ops.payload p, ops.clock k where p.id = c.payload_id) end
     from unnest(
       $1::bigint[], $2::text[], $3::date[], $4::bigint[], $5::text[], $6::int[], $7::int[], $8::int[], $9::float8[], $10::bool[]
     ) as c(id, dataset, day, payload_id, kind, new_points, revised_points, nulled_points, largest_difference, known)
     on conflict (id) do update set
       kind = excluded.kind, new_points = excluded.new_points, revised_points = excluded.revised_points,
       nulled_points = excluded.nulled_points, largest_difference = excluded.largest_difference`,
    [
      changes.map(({ id }) => id),
      changes.map(({ dataset }) => dataset),
      changes.map(({ day }) => day),
      changes.map(({ payloadId }) => payloadId),
      changes.map(({ kind }) => kind),
      changes.map(({ newPoints }) => newPoints),
      changes.map(({ revisedPoints }) => revisedPoints),
      changes.map(({ nulledPoints }) => nulledPoints),
      changes.map(({ largestDifference }) => largestDifference),
      changes.map(({ id }) => known.has(id)),
    ],
  );
}

/** The changes of a day, oldest first. */
export async function changesOfDay(sql: Sql, dataset: string, day: CivilDay): Promise<StampedChange[]> {
  const { rows } = await sql.query<StampedChange>(
    `select ${COLUMNS} from ops.change where dataset = $1 and day = $2 order by cursor`,
    [dataset, day],
  );
  return rows;
}

/**
 * The changes that a day's payloads and decisions made, oldest first: to the day, and to others that they took records from. Those that
 * payloads of others made to the day are not among them.
 */
export async function changesByDay(sql: Sql, dataset: string, day: CivilDay): Promise<StampedChange[]> {
  const { rows } = await sql.query<StampedChange>(
    `select ${COLUMNS} from ops.change c
     where dataset = $1 and day = $2
       and not exists (select from ops.payload p where p.id = c.payload_id and p.day <> c.day)
     union all
     select ${COLUMNS} from ops.change c
     where dataset = $1 and day <> $2
       and payload_id in (select p.id from ops.payload p where p.dataset = $1 and p.day = $2)
     order by cursor`,
    [dataset, day],
  );
  return rows;
}

export interface Loss {
  readonly changeId: number;
  /** When the bytes came. */
  readonly at: Date;
}

/** The changes by which payloads of other days took records from a day, in order. */
export async function lossesOfDay(sql: Sql, dataset: string, day: CivilDay): Promise<Loss[]> {
  const { rows } = await sql.query<Loss>(
    `select c.id as "changeId", p.fetched_at as at
     from ops.change c join ops.payload p on p.id = c.payload_id and p.day <> c.day
     where c.dataset = $1 and c.day = $2 and c.nulled_points > 0
     order by c.id`,
    [dataset, day],
  );
  return rows;
}

/** Changes after a cursor, oldest first. Resuming from the last cursor read never misses one. */
export async function changesSince(
  sql: Sql,
  { since, dataset, limit }: { since: number; dataset: string | null; limit: number },
): Promise<FeedChange[]> {
  const { rows } = await sql.query<FeedChange>(
    `select ${FEED} from ops.change
     where cursor > $1 and ($2::text is null or dataset = $2)
     order by cursor limit $3`,
    [since, dataset, limit],
  );
  return rows;
}

export interface FeedPage {
  /** Oldest first. */
  readonly changes: readonly FeedChange[];
  /** Everything up to this cursor was read: a reader continues from here. */
  readonly readTo: number;
  /** The end of the feed when it was read. */
  readonly end: number;
}

/**
 * Changes of some datasets after a cursor. One statement, so that the end of the feed matches its rows: a reader that continues from
 * `readTo` misses nothing, even if there was no change of these datasets.
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
  const { rows } = await sql.query<Omit<FeedChange, 'cursor'> & { cursor: number | null; end: number }>(
    `select c.*, k.cursor as end
     from ops.clock k
     left join lateral (
       select ${FEED} from ops.change
       where cursor > $1 and cursor <= k.cursor and dataset = any($2)
         and ($4::timestamptz is null or known_at >= $4)
       order by cursor limit $3
     ) c on true
     order by c.cursor`,
    [since, datasets, limit, knownFrom],
  );
  const end = rows[0]?.end ?? 0;
  const changes = rows.flatMap(({ end: _, cursor, ...row }) => (cursor === null ? [] : [{ ...row, cursor }]));
  const readTo = changes.length < limit ? end : (changes.at(-1)?.cursor ?? end);
  return { changes, readTo: Math.max(since, readTo), end };
}

/** The end of the feed in the epoch of a cursor. A reader with a later cursor has read what this database does not have. */
export async function feedEndOf(sql: Sql, since: number): Promise<FeedEnd> {
  const { rows } = await sql.query<Epoch>(
    `select number, began_at as "beganAt", ended_cursor as "endedCursor", known_to as "knownTo" from ops.epoch where number = $1`,
    [epochOf(since) + 1],
  );
  const [followedBy] = rows;
  return { cursor: followedBy ? followedBy.endedCursor : await lastCursor(sql), followedBy };
}

/** The highest cursor ever assigned. */
export async function lastCursor(sql: Sql): Promise<number> {
  const { rows } = await sql.query<{ cursor: number }>('select cursor from ops.clock');
  return onlyRow(rows).cursor;
}

/** How far the settled instant is ahead of the database's clock, seconds: negative, unless that clock was set back. */
export async function settledAheadSeconds(sql: Sql): Promise<number> {
  const { rows } = await sql.query<{ seconds: number }>(
    'select extract(epoch from settled_at - clock_timestamp())::float8 as seconds from ops.clock',
  );
  return onlyRow(rows).seconds;
}

const FEED = `cursor, dataset, day, payload_id as "payloadId", kind, new_points as "newPoints",
  revised_points as "revisedPoints", nulled_points as "nulledPoints", largest_difference as "largestDifference",
  known_at as "knownAt"`;

const COLUMNS = `id, ${FEED}`;
