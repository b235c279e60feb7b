/**
 * Activity options, one block per kind of work. Retries are not decided here: activities set the delay of the next attempt, or that there
 * is none, by the class of the failure (domain/workflow/failures.ts).
 */
import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';

/** A killed worker is noticed after this long; `workers/worker.ts` says how often heartbeats reach the server. */
const HEARTBEAT_TIMEOUT = '15s';

/** The source: waits for its quota inside the activity, so one attempt may take minutes. */
export const source = proxyActivities<Pick<Activities, 'fetchDay' | 'fetchBatch' | 'lookForFiles'>>({
  startToCloseTimeout: '15m',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
});

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
    | 'rebuildDay'
    | 'finishLoad'
    | 'noteFoundFile'
    | 'maintainStorage'
    | 'planMessages'
  >
>({
  startToCloseTimeout: '5m',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
});

/** Files: reading a whole one takes as long as its disk or its connection does. */
export const files = proxyActivities<Pick<Activities, 'registerFile' | 'loadRange'>>({
  startToCloseTimeout: '6h',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  priority: { priorityKey: 4 },
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
});

/** Erasing: scans all payloads of a unit, and folds it again. */
export const erasing = proxyActivities<Pick<Activities, 'planErasure' | 'eraseUnit' | 'finishErasure'>>({
  startToCloseTimeout: '1h',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
});
