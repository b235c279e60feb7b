/** The schedule `notify`, which tells receivers what needs a person. Reconciled like the others; a person's pause is kept. */

import { NOTIFY_SCHEDULE, TASK_QUEUE } from '../domain/workflow/ids.ts';
import type { notify } from '../workflows/notify.ts';
import type { Temporal } from './connection.ts';
import { pollNow } from './schedules.ts';
import { isSdkError } from './sdk-error.ts';

const NOTIFY_WORKFLOW = 'notify' satisfies (typeof notify)['name'];
const EVERY_MS = 60_000;

const definition = {
  spec: { intervals: [{ every: EVERY_MS }] },
  policies: { overlap: 'SKIP' as const, catchupWindow: EVERY_MS, pauseOnFailure: false },
  action: {
    type: 'startWorkflow' as const,
    workflowType: NOTIFY_WORKFLOW,
    workflowId: NOTIFY_SCHEDULE,
    taskQueue: TASK_QUEUE,
    args: [],
    staticSummary: 'notifications',
  },
};

/** Harmless when repeated; several may do it at once. */
export async function reconcileNotifySchedule({ client }: Temporal): Promise<void> {
  try {
    const made = await client.schedule.create({ scheduleId: NOTIFY_SCHEDULE, ...definition });
    await pollNow(made);
  } catch (error) {
    if (!isSdkError(error, 'ScheduleAlreadyRunning')) throw error;
    await client.schedule.getHandle(NOTIFY_SCHEDULE).update(({ state: { paused = false, note } }) => ({
      ...definition,
      state: { paused, ...(note ? { note } : {}) },
    }));
  }
}
