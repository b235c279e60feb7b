/** What needs a person, as the database has it, and what Temporal has to be asked about. */
import type { Incident } from '../../../domain/notify/incident.ts';
import type { Sql } from '../../connection/client.ts';

/** Incidents of days, processes and backlogs, computed now (`ops.incident`). */
export async function storedIncidents(sql: Sql): Promise<Incident[]> {
  const { rows } = await sql.query<Incident>(
    'select cause, dataset, subject, days::text[], detail from ops.incident order by cause, dataset, subject',
  );
  return rows;
}

/**
 * Records that the schedule of a dataset has polled, unless it was disabled meanwhile.
 * @param nextDueMs when a live day of it is requested next, milliseconds since the epoch; Infinity: not by polling
 */
export async function notePoll(
  sql: Sql,
  dataset: string,
  nextDueMs = Number.POSITIVE_INFINITY,
): Promise<void> {
  const nextDueAt = Number.isFinite(nextDueMs) ? new Date(nextDueMs) : 'infinity';
  await sql.query(
    `insert into ops.poll (dataset, polled_at, next_due_at)
     select dataset, clock_timestamp(), $2 from ops.dataset where dataset = $1 and enabled
     on conflict (dataset) do update set polled_at = excluded.polled_at, next_due_at = excluded.next_due_at`,
    [dataset, nextDueAt],
  );
}

export interface PolledDataset {
  readonly dataset: string;
  readonly polledAt: Date;
  readonly secondsAgo: number;
}

/** When each enabled dataset was last polled; those never polled are left out. */
export async function lastPolls(sql: Sql): Promise<PolledDataset[]> {
  const { rows } = await sql.query<PolledDataset>(
    `select dataset, polled_at as "polledAt", extract(epoch from clock_timestamp() - polled_at)::float8 as "secondsAgo"
     from ops.poll join ops.dataset d using (dataset) where d.enabled order by dataset`,
  );
  return rows;
}

/** Loads and backfills that have not ended according to the database. */
export interface OpenRun {
  readonly cause: 'load_stopped' | 'backfill_stopped';
  readonly dataset: string;
  readonly workflowId: string;
  /** Why it stopped early, if it said so. */
  readonly stopped: string | null;
}

/** Those of enabled datasets in the last week without an end, and loads that were stopped. */
export async function openRuns(sql: Sql, limit: number): Promise<OpenRun[]> {
  const { rows } = await sql.query<OpenRun>(
    `select 'backfill_stopped' as cause, dataset, workflow_id as "workflowId", null as stopped
     from ops.backfill b join ops.dataset d using (dataset)
     where d.enabled and finished_at is null and planned_at > clock_timestamp() - interval '7 days'
       and not exists (select from ops.backfill n where n.workflow_id = b.workflow_id and n.id > b.id)
     union all
     select 'load_stopped', f.dataset, l.workflow_id, l.stopped
     from ops.load l join ops.file f on f.id = l.file_id join ops.dataset d on d.dataset = f.dataset
     where d.enabled and (l.finished_at is null or l.stopped is not null) and l.registered_at > clock_timestamp() - interval '7 days'
       and not exists (select from ops.load n where n.workflow_id = l.workflow_id and n.id > l.id)
     limit $1`,
    [limit],
  );
  return rows;
}

/** Ids of datasets of which only receivers are told that name them. */
export async function restrictedDatasets(sql: Sql): Promise<Set<string>> {
  const { rows } = await sql.query<{ dataset: string }>(
    `select dataset from ops.dataset where access_class = 'restricted'`,
  );
  return new Set(rows.map(({ dataset }) => dataset));
}
