/** Backfills: what is known of a range when one is planned, the plan, and the outcome. */
import type {
  Action,
  BackfillInput,
  PlannedDay,
  PlanSummary,
  Reason,
} from '../../../domain/backfill/backfill.ts';
import type { KnownDay } from '../../../domain/backfill/backfill-plan.ts';
import type { DayState } from '../../../domain/days/ledger.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import type { Sql } from '../../connection/client.ts';

/** What planning needs to know of a range of days. */
export async function knownDays(
  sql: Sql,
  { dataset, from, to }: { readonly dataset: string; readonly from: CivilDay; readonly to: CivilDay },
): Promise<KnownDay[]> {
  const { rows } = await sql.query<KnownDay>(
    `select d.day, d.state, d.expected_points as "expectedPoints", d.present_points as "presentPoints",
       d.last_checked_at as "lastCheckedAt", d.last_changed_at as "lastChangedAt",
       greatest(d.last_checked_at, r.at) as "lastRequestedAt", p.decoder_version as "decoderVersion"
     from ops.delivery_day d
     left join (
       select day, min(decoder_version) as decoder_version
       from ops.payload where dataset = $1 and day between $2 and $3 group by day
     ) p using (day)
     left join (
       select day, max(coalesce(finished_at, started_at)) as at
       from ops.run where dataset = $1 and day between $2 and $3 group by day
     ) r using (day)
     where d.dataset = $1 and d.day between $2 and $3`,
    [dataset, from, to],
  );
  return rows;
}

/** A run of a backfill in Temporal: the first of its chain. */
export interface BackfillRun {
  readonly workflowId: string;
  readonly runId: string;
}

/** Stores a plan. A repeated step does not replace it: the first plan stays. */
export async function insertBackfill(
  sql: Sql,
  run: BackfillRun,
  { dataset, from, to, ...options }: BackfillInput,
  { requests, minutes, rows }: PlanSummary,
  plannedAt: Date,
): Promise<number | undefined> {
  const { rows: made } = await sql.query<{ id: number }>(
    `insert into ops.backfill (
       workflow_id, run_id, dataset, from_day, to_day, input, planned_at, requests, quota_minutes, rows)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     on conflict (workflow_id, run_id) do nothing
     returning id`,
    [run.workflowId, run.runId, dataset, from, to, options, plannedAt, requests, minutes, rows],
  );
  return made[0]?.id;
}

/** Stores the days of a plan. */
export async function insertPlannedDays(
  sql: Sql,
  backfill: number,
  days: readonly PlannedDay[],
): Promise<void> {
  const column = <K extends keyof PlannedDay>(name: K) => days.map((day) => day[name]);
  await sql.query(
    `insert into ops.backfill_day (backfill_id, day, state, reason, action)
     select $1, day, state, reason, action
     from unnest($2::date[], $3::text[], $4::text[], $5::text[]) as planned (day, state, reason, action)`,
    [backfill, column('day'), column('state'), column('reason'), column('action')],
  );
}

/** The result of a day: outcome (null if it was never started) and error. */
export interface DayResult {
  readonly day: CivilDay;
  readonly outcome: DayState | null;
  readonly note: string | null;
}

/** The range of the last backfill of what polling had missed, if that has not ended: it may be paused, or have been terminated. */
export async function unfinishedCatchUp(
  sql: Sql,
  dataset: string,
): Promise<{ readonly from: CivilDay; readonly to: CivilDay } | undefined> {
  const { rows } = await sql.query<{ from: CivilDay; to: CivilDay; finishedAt: Date | null }>(
    `select from_day as from, to_day as to, finished_at as "finishedAt" from ops.backfill
     where dataset = $1 and input ->> 'days' = 'missed' order by planned_at desc, id desc limit 1`,
    [dataset],
  );
  const [last] = rows;
  return last && last.finishedAt === null ? { from: last.from, to: last.to } : undefined;
}

