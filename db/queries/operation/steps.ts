/** Steps of workflows that have written. Temporal starts a step at least once; its row here makes it take effect once. */
import type { Sql } from '../../connection/client.ts';

/** A step of a run in Temporal, whichever attempt of it is at work. */
export interface Step {
  readonly runId: string;
  /** Its activity id, and what it writes of several things. */
  readonly step: string;
}

/**
 * Claims a step in the transaction that writes what it is to write. Waits for the end of another attempt that has claimed it.
 * @returns false when another attempt has written: then nothing may be written.
 */
export async function claimStep(sql: Sql, { runId, step }: Step): Promise<boolean> {
  const { rowCount } = await sql.query(
    'insert into ops.step (run_id, step) values ($1, $2) on conflict do nothing',
    [runId, step],
  );
  return rowCount === 1;
}

/** Records the result of a claimed step, in the same transaction. @param result JSON */
export async function noteStepResult(sql: Sql, { runId, step }: Step, result: unknown): Promise<void> {
  await sql.query('update ops.step set result = $3 where run_id = $1 and step = $2', [
    ...[runId, step, JSON.stringify(result ?? null)],
  ]);
}

/** The result of a step that has written; undefined when none has. */
export async function stepResult<T>(
  sql: Sql,
  { runId, step }: Step,
): Promise<{ readonly result: T } | undefined> {
  const { rows } = await sql.query<{ result: T }>(
    'select result from ops.step where run_id = $1 and step = $2',
    [runId, step],
  );
  return rows[0];
}

/** Deletes steps that were done long ago: none of their attempts can still be at work. */
export async function dropOldSteps(sql: Sql, keepDays: number): Promise<void> {
  await sql.query('delete from ops.step where done_at < clock_timestamp() - make_interval(days => $1)', [
    keepDays,
  ]);
}
