/** Failures inside workflows: our own become Temporal's, and Temporal's are read back. */
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  ChildWorkflowFailure,
  isCancellation,
  rootCause,
} from '@temporalio/workflow';
import { FAILURES, Failure, isFailureCode } from '../domain/workflow/failures.ts';

/** Runs a reader of input; invalid input fails the workflow at once, with the message. */
export function orFailWorkflow<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof Failure) throw refusal(error);
    throw error;
  }
}

/** Without a stack: the Web UI shows it as large as the message, and our code location does not help the user. */
function refusal({ message, code }: Failure): ApplicationFailure {
  const failure = ApplicationFailure.nonRetryable(message, code);
  failure.stack = '';
  return failure;
}

/** Code and message of the cause of a failed activity or child. */
export function reasonOf(error: unknown): { code: string; message: string } {
  const failure = applicationFailure(error);
  if (failure) return { code: failure.type ?? 'UNEXPECTED', message: failure.message };
  if (isCancellation(error)) return { code: 'CANCELLED', message: FAILURES.CANCELLED.meaning };
  return { code: 'UNEXPECTED', message: rootCause(error) ?? String(error) };
}

/**
 * The cancellation that a step ended with; undefined where it ended otherwise. A step whose attempt fails after it was cancelled tells of that
 * failure, and Temporal does not start it again.
 */
export function cancellationOf(error: unknown): Error | undefined {
  if (isCancellation(error)) return error as Error;
  const isCut = error instanceof ActivityFailure && error.retryState === 'CANCEL_REQUESTED';
  return isCut ? new CancelledFailure('cancelled') : undefined;
}

/** Whether a child could not be started because one with its id is running. */
export function isAlreadyStarted(error: unknown): boolean {
  // By name: the class lives in a package that workflow code does not import.
  return error instanceof Error && error.name === 'WorkflowExecutionAlreadyStartedError';
}

/** Waits for an activity; its failure fails the workflow with its own message, not with "Activity task failed". */
export async function orFailWith<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const cancelled = cancellationOf(error);
    if (cancelled) throw cancelled;
    const { code, message } = reasonOf(error);
    throw ApplicationFailure.nonRetryable(message, code);
  }
}

/** True when the request itself was wrong: then there is no day to record anything for. */
export function isWrongRequest(code: string): boolean {
  return isFailureCode(code) && FAILURES[code].class === 'bad_request' && !RECORDED.has(code);
}

/** Bad requests that are recorded for the day all the same. */
const RECORDED: ReadonlySet<string> = new Set(['REQUEST_REFUSED', 'SIMULATION_MISMATCH']);

function applicationFailure(error: unknown): ApplicationFailure | undefined {
  if (error instanceof ApplicationFailure) return error;
  const wraps = error instanceof ActivityFailure || error instanceof ChildWorkflowFailure;
  return wraps ? applicationFailure(error.cause) : undefined;
}
