/** Schedules of one kind, one per dataset and named after it: created, updated, and removed when no longer wanted. */
import type { ScheduleOptions } from '@temporalio/client';
import { searchAttributes, TASK_QUEUE } from '../domain/workflow/ids.ts';
import type { Temporal } from './connection.ts';
import { isSdkError } from './sdk-error.ts';

export interface OwnSchedule {
  readonly dataset: string;
  readonly workflowType: string;
  readonly everyMs: number;
  readonly summary: string;
  /** It is kept, but paused: its dataset is not enabled. */
  readonly dormant?: boolean;
}

/** The note of a schedule that is paused because its dataset is dormant; one that a person paused has another. */
const DORMANT = 'its dataset is dormant';

/**
 * Harmless when repeated; several may do it at once. A schedule that a person paused stays paused.
 * @param idOf the id of the schedule of a dataset, and of its workflows
 */
export async function reconcileOwn(
  { client }: Pick<Temporal, 'client'>,
  idOf: (dataset: string) => string,
  wanted: readonly OwnSchedule[],
): Promise<void> {
  for (const schedule of wanted) await reconcileOne({ client }, idOf(schedule.dataset), schedule);
  const ids = new Set(wanted.map(({ dataset }) => idOf(dataset)));
  for await (const { scheduleId, memo } of client.schedule.list()) {
    const isOurs = typeof memo?.dataset === 'string' && scheduleId === idOf(memo.dataset);
    if (isOurs && !ids.has(scheduleId))
      await client.schedule.getHandle(scheduleId).delete().catch(unlessGone);
  }
}

/** Creates or updates one. */
export async function reconcileOne(
  { client }: Pick<Temporal, 'client'>,
  scheduleId: string,
  schedule: OwnSchedule,
): Promise<void> {
  const definition = definitionOf(scheduleId, schedule);
  try {
    const state = schedule.dormant ? { state: { paused: true, note: DORMANT } } : {};
    await client.schedule.create({
      scheduleId,
      memo: { dataset: schedule.dataset },
      ...definition,
      ...state,
    });
  } catch (error) {
    if (!isSdkError(error, 'ScheduleAlreadyRunning')) throw error;
    await client.schedule
      .getHandle(scheduleId)
      .update(({ state }) => ({ ...definition, state: stateOf(state, schedule.dormant ?? false) }))
      .catch(unlessGone);
  }
}

function stateOf({ paused = false, note }: { paused?: boolean; note?: string }, dormant: boolean) {
  if (dormant && !paused) return { paused: true, note: DORMANT };
  if (!dormant && paused && note === DORMANT) return { paused: false };
  return { paused, ...(note ? { note } : {}) };
}

/** Pauses a schedule of a dataset that was disabled, or resumes it; a person's pause stays. Nothing where there is none. */
export async function setDormant(
  { client }: Pick<Temporal, 'client'>,
  scheduleId: string,
  dormant: boolean,
): Promise<void> {
  const handle = client.schedule.getHandle(scheduleId);
  try {
    const { state } = await handle.describe();
    const wanted = stateOf(state, dormant);
    if (wanted.paused === state.paused) return;
    await (wanted.paused ? handle.pause(DORMANT) : handle.unpause('its dataset was enabled'));
  } catch (error) {
    unlessGone(error);
  }
}

function definitionOf(id: string, { dataset, workflowType, everyMs, summary }: OwnSchedule) {
  return {
    spec: { intervals: [{ every: everyMs }] },
    policies: { overlap: 'SKIP', catchupWindow: everyMs, pauseOnFailure: false },
    action: {
      type: 'startWorkflow',
      workflowType,
      workflowId: id,
      taskQueue: TASK_QUEUE,
      args: [{ dataset }],
      typedSearchAttributes: searchAttributes({ dataset }),
      staticSummary: summary,
    },
  } satisfies Partial<ScheduleOptions>;
}

/** Another process that migrates may have removed it this moment. */
function unlessGone(error: unknown): void {
  if (!isSdkError(error, 'ScheduleNotFoundError')) throw error;
}
