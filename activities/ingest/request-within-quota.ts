/** Requests data from a source within its quota, and blocks all requests to it for a while when it throttles us. */
import { Context } from '@temporalio/activity';
import { holdHost, type Turn, takeSlot } from '../../db/queries/operation/quota.ts';
import { hostOf, type Source } from '../../domain/dataset/facts.ts';
import type { NotPublished, SourceRequest } from '../../domain/dataset/pull.ts';
import { credentialsOf } from '../../domain/dataset/settings.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import type { Urgency } from '../../domain/workflow/urgency.ts';
import type { Dependencies } from '../dependencies.ts';
import { thisRun } from '../this-run.ts';
import { comeAgain, waitInActivity } from '../wait-in-activity.ts';
import { requestSource, type SourceAnswer } from './source-client.ts';
import { settingsOf } from './source-settings.ts';

export interface Question {
  readonly request: SourceRequest;
  /** Headers of a conditional request. */
  readonly conditions?: Readonly<Record<string, string>>;
  readonly urgency: Urgency;
  /** Whether the attempt can begin anew instead of waiting: false once it has requested something. */
  readonly mayLeave?: boolean;
  /** Responses that mean "not published yet". */
  readonly notPublished?: NotPublished | undefined;
}

/** A request may be sent so late after its slot was given out: the slot is held for a window and half a second. */
const LATEST_MS = 400;
/** So long an attempt waits for its turn itself: timers of a Temporal server may be a second late. */
const PATIENCE_MS = 2_000;

/** @throws Failure those of `requestSource`; ApplicationFailure `WAITING_FOR_TURN`, and the next attempt comes when its turn is near */
export async function requestWithinQuota(
  dependencies: Pick<Dependencies, 'database' | 'baseUrls' | 'sourceSettings' | 'isStopping'>,
  source: Source,
  { request, urgency, mayLeave = true, ...question }: Question,
): Promise<SourceAnswer> {
  const { database, baseUrls } = dependencies;
  const { id, baseUrl, quota } = source;
  const options = {
    ...question,
    cancelled: Context.current().cancellationSignal,
    credentials: credentialsOf(source, settingsOf(dependencies, source)),
  };
  const host = hostOf(source);
  await waitForTurn(dependencies, host, { urgency, mayLeave });
  try {
    const answer = await requestSource(baseUrls.get(id) ?? baseUrl.default, request, options);
    count(id, 'answered');
    return answer;
  } catch (error) {
    count(id, error instanceof Failure ? error.code : 'UNEXPECTED');
    if (error instanceof Failure && error.code === 'SOURCE_THROTTLED')
      await holdHost(database, host, Math.max(quota.banMs ?? quota.windowMs, error.retryAfterMs ?? 0));
    throw error;
  }
}

/** Temporal's runtime serves it as `tidemark_source_requests_total`. */
function count(source: string, outcome: string): void {
  const { metricMeter } = Context.current();
  metricMeter
    .createCounter('tidemark_source_requests', undefined, 'Requests to a source, by what came of them.')
    .add(1, { source, outcome });
}

/** Waits for a slot of the quota; where that takes long, the attempt ends, so that it occupies nothing meanwhile. */
async function waitForTurn(
  { database, isStopping }: Pick<Dependencies, 'database' | 'isStopping'>,
  host: string,
  { urgency, mayLeave }: Required<Pick<Question, 'urgency' | 'mayLeave'>>,
): Promise<void> {
  const { activityId } = Context.current().info;
  const asker = { runId: thisRun().runId, activityId, urgency };
  for (;;) {
    const askedMs = performance.now();
    const turn = await takeSlot(database, host, asker);
    // A process that stood still meanwhile takes another slot: with those who use this one next it would exceed the quota.
    if (turn.waitMs === 0 && performance.now() - askedMs < LATEST_MS) return;
    if (mayLeave && turn.waitMs > PATIENCE_MS)
      throw comeAgain(turn.waitMs - PATIENCE_MS, describe(host, turn));
    await waitInActivity(turn.waitMs, isStopping);
  }
}

function describe(host: string, { ahead, beginsInMs }: Turn): string {
  const others = ahead === 1 ? '1 request goes' : `${ahead} requests go`;
  return `${others} before this one within the quota of ${host}; its turn is in about ${Math.ceil(beginsInMs / 1_000)} s.`;
}