/** Writes the outcome next to the plan. @returns undefined when the plan is missing: the database was restored from an older backup. */
export async function finishBackfill(
  sql: Sql,
  { workflowId, runId }: BackfillRun,
  {
    summary,
    rows,
    finishedAt,
  }: { readonly summary: string; readonly rows: number; readonly finishedAt: Date },
): Promise<number | undefined> {
  const { rows: found } = await sql.query<{ id: number }>(
    `update ops.backfill set finished_at = $3, summary = $4, rows_written = $5
     where workflow_id = $1 and run_id = $2
     returning id`,
    [workflowId, runId, finishedAt, summary, rows],
  );
  return found[0]?.id;
}

/** Writes the result of each day. */
export async function finishPlannedDays(
  sql: Sql,
  backfill: number,
  results: readonly DayResult[],
): Promise<void> {
  await sql.query(
    `update ops.backfill_day planned set outcome = result.outcome, note = result.note
     from unnest($2::date[], $3::text[], $4::text[]) as result (day, outcome, note)
     where planned.backfill_id = $1 and planned.day = result.day and planned.action <> 'skip'`,
    [
      backfill,
      results.map(({ day }) => day),
      results.map(({ outcome }) => outcome),
      results.map(({ note }) => note),
    ],
  );
}

/** A backfill as it was planned and as it ended. */
export interface StoredBackfill {
  readonly id: number;
  readonly workflowId: string;
  readonly runId: string;
  readonly dataset: string;
  readonly from: CivilDay;
  readonly to: CivilDay;
  readonly input: Readonly<Record<string, unknown>>;
  readonly plannedAt: Date;
  readonly requests: number;
  readonly minutes: number;
  readonly rows: number;
  readonly plannedDays: number;
  readonly doneDays: number;
  readonly finishedAt: Date | null;
  readonly rowsWritten: number | null;
  readonly summary: string | null;
  /** No later one has its workflow id. */
  readonly isNewest: boolean;
}

/** Which backfills; omitted fields do not filter. */
export interface BackfillFilter {
  readonly workflowId?: string;
  readonly datasets?: readonly string[];
  /** Planned before the backfill with this id. */
  readonly before?: number;
  readonly limit: number;
}

/** Backfills, newest first. */
export async function listBackfills(
  sql: Sql,
  { workflowId, datasets, before, limit }: BackfillFilter,
): Promise<StoredBackfill[]> {
  const { rows } = await sql.query<StoredBackfill>(
    `select b.id, b.workflow_id as "workflowId", b.run_id as "runId", b.dataset, b.from_day as from, b.to_day as to,
       b.input, b.planned_at as "plannedAt", b.requests, b.quota_minutes as minutes, b.rows,
       count(d.day) filter (where d.action <> 'skip') as "plannedDays", count(d.outcome) as "doneDays",
       b.finished_at as "finishedAt", b.rows_written as "rowsWritten", b.summary,
       not exists (
         select from ops.backfill later where later.workflow_id = b.workflow_id and later.id > b.id
       ) as "isNewest"
     from ops.backfill b
     left join ops.backfill_day d on d.backfill_id = b.id
     where ($1::text is null or b.workflow_id = $1) and ($2::text[] is null or b.dataset = any($2))
       and ($3::int8 is null or b.id < $3)
     group by b.id
     order by b.id desc
     limit $4`,
    [workflowId ?? null, datasets ?? null, before ?? null, limit],
  );
  return rows;
}

/** A day as planned, with its result. */
export interface StoredDay {
  readonly day: CivilDay;
  readonly state: DayState | null;
  readonly reason: Reason;
  readonly action: Action;
  readonly outcome: DayState | null;
  readonly note: string | null;
}

/** The days of a backfill's plan, ascending. */
export async function daysOfBackfill(sql: Sql, backfill: number): Promise<StoredDay[]> {
  const { rows } = await sql.query<StoredDay>(
    `select day, state, reason, action, outcome, note from ops.backfill_day where backfill_id = $1 order by day`,
    [backfill],
  );
  return rows;
}
