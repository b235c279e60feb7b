/**
 * What became of the earlier attempts of one activity, by class of failure. Temporal counts attempts only; the rules of
 * `failures.ts` ask for more, so the tally travels from attempt to attempt as heartbeat details. Plain JSON.
 */
import { FAILURES, type FailureClass, type FailureCode } from '../workflow/failures.ts';

export interface AttemptTally {
  /** The last attempt whose end is known. */
  readonly accounted: number;
  /** How many attempts failed in each class. Lost ones count in a row: a failure that was told says that work goes on. */
  readonly failures: Readonly<Partial<Record<FailureClass, number>>>;
  /** How long the attempt after the accounted ones has been at work, milliseconds, when it last said so. */
  readonly aliveMs?: number;
}

/** The tally in heartbeat details. Details of another form are those of an activity that began before there was one. */
export function readTally(details: unknown): AttemptTally {
  return isTally(details) ? details : { accounted: 0, failures: {} };
}

/** Whether an attempt before this one ended without a word. */
export function isAttemptLost({ accounted }: AttemptTally, attempt: number): boolean {
  return attempt - 1 > accounted;
}

/** Beats come some seconds apart, and not all of them are passed on. */
const HEARD_TO_THE_END = 0.9;

/**
 * Whether the attempt that ended without a word was at work to the end of its time: then its worker was well and waited for
 * something, and what it worked on is not to blame.
 * @param limitMs how long an attempt may take.
 */
export function hasRunOutOfTime({ aliveMs = 0 }: AttemptTally, limitMs: number): boolean {
  return aliveMs >= limitMs * HEARD_TO_THE_END;
}

/** The tally after an attempt that ended without a failure of ours, such as one whose worker was told to stop. */
export function accountFor({ failures }: AttemptTally, attempt: number): AttemptTally {
  return { accounted: attempt, failures };
}

/** The tally after one more failure, and how many of its class there were. */
export function countFailure(
  { failures }: AttemptTally,
  attempt: number,
  code: FailureCode,
): { tally: AttemptTally; count: number } {
  const failureClass = FAILURES[code].class;
  const count = (failures[failureClass] ?? 0) + 1;
  const { lost: _inARow, ...told } = failures;
  const before = failureClass === 'lost' ? failures : told;
  return { tally: { accounted: attempt, failures: { ...before, [failureClass]: count } }, count };
}

function isTally(value: unknown): value is AttemptTally {
  const { accounted, failures } = (value ?? {}) as Partial<AttemptTally>;
  return Number.isInteger(accounted) && typeof failures === 'object' && failures !== null;
}
