/** The ledger: one row per dataset and delivery day, written in the transaction that causes it. */

import { DAY_STATES, type DayState, isFine } from '../../../domain/days/ledger.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';

export interface LedgerRow {
  readonly dataset: string;
  readonly day: CivilDay;
  readonly state: DayState;
  readonly expectedPoints: number;
  readonly presentPoints: number;
  readonly quarantinedPoints: number;
  readonly revision: number;
  readonly firstPublishedAt: Date | null;
  readonly completedAt: Date | null;
  readonly lastChangedAt: Date | null;
  readonly lastCheckedAt: Date | null;
  readonly payloadId: number | null;
  readonly workflowId: string | null;
  readonly runId: string | null;
  readonly error: string | null;
  /** Of a day in progress: when it is partial if points are still missing; null in every other state. */
  readonly dueAt: Date | null;
  /** How many points of a day in progress were due when it was last looked at. */
  readonly duePoints: number | null;
  /** When retention dropped the values of the day; absent while they exist. */
  readonly droppedAt?: Date | null;
}

const COLUMNS = `dataset, day, state, expected_points as "expectedPoints", present_points as "presentPoints",
  quarantined_points as "quarantinedPoints", revision, first_published_at as "firstPublishedAt",
  completed_at as "completedAt", last_changed_at as "lastChangedAt", last_checked_at as "lastCheckedAt",
  payload_id as "payloadId", workflow_id as "workflowId", run_id as "runId", error, dropped_at as "droppedAt",
  due_at as "dueAt", due_points as "duePoints"`;

/** Blocks every other writer of this day until the transaction ends: one writer per day, whatever started it. */
export async function lockDay(sql: Sql, dataset: string, day: CivilDay): Promise<void> {
  await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `tidemark.day ${dataset} ${day}`,
  ]);
}

/** The ledger row of a day, if it has one. */
export async function readLedger(sql: Sql, dataset: string, day: CivilDay): Promise<LedgerRow | undefined> {
  const { rows } = await sql.query<LedgerRow>(
    `select ${COLUMNS} from ops.delivery_day where dataset = $1 and day = $2`,
    [dataset, day],
  );
  return rows[0];
}

/** The ledger's rows of a range of days, both ends included, ascending. */
export async function ledgerRange(
  sql: Sql,
  dataset: string,
  from: CivilDay,
  to: CivilDay,
): Promise<LedgerRow[]> {
  const { rows } = await sql.query<LedgerRow>(
    `select ${COLUMNS} from ops.delivery_day where dataset = $1 and day between $2 and $3 order by day`,
    [dataset, from, to],
  );
  return rows;
}

/** Whether the ledger has a day before this one. */
export async function hasDaysBefore(sql: Sql, dataset: string, day: CivilDay): Promise<boolean> {
  const { rows } = await sql.query('select from ops.delivery_day where dataset = $1 and day < $2 limit 1', [
    dataset,
    day,
  ]);
  return rows.length > 0;
}

/** Selects days that need attention. Null selects everything. */
export interface NotFineQuestion {
  readonly from: CivilDay | null;
  readonly to: CivilDay | null;
  readonly limit: number | null;
}

/** Days that are in a state that is not fine, or whose last attempt failed; newest first. */
export async function daysNotFine(
  sql: Sql,
  dataset: string,
  { from, to, limit }: NotFineQuestion,
): Promise<LedgerRow[]> {
  const { rows } = await sql.query<LedgerRow>(
    `select ${COLUMNS} from ops.delivery_day
     where dataset = $1 and ($2::date is null or day >= $2) and ($3::date is null or day <= $3)
       and (state = any($4) or error is not null)
     order by day desc limit $5`,
    [dataset, from, to, DAY_STATES.filter((state) => !isFine(state)), limit],
  );
  return rows;
}

/** Writes a day's row, new or not; clears the mark of retention. The caller checks that the transition is legal (domain/days/ledger.ts). */
export async function writeLedger(sql: Sql, row: LedgerRow): Promise<void> {
  await sql.query(
    `insert into ops.delivery_day (
       dataset, day, state, expected_points, present_points, quarantined_points, revision, first_published_at,
       completed_at, last_changed_at, last_checked_at, payload_id, workflow_id, run_id, error, due_at, due_points)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
     on conflict (dataset, day) do update set
       state = excluded.state, expected_points = excluded.expected_points, present_points = excluded.present_points,
       quarantined_points = excluded.quarantined_points, revision = excluded.revision,
       first_published_at = excluded.first_published_at, completed_at = excluded.completed_at,
       last_changed_at = excluded.last_changed_at, last_checked_at = excluded.last_checked_at,
       payload_id = excluded.payload_id, workflow_id = excluded.workflow_id, run_id = excluded.run_id,
       error = excluded.error, due_at = excluded.due_at, due_points = excluded.due_points, dropped_at = null`,
    [
      row.dataset,
      row.day,
      row.state,
      row.expectedPoints,
      row.presentPoints,
      row.quarantinedPoints,
      row.revision,
      row.firstPublishedAt,
      row.completedAt,
      row.lastChangedAt,
      row.lastCheckedAt,
      row.payloadId,
      row.workflowId,
      row.runId,
      row.error,
      row.dueAt,
      row.duePoints,
    ],
  );
}

/** Counts in the ledger what changes took from days whose payloads did not bring them. */
export async function writeLosses(sql: Sql, changes: readonly number[]): Promise<void> {
  if (changes.length === 0) return;
  await sql.query(
    `update ops.delivery_day d set
       expected_points = d.expected_points - lost.points, present_points = d.present_points - lost.points,
       revision = d.revision + lost.changes, last_changed_at = greatest(d.last_changed_at, lost.at)
     from (
       select c.dataset, c.day, sum(c.nulled_points)::int as points, count(*)::int as changes, max(p.fetched_at) as at
       from ops.change c join ops.payload p on p.id = c.payload_id
       where c.id = any($1) group by c.dataset, c.day) lost
     where d.dataset = lost.dataset and d.day = lost.day`,
    [changes],
  );
}

/** The last day of the ledger that has points; null before the first. */
export async function lastDayWithPoints(sql: Sql, dataset: string): Promise<CivilDay | null> {
  const { rows } = await sql.query<{ day: CivilDay | null }>(
    'select max(day) as day from ops.delivery_day where dataset = $1 and present_points > 0 and dropped_at is null',
    [dataset],
  );
  return onlyRow(rows).day;
}

export interface RequestedDay {
  readonly day: CivilDay;
  readonly state: DayState;
  /** When the source was last requested for the day, whether or not it answered; null when never. */
  readonly lastRequestedAt: Date | null;
}

/** What polling needs to know of a range of days. Where the last attempt did not fail, the ledger knows when it was. */
export async function requestedDays(
  sql: Sql,
  dataset: string,
  from: CivilDay,
  to: CivilDay,
): Promise<RequestedDay[]> {
  const { rows } = await sql.query<RequestedDay>(
    `select d.day, d.state, greatest(d.last_checked_at, r.last_started_at) as "lastRequestedAt"
     from ops.delivery_day d
     left join lateral (
       select max(coalesce(finished_at, started_at)) as last_started_at
       from ops.run r where d.error is not null and r.dataset = d.dataset and r.day = d.day
     ) r on true
     where d.dataset = $1 and d.day between $2 and $3
     order by d.day`,
    [dataset, from, to],
  );
  return rows;
}
