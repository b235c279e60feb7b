/**
 * Names that cross boundaries: task queue, workflow and schedule ids, and their inverses. Nobody concatenates an id
 * elsewhere. People type these ids into the Temporal Web UI, so they are a public contract.
 */
import type { CivilDay } from './civil-day.ts';

/** The one task queue of all workers. */
export const TASK_QUEUE = 'tidemark';

/** The id of the one workflow that may write a delivery day: `day:<dataset>:<YYYY-MM-DD>`. */
export function dayWorkflowId(dataset: string, day: CivilDay): string {
  return `day:${dataset}:${day}`;
}

/** The dataset and day of a day workflow's id; undefined when the id is of another kind. */
export function parseDayWorkflowId(id: string): { dataset: string; day: CivilDay } | undefined {
  const match = /^day:(.+):(\d{4}-\d{2}-\d{2})$/.exec(id);
  return match?.[1] && match[2] ? { dataset: match[1], day: match[2] } : undefined;
}

/** The id of a backfill: `backfill:<dataset>:<from>..<to>`. */
export function backfillWorkflowId(dataset: string, from: CivilDay, to: CivilDay): string {
  return `backfill:${dataset}:${from}..${to}`;
}

/** The id of the schedule that polls a dataset: `poll:<dataset>`. */
export function pollScheduleId(dataset: string): string {
  return `poll:${dataset}`;
}
