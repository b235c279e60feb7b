/**
 * The seam between our code and Temporal: heartbeats for every activity, and failures translated by the one table of
 * `domain/failures.ts`, so that the retry policy of an activity is the class of what went wrong.
 */
import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { isPassingStorageFailure } from '../db/failure.ts';
import { FAILURES, Failure, type FailureClass, type FailureCode, retryDelayMs } from '../domain/failures.ts';

/** Short enough that a killed worker is noticed within the proxies' heartbeat timeout (workflows/proxies.ts). */
const HEARTBEAT_EVERY_MS = 3_000;

/** How often an activity has failed so far, by class: an hour without a database must not use up the source's attempts. */
type FailureCounts = Readonly<Partial<Record<FailureClass, number>>>;

/** Wraps a function as an activity. */
export function temporalActivity<I, O>(work: (input: I) => Promise<O>): (input: I) => Promise<O> {
  return async (input) => {
    const context = Context.current();
    // Heartbeats carry the counts from one attempt to the next. Temporal's own count has killed workers in it too.
    const counts: FailureCounts = context.info.heartbeatDetails ?? {};
    const beat = setInterval(() => context.heartbeat(counts), HEARTBEAT_EVERY_MS);
    try {
      return await work(input);
    } catch (error) {
      if (isTemporals(error)) throw error;
      const failure = classify(error);
      const { class: kind } = FAILURES[failure.code];
      const count = (counts[kind] ?? 0) + 1;
      context.heartbeat({ ...counts, [kind]: count });
      throw translate(failure, count);
    } finally {
      clearInterval(beat);
    }
  };
}

/** @param attempt how often it has failed like this, from 1. */
export function translate(error: unknown, attempt: number): Error {
  if (isTemporals(error)) return error;
  const failure = classify(error);
  const delayMs = retryDelayMs(failure.code, attempt);
  return ApplicationFailure.create({
    type: failure.code,
    message: failure.message,
    nonRetryable: delayMs === null,
    ...(failure.cause instanceof Error ? { cause: failure.cause } : {}),
    ...(delayMs === null ? {} : { nextRetryDelay: withPatience(failure, delayMs) }),
  });
}

function isTemporals(error: unknown): error is CancelledFailure | ApplicationFailure {
  return error instanceof CancelledFailure || error instanceof ApplicationFailure;
}

function classify(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code: FailureCode = isPassingStorageFailure(error) ? 'STORAGE_UNAVAILABLE' : 'UNEXPECTED';
  return new Failure(code, `${FAILURES[code].meaning} ${message}`, { cause: error });
}

function withPatience({ retryAfterMs = 0 }: Failure, delayMs: number): number {
  return Math.max(delayMs, retryAfterMs);
}
