/** Runs: every attempt at a delivery day, kept beyond Temporal's own retention. */

import type { DayState } from '../../../domain/days/ledger.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import type { Trigger } from '../../../domain/workflow/messages.ts';
import { onlyRow, type Sql } from '../../connection/client.ts';

export interface RunStart {
  readonly dataset: string;
  readonly day: CivilDay;
  readonly workflowId: string;
  readonly runId: string;
  readonly trigger: Trigger;
  readonly backfillId: string | null;
  readonly startedAt: Date;
}

/** Records the start of a run, once; returns its id. A repeated activity finds the existing row. */
export async function startRun(sql: Sql, run: RunStart): Promise<number> {
  const { rows } = await sql.query<{ id: number }>(
    `with made as (
       insert into ops.run (dataset, day, workflow_id, run_id, trigger, backfill_id, started_at)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (workflow_id, run_id) do nothing
       returning id
     )
     select id from made
     union all
     select id from ops.run where workflow_id = $3 and run_id = $4
     limit 1`,
    [run.dataset, run.day, run.workflowId, run.runId, run.trigger, run.backfillId, run.startedAt],
  );
  return onlyRow(rows).id;
}

export interface RunEnd {
  readonly workflowId: string;
  readonly runId: string;
  readonly finishedAt: Date;
  /** The state that the day was left in; null for a cancelled run of a day without a state. */
  readonly outcome: DayState | null;
  readonly error: string | null;
  readonly payloadId: number | null;
}

/** Records the outcome of a run. A run that waits for publication has several in turn; the last one stays. */
export async function finishRun(sql: Sql, end: RunEnd): Promise<void> {
  await sql.query(
    `update ops.run
     set finished_at = $3, outcome = $4, error = $5, payload_id = coalesce($6, payload_id)
     where workflow_id = $1 and run_id = $2`,
    [end.workflowId, end.runId, end.finishedAt, end.outcome, end.error, end.payloadId],
  );
}

/**
 * Whether a later run of the day has an outcome. Read it while holding the day's lock: then no other run can finish meanwhile.
 * @param failedAt decides for a run that ended before its start was recorded.
 */
export async function isOvertaken(
  sql: Sql,
  { dataset, day, workflowId, runId }: Pick<RunStart, 'dataset' | 'day' | 'workflowId' | 'runId'>,
  failedAt: Date,
): Promise<boolean> {
  const { rows } = await sql.query<{ isOvertaken: boolean }>(
    `with mine as (select id from ops.run where workflow_id = $3 and run_id = $4)
     select exists (
       select from ops.run later left join mine on true
       where later.dataset = $1 and later.day = $2 and later.outcome is not null
         and case when mine.id is null then later.started_at > $5 else later.id > mine.id end
     ) as "isOvertaken"`,
    [dataset, day, workflowId, runId, failedAt],
  );
  return onlyRow(rows).isOvertaken;
}

export interface RunFacts {
  readonly day: CivilDay;
  readonly workflowId: string;
  readonly runId: string;
  readonly trigger: Trigger;
  readonly backfillId: string | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  /** Null while it runs, if it was cancelled before anything was known, and if it ended without an outcome. */
  readonly outcome: DayState | null;
  readonly error: string | null;
}

const FACTS = `day, workflow_id as "workflowId", run_id as "runId", trigger, backfill_id as "backfillId",
  started_at as "startedAt", finished_at as "finishedAt", outcome, error`;

/** Runs of a day, newest first. @param limit null: all of them. */
export async function runsOfDay(
  sql: Sql,
  dataset: string,
  day: CivilDay,
  limit: number | null = null,
): Promise<RunFacts[]> {
  const { rows } = await sql.query<RunFacts>(
    `select ${FACTS} from ops.run where dataset = $1 and day = $2 order by started_at desc, id desc limit $3`,
    [dataset, day, limit],
  );
  return rows;
}

/** The latest run of each of the days that have one. */
export async function latestRuns(
  sql: Sql,
  dataset: string,
  days: readonly CivilDay[],
): Promise<Map<CivilDay, RunFacts>> {
  const { rows } = await sql.query<RunFacts>(
    `select distinct on (day) ${FACTS} from ops.run where dataset = $1 and day = any($2)
     order by day, started_at desc, id desc`,
    [dataset, days],
  );
  return new Map(rows.map((run) => [run.day, run]));
}

/** The run of a day that began before the given one; the latest if the given one was never recorded. */
export async function runBefore(
  sql: Sql,
  dataset: string,
  day: CivilDay,
  runId: string,
): Promise<RunFacts | undefined> {
  const { rows } = await sql.query<RunFacts>(
    `select ${FACTS} from ops.run r
     where dataset = $1 and day = $2
       and not exists (
         select from ops.run mine where mine.dataset = $1 and mine.day = $2 and mine.run_id = $3 and mine.id <= r.id
       )
     order by id desc limit 1`,
    [dataset, day, runId],
  );
  return rows[0];
}
