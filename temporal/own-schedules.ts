/** Schedules of one kind, one per dataset and named after it: created, updated, and removed when no longer wanted. */
import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import { TASK_QUEUE } from '../domain/workflow/ids.ts';
import { searchAttributes } from '../domain/workflow/search-attributes.ts';
import type { Temporal } from './connection.ts';

export interface OwnSchedule {
  readonly dataset: string;
  readonly workflowType: string;
  readonly everyMs: number;
  readonly summary: string;
}

/**
 * Harmless when repeated; several may do it at once. A schedule that a person paused stays paused.
 * @param idOf the id of the schedule of a dataset, and of its workflows
 */
export async function reconcileOwn(
  { client }: Pick<Temporal, 'client'>,
  idOf: (dataset: string) => string,
  wanted: readonly OwnSchedule[],
): Promise<void> {
  for (const schedule of wanted) await reconcile({ client }, idOf(schedule.dataset), schedule);
  const ids = new Set(wanted.map(({ dataset }) => idOf(dataset)));
  for await (const { scheduleId, memo } of client.schedule.list()) {
    const isOurs = typeof memo?.dataset === 'string' && scheduleId === idOf(memo.dataset);
    if (isOurs && !ids.has(scheduleId))
      await client.schedule.getHandle(scheduleId).delete().catch(unlessGone);
  }
}

async function reconcile(
  { client }: Pick<Temporal, 'client'>,
  scheduleId: string,
  schedule: OwnSchedule,
): Promise<void> {
  const definition = definitionOf(scheduleId, schedule);
  try {
    await client.schedule.create({ scheduleId, memo: { dataset: schedule.dataset }, ...definition });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule
      .getHandle(scheduleId)
      .update(({ state: { paused = false, note } }) => ({
        ...definition,
        state: { paused, ...(note ? { note } : {}) },
      }))
      .catch(unlessGone);
  }
}

function definitionOf(id: string, { dataset, workflowType, everyMs, summary }: OwnSchedule) {
  return {
    spec: { intervals: [{ every: everyMs }] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: everyMs, pauseOnFailure: false },
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
  if (!(error instanceof ScheduleNotFoundError)) throw error;
}
