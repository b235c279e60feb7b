/** The health of a dataset's schedule: whether it exists, matches its definition, and its polls succeed. */
import type { ScheduleDescription } from '@temporalio/client';
import type { ScheduledDataset } from '../domain/dataset/dataset.ts';
import { pollScheduleId } from '../domain/workflow/ids.ts';
import { readPauseNote } from '../domain/workflow/pause-note.ts';
import type { Temporal } from './connection.ts';
import { type Difference, differencesOf, tickMs } from './schedule-definition.ts';
import { findSchedule, isOurs, type ScheduleState, stateOf } from './schedules.ts';
import { isSdkError } from './sdk-error.ts';

export interface ScheduleHealth extends ScheduleState {
  /** False if the id belongs to a schedule that Tidemark did not create. */
  readonly ours: boolean;
  readonly differences: readonly Difference[];
  /** Ticks that were not made up for, because the server was away too long. Counted since the schedule was made. */
  readonly missedTicks: number;
  readonly lastPoll: Poll | null;
  /** When polling last succeeded; before the first success, when the schedule was created, changed or resumed. */
  readonly wellAt: Date | null;
  /** Polling is on and has not gone well for several ticks. */
  readonly stalled: boolean;
}

export interface Poll {
  readonly workflowId: string;
  readonly runId: string;
  readonly startedAt: Date;
  /** As Temporal says it: `RUNNING`, `COMPLETED`, `FAILED`; `UNKNOWN` beyond its retention. */
  readonly status: string;
  readonly endedAt: Date | null;
}

/** This many ticks without a successful poll count as stalled. */
const STALLED_TICKS = 3;

export async function scheduleHealth(
  temporal: Temporal,
  dataset: ScheduledDataset,
  nowMs: number,
): Promise<ScheduleHealth> {
  const id = pollScheduleId(dataset.id);
  const found = await findSchedule(temporal, id);
  if (!found) return { ...MISSING, id };
  const polls = await latestPolls(temporal, found);
  const wellAt = lastWell(found, polls);
  return {
    ...stateOf(found),
    ours: isOurs(found),
    differences: differencesOf(dataset, found),
    missedTicks: found.info.numActionsMissedCatchupWindow,
    lastPoll: polls[0] ?? null,
    wellAt,
    stalled: !found.state.paused && nowMs - wellAt.getTime() > STALLED_TICKS * tickMs(dataset),
  };
}

const MISSING = {
  ...{ exists: false, ours: true, paused: false, note: null, nextAt: null, lastAt: null },
  ...{ differences: [], missedTicks: 0, lastPoll: null, wellAt: null, stalled: false },
};

/** The polls that the schedule remembers, newest first, down to one that succeeded. */
async function latestPolls(temporal: Temporal, { info }: ScheduleDescription): Promise<Poll[]> {
  const polls: Poll[] = [];
  for (const { takenAt, action } of info.recentActions.toReversed()) {
    const { workflowId, firstExecutionRunId: runId } = action.workflow;
    polls.push({ workflowId, runId, startedAt: takenAt, ...(await outcomeOf(temporal, workflowId, runId)) });
    if (polls.at(-1)?.status === 'COMPLETED') break;
  }
  return polls;
}

async function outcomeOf({ client }: Temporal, workflowId: string, runId: string) {
  try {
    const { status, closeTime = null } = await client.workflow.getHandle(workflowId, runId).describe();
    return { status: status.name, endedAt: closeTime };
  } catch (error) {
    if (isSdkError(error, 'WorkflowNotFoundError')) return { status: 'UNKNOWN', endedAt: null };
    throw error;
  }
}

/** A schedule that was just created, changed or resumed counts as well: no poll is expected yet. */
function lastWell({ info, state }: ScheduleDescription, polls: readonly Poll[]): Date {
  const succeeded = polls.find(({ status }) => status === 'COMPLETED')?.endedAt;
  const instants = [succeeded, info.createdAt, info.lastUpdatedAt, readPauseNote(state.note ?? null)?.at];
  return new Date(Math.max(...instants.map((instant) => instant?.getTime() ?? 0)));
}
