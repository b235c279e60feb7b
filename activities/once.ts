/**
 * What a step of a workflow writes takes effect once. Temporal starts a step again when it misses its worker, which may only have stood
 * still and goes on later: in the transaction that writes, each attempt first claims the step, and one that comes too late writes nothing.
 */
import { Context } from '@temporalio/activity';
import { type Database, type Sql, transaction } from '../db/connection/client.ts';
import { claimStep, noteStepResult, type Step, stepResult } from '../db/queries/operation/steps.ts';
import { thisRun } from './this-run.ts';

/**
 * Runs `work` in one transaction, unless another attempt of this step has committed it: then that attempt's result is returned.
 * @param work returns JSON.
 * @param part what it writes, where the step has several transactions.
 */
export async function once<T>(
  database: Database,
  work: (sql: Sql) => Promise<T>,
  part: string | null = null,
): Promise<T> {
  const step = thisStep(part);
  return await transaction(database, async (sql) => {
    if (!(await claimStep(sql, step))) return (await stepResult<T>(sql, step))?.result as T;
    const result = await work(sql);
    await noteStepResult(sql, step, result);
    return result;
  });
}

/** The result of an earlier attempt that has committed and could not report back; undefined when there is none. */
export async function resultOfEarlier<T>(database: Database): Promise<T | undefined> {
  if (Context.current().info.attempt === 1) return undefined;
  return (await stepResult<T>(database, thisStep(null)))?.result;
}

function thisStep(part: string | null): Step {
  const { activityId } = Context.current().info;
  return { runId: thisRun().runId, step: part === null ? activityId : `${activityId} ${part}` };
}
