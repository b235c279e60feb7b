/** Events for notifications. Their ids are cursors, because only one session at a time adds to them. */
import type { EventKind, NewEvent, NotifyEvent } from '../../../domain/notify/event.ts';
import type { Sql } from '../../connection/client.ts';

const COLUMNS = `id, key, kind, phase, severity, dataset, day, happened_at as "happenedAt",
  largest_difference as "largestDifference", largest_relative as "largestRelative", summary, details`;

/** Waits for other sessions that add events, and blocks them until the transaction ends. */
export async function lockEvents(sql: Sql): Promise<void> {
  await sql.query(`select pg_advisory_xact_lock(hashtextextended('tidemark.events', 0))`);
}

/** Adds an event while holding the lock. @returns undefined when it exists already. */
export async function insertEvent(
  sql: Sql,
  event: NewEvent,
  incidentId: number | null,
): Promise<NotifyEvent | undefined> {
  const { rows } = await sql.query<NotifyEvent>(
    `insert into ops.event (key, kind, phase, severity, dataset, day, happened_at, incident_id, largest_difference,
       largest_relative, summary, details)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
     on conflict (key) do nothing
     returning ${COLUMNS}`,
    [
      ...[
        event.key,
        event.kind,
        event.phase,
        event.severity,
        event.dataset,
        event.day,
        event.happenedAt,
        incidentId,
      ],
      ...[event.largestDifference, event.largestRelative, event.summary, JSON.stringify(event.details)],
    ],
  );
  return rows[0];
}

/** Events by id, ascending. */
export async function eventsById(sql: Sql, ids: readonly number[]): Promise<NotifyEvent[]> {
  const { rows } = await sql.query<NotifyEvent>(
    `select ${COLUMNS} from ops.event where id = any($1) order by id`,
    [ids],
  );
  return rows;
}

export interface EventQuestion {
  readonly since: number;
  /** Datasets whose events may be read; null: all. Events of the system are always included. */
  readonly datasets: readonly string[] | null;
  readonly kinds: readonly EventKind[] | null;
  readonly limit: number;
}

/** Events after a cursor, oldest first. */
export async function eventsSince(
  sql: Sql,
  { since, datasets, kinds, limit }: EventQuestion,
): Promise<NotifyEvent[]> {
  const { rows } = await sql.query<NotifyEvent>(
    `select ${COLUMNS} from ops.event
     where id > $1 and ($2::text[] is null or dataset is null or dataset = any($2))
       and ($3::text[] is null or kind = any($3))
     order by id limit $4`,
    [since, datasets, kinds, limit],
  );
  return rows;
}

/** Deletes old events that are in no message. */
export async function dropOldEvents(sql: Sql, keepDays: number): Promise<void> {
  await sql.query(
    `delete from ops.event e
     where happened_at < clock_timestamp() - make_interval(days => $1)
       and not exists (select from ops.message m where m.state <> 'sent' and e.id = any(m.events))`,
    [keepDays],
  );
}
