/**
 * Activity options, one block per kind of work. How often something is tried again is not decided here: activities set
 * the delay of the next attempt, or that there is none, by the class of what went wrong (domain/failures.ts).
 */
import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';

/** A worker that was killed is noticed after this long; activities send heartbeats every three seconds. */
const HEARTBEAT_TIMEOUT = '15s';

/** The source: waits for its quota inside the activity, so one attempt may take minutes. */
export const source = proxyActivities<Pick<Activities, 'fetchDay' | 'fetchSpan'>>({
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
  >
>({
  startToCloseTimeout: '5m',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
});

/** Waiting for another run of the same day. */
export const others = proxyActivities<Pick<Activities, 'joinDay'>>({
  startToCloseTimeout: '1h',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
});
