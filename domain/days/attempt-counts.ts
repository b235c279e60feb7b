/**
 * How the earlier attempts of one activity ended, by class of failure. Temporal only counts attempts; the rules of `failures.ts` need more,
 * so the counts travel from attempt to attempt as heartbeat details. Plain JSON.
 */
import { FAILURES, type FailureClass, type FailureCode } from '../workflow/failures.ts';

export interface AttemptCounts {
  /** The last attempt whose end is known. */
  readonly accounted: number;
  /** How many attempts failed in each class. Lost ones count in a row: a reported failure shows that the worker is alive. */
  readonly failures: Readonly<Partial<Record<FailureClass, number>>>;
  /** How long the attempt after the accounted ones had been running at its last heartbeat, milliseconds. */
  readonly aliveMs?: number;
}

/** The counts in heartbeat details. Details of another form come from an activity that began before there was one. */
export function readCounts(details: unknown): AttemptCounts {
  return isCounts(details) ? details : { accounted: 0, failures: {} };
}

/** Whether an attempt before this one was lost without reporting its end. */
export function isAttemptLost({ accounted }: AttemptCounts, attempt: number): boolean {
  return attempt - 1 > accounted;
}

/** Heartbeats are some seconds apart, and not all of them are passed on. */
const ALIVE_TO_THE_END = 0.9;

/**
 * Whether a lost attempt used all of its time: then its worker was alive and waited for something, so its input is not to blame.
 * @param limitMs how long an attempt may take.
 */
export function hasRunOutOfTime({ aliveMs = 0 }: AttemptCounts, limitMs: number): boolean {
  return aliveMs >= limitMs * ALIVE_TO_THE_END;
}

/** The counts after an attempt that ended without a failure of ours, such as one whose worker shut down. */
export function accountFor({ failures }: AttemptCounts, attempt: number): AttemptCounts {
  return { accounted: attempt, failures };
}

/** The counts after one more failure, and how many of its class there were. */
export function countFailure(
  { failures }: AttemptCounts,
  attempt: number,
  code: FailureCode,
): { counts: AttemptCounts; count: number } {
  const failureClass = FAILURES[code].class;
  const count = (failures[failureClass] ?? 0) + 1;
  const { lost: _inARow, ...others } = failures;
  const before = failureClass === 'lost' ? failures : others;
  return { counts: { accounted: attempt, failures: { ...before, [failureClass]: count } }, count };
}

function isCounts(value: unknown): value is AttemptCounts {
  const { accounted, failures } = (value ?? {}) as Partial<AttemptCounts>;
  return Number.isInteger(accounted) && typeof failures === 'object' && failures !== null;
}
