/** The Temporal run an activity works for, and how its outcome is told. */
import { Context } from '@temporalio/activity';
import type { Sql } from '../db/connection/client.ts';
import type { LedgerRow } from '../db/queries/days/ledger.ts';
import { runBefore } from '../db/queries/days/runs.ts';
import { describeDay } from '../domain/days/outcome.ts';
import type { CivilDay } from '../domain/time/civil-day.ts';
import type { DayOutcome } from '../domain/workflow/messages.ts';

/** Workflow id and run id of the running activity. */
export function thisRun(): { workflowId: string; runId: string } {
  const run = Context.current().info.workflowExecution;
  if (!run) throw new Error('this activity was not started by a workflow');
  return { workflowId: run.workflowId, runId: run.runId };
}

/** What a ledger row and the points just written amount to, as workflows hand it on. */
export function outcomeOf(
  row: LedgerRow,
  moved: { newPoints: number; revisedPoints: number; nulledPoints: number } = NOTHING,
): DayOutcome {
  const { dataset, day, state, expectedPoints, presentPoints, quarantinedPoints, revision } = row;
  const figures = { day, state, expectedPoints, presentPoints, quarantinedPoints };
  const { newPoints, revisedPoints, nulledPoints } = moved;
  const summary = describeDay({ ...figures, newPoints, revisedPoints, nulledPoints });
  return {
    dataset,
    ...figures,
    revision,
    newPoints,
    revisedPoints,
    nulledPoints,
    summary,
    pollAgainInMs: null,
  };
}

/** The run of the day before the running one, where there is one. */
export async function earlierRun(
  sql: Sql,
  dataset: string,
  day: CivilDay,
): Promise<Pick<DayOutcome, 'runBefore'>> {
  const found = await runBefore(sql, dataset, day, thisRun().runId);
  if (!found) return {};
  const { workflowId, runId, trigger, startedAt, outcome, error } = found;
  return { runBefore: { workflowId, runId, trigger, startedAt: startedAt.toISOString(), outcome, error } };
}

const NOTHING = { newPoints: 0, revisedPoints: 0, nulledPoints: 0 };
