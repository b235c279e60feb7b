/** The Temporal run that an activity works for, and how its outcome is reported. */
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

/** A ledger row and the points just written, summarised for workflows. */
export function outcomeOf(
  row: LedgerRow,
  moved: { newPoints: number; revisedPoints: number; nulledPoints: number } = NOTHING,
): DayOutcome {
  const {
    dueAt,
    duePoints,
    dataset,
    day,
    state,
    expectedPoints,
    presentPoints,
    quarantinedPoints,
    revision,
  } = row;
  const figures = { day, state, expectedPoints, presentPoints, quarantinedPoints };
  const { newPoints, revisedPoints, nulledPoints } = moved;
  const summary = describeDay({ ...figures, dueAt, duePoints, newPoints, revisedPoints, nulledPoints });
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

/** The last run of the day before this one, if any. */
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
