/** The system's health as seen in the database, as observations. One statement each. */
import { onlyRow, type Sql } from '../../connection/client.ts';

/**
 * Seconds since a worker was last seen, or did something; null when none ever did. A worker that shuts down properly removes itself, so the
 * last poll counts too.
 */
export async function workerSeenSeconds(sql: Sql): Promise<number | null> {
  const { rows } = await sql.query<{ seconds: number | null }>(
    `select extract(epoch from clock_timestamp() - greatest(max(seen_at), (select max(polled_at) from ops.poll)))::float8 as seconds
     from ops.process where kind = 'worker'`,
  );
  return onlyRow(rows).seconds;
}

/** Records that the schedule of a dataset has polled. */
export async function notePoll(sql: Sql, dataset: string): Promise<void> {
  await sql.query(
    `insert into ops.poll (dataset, polled_at) values ($1, clock_timestamp())
     on conflict (dataset) do update set polled_at = excluded.polled_at`,
    [dataset],
  );
}

export interface PolledDataset {
  readonly dataset: string;
  readonly polledAt: Date;
  readonly secondsAgo: number;
}

/** When each dataset was last polled; those never polled are left out. */
export async function lastPolls(sql: Sql): Promise<PolledDataset[]> {
  const { rows } = await sql.query<PolledDataset>(
    `select dataset, polled_at as "polledAt", extract(epoch from clock_timestamp() - polled_at)::float8 as "secondsAgo"
     from ops.poll order by dataset`,
  );
  return rows;
}

/** Inboxes in which a line has waited for longer than this, and how long the oldest has. */
export async function waitingInboxes(
  sql: Sql,
  longerThanSeconds: number,
): Promise<{ dataset: string; seconds: number }[]> {
  const { rows } = await sql.query<{ dataset: string; seconds: number }>(
    `select dataset, extract(epoch from clock_timestamp() - min(received_at))::int as seconds
     from ops.inbox group by dataset
     having min(received_at) < clock_timestamp() - make_interval(secs => $1)`,
    [longerThanSeconds],
  );
  return rows;
}

/** Erasures that have been unfinished for longer than this. */
export async function dueErasures(
  sql: Sql,
  longerThanHours: number,
): Promise<{ id: number; dataset: string; at: Date }[]> {
  const { rows } = await sql.query<{ id: number; dataset: string; at: Date }>(
    `select id, dataset, requested_at as at from ops.erasure
     where finished_at is null and not dry_run and requested_at < clock_timestamp() - make_interval(hours => $1)`,
    [longerThanHours],
  );
  return rows;
}

/** Loads and backfills that have not ended according to the database. */
export interface OpenRun {
  readonly kind: 'load_stopped' | 'backfill_stopped';
  readonly dataset: string;
  readonly workflowId: string;
  readonly runId: string;
  /** Why it stopped early, if it said so. */
  readonly stopped: string | null;
}

/** Those of the last week without an end, oldest first, and loads that were stopped. */
export async function openRuns(sql: Sql, limit: number): Promise<OpenRun[]> {
  const { rows } = await sql.query<OpenRun>(
    `select 'backfill_stopped' as kind, dataset, workflow_id as "workflowId", run_id as "runId", null as stopped
     from ops.backfill b
     where finished_at is null and planned_at > clock_timestamp() - interval '7 days'
       and not exists (select from ops.backfill n where n.workflow_id = b.workflow_id and n.id > b.id)
     union all
     select 'load_stopped', f.dataset, l.workflow_id, l.run_id, l.stopped
     from ops.load l join ops.file f on f.id = l.file_id
     where (l.finished_at is null or l.stopped is not null) and l.registered_at > clock_timestamp() - interval '7 days'
       and not exists (select from ops.load n where n.workflow_id = l.workflow_id and n.id > l.id)
     limit $1`,
    [limit],
  );
  return rows;
}

/** Ids of datasets whose events are sent only to subscriptions that name them. */
export async function restrictedDatasets(sql: Sql): Promise<Set<string>> {
  const { rows } = await sql.query<{ dataset: string }>(
    `select dataset from ops.dataset where access_class = 'restricted'`,
  );
  return new Set(rows.map(({ dataset }) => dataset));
}
