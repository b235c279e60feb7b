/**
 * The seam between our code and Temporal: heartbeats for every activity, and failures translated by the one table of
 * `domain/workflow/failures.ts`, so that the retry policy of an activity is the class of its failure. Heartbeats carry the counts of
 * earlier attempts, so that each class has its own count.
 */
import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { isPassingStorageFailure } from '../db/connection/failure.ts';
import {
  type AttemptCounts,
  accountFor,
  countFailure,
  hasRunOutOfTime,
  isAttemptLost,
  readCounts,
} from '../domain/days/attempt-counts.ts';
import {
  FAILURES,
  Failure,
  type FailureCode,
  RETRY_RULES,
  type RetryRules,
  retryDelayMs,
} from '../domain/workflow/failures.ts';

/** Short enough that a killed worker is noticed within the proxies' heartbeat timeout (workflows/proxies.ts). */
const HEARTBEAT_EVERY_MS = 3_000;

/**
 * Wraps a function as an activity.
 * @param work may put figures into the note: they go with each heartbeat.
 * @param rules how often each class of failure is retried.
 * @param instead what to return, rather than fail, when a failure is not retried.
 */
export function temporalActivity<I, O>(
  work: (input: I, note: Record<string, number>) => Promise<O>,
  rules: RetryRules = RETRY_RULES,
  instead?: (failure: Error) => O,
): (input: I) => Promise<O> {
  return async (input) => {
    const context = Context.current();
    const { info } = context;
    const counts = readCounts(info.heartbeatDetails);
    // Each heartbeat replaces the details of the one before.
    const beganMs = performance.now();
    const note: Record<string, number> = {};
    const alive = () => ({ ...note, ...counts, aliveMs: Math.round(performance.now() - beganMs) });
    const beat = setInterval(() => context.heartbeat(alive()), HEARTBEAT_EVERY_MS);
    try {
      // Checked before anything else: a payload that killed one worker must not be handed to the next at once.
      if (isAttemptLost(counts, info.attempt)) throw attemptLost(counts, info);
      return await work(input, note);
    } catch (error) {
      const failure = tell(context, counts, error, rules);
      if (instead && failure instanceof ApplicationFailure && failure.nonRetryable) return instead(failure);
      throw failure;
    } finally {
      clearInterval(beat);
    }
  };
}

/** Adds a failure to the counts, for the next attempt, and says when that is. */
function tell(context: Context, counts: AttemptCounts, error: unknown, rules: RetryRules): Error {
  const { attempt } = context.info;
  const failure = classify(error);
  if (!(failure instanceof Failure)) {
    context.heartbeat(accountFor(counts, attempt));
    return failure;
  }
  const counted = countFailure(counts, attempt, failure.code);
  context.heartbeat(counted.counts);
  return translate(failure, delayBefore(failure, counted.count, rules));
}

/**
 * Where it has a cause, the stacks of its causes say where it began, and its own would only add to the size: instead of a failure that is too
 * large, Temporal shows "Failure exceeds size limit."
 * @param delayMs before the next attempt; null when there is none.
 */
function translate(failure: Failure, delayMs: number | null): ApplicationFailure {
  const translated = ApplicationFailure.create({
    type: failure.code,
    message: failure.message,
    nonRetryable: delayMs === null,
    ...(failure.cause instanceof Error ? { cause: failure.cause } : {}),
    ...(delayMs === null ? {} : { nextRetryDelay: delayMs }),
  });
  translated.stack = failure.cause instanceof Error ? '' : (failure.stack ?? '');
  return translated;
}

/** An error as a failure of the table; Temporal's own errors stay as they are. */
function classify(error: unknown): Failure | CancelledFailure | ApplicationFailure {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) return error;
  if (error instanceof Failure) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code: FailureCode = isPassingStorageFailure(error) ? 'STORAGE_UNAVAILABLE' : 'UNEXPECTED';
  return new Failure(code, `${FAILURES[code].meaning} ${message}`, { cause: error });
}

function attemptLost(counts: AttemptCounts, info: Context['info']): Failure {
  const { attempt, activityType, startToCloseTimeoutMs } = info;
  if (hasRunOutOfTime(counts, startToCloseTimeoutMs)) {
    const late = `Attempt ${attempt - 1} of ${activityType} had ${startToCloseTimeoutMs / 1000} s`;
    return new Failure('STEP_TIMEOUT', `${FAILURES.STEP_TIMEOUT.meaning} ${late}`);
  }
  const lost = `Attempt ${attempt - 1} of ${activityType} did; the workers' logs of that time say more`;
  return new Failure('ATTEMPT_LOST', `${FAILURES.ATTEMPT_LOST.meaning} ${lost}`);
}

function delayBefore({ code, retryAfterMs = 0 }: Failure, count: number, rules: RetryRules): number | null {
  const delayMs = retryDelayMs(code, count, rules);
  if (delayMs === null) return null;
  // A killed worker takes down innocent activities with the culprit; spread out, so that they do not restart together.
  const spreadMs = code === 'ATTEMPT_LOST' ? delayMs * (1 + Math.random()) : delayMs;
  return Math.max(spreadMs, retryAfterMs);
}
