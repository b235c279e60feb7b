/**
 * Activity options, one block per kind of work. Retries are not decided here: activities set the delay of the next attempt, or that there
 * is none, by the class of the failure (domain/workflow/failures.ts).
 */
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { BULK_QUEUE, RECEIVERS_QUEUE, sourceQueue, TASK_QUEUE } from '../domain/workflow/ids.ts';
import { URGENCY, type Urgency } from '../domain/workflow/urgency.ts';

/** A killed worker is noticed after this long; `workers/worker.ts` says how often heartbeats reach the server. */
const HEARTBEAT_TIMEOUT = '15s';

/**
 * The source of a dataset: a task queue of its own, so that one that is slow keeps nobody else waiting.
 * @param isKnown whether the dataset is in the catalogue: no worker serves the queue of a source that does not exist.
 */
export function source(dataset: string, urgency: Urgency, isKnown = true) {
  return proxyActivities<Pick<Activities, 'fetchDay' | 'fetchBatch'>>({
    startToCloseTimeout: '15m',
    heartbeatTimeout: HEARTBEAT_TIMEOUT,
    // A request that is under way is not thrown away.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    taskQueue: isKnown ? sourceQueue(dataset) : TASK_QUEUE,
    priority: { priorityKey: urgency },
  });
}

/** Our own database. */
export const storage = proxyActivities<
  Pick<
    Activities,
    | 'validateDay'
    | 'writeDay'
    | 'recordFailure'
    | 'planPoll'
    | 'planBackfill'
    | 'finishBackfill'
    | 'decideDay'
    | 'planRebuild'
    | 'finishLoad'
    | 'noteFoundFile'
    | 'planMessages'
  >
>({
  startToCloseTimeout: '5m',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
});

/** Work of our own that takes long and may wait. */
const BULK = {
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  taskQueue: BULK_QUEUE,
  priority: { priorityKey: URGENCY.backfill },
} as const;

/** Files: reading a whole one takes as long as its disk or its connection does. */
export const files = proxyActivities<Pick<Activities, 'lookForFiles' | 'registerFile' | 'loadRange'>>({
  ...BULK,
  startToCloseTimeout: '6h',
});

export const upkeep = proxyActivities<Pick<Activities, 'rebuildDay' | 'maintainStorage'>>({
  ...BULK,
  startToCloseTimeout: '5m',
});

/** Waiting for another run of the same day. */
export const others = proxyActivities<Pick<Activities, 'joinDay'>>({
  startToCloseTimeout: '1h',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
});

/** Draining an inbox: runs for a minute at a time. */
export const inbox = proxyActivities<Pick<Activities, 'drainInbox'>>({
  startToCloseTimeout: '10m',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
});

/** Sending to receivers: one exchange, and recording its result. */
export const receivers = proxyActivities<Pick<Activities, 'sendMessage'>>({
  startToCloseTimeout: '2m',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  taskQueue: RECEIVERS_QUEUE,
});

/** Erasing: scans all payloads of a unit, and folds it again. */
export const erasing = proxyActivities<Pick<Activities, 'planErasure' | 'eraseUnit' | 'finishErasure'>>({
  ...BULK,
  startToCloseTimeout: '1h',
});
