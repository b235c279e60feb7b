/** Errors of calls to Temporal, in words for the caller. */
import { grpcCode, isSdkError } from './sdk-error.ts';

/**
 * - `away`: the server or the workers do not answer: a retry can help
 * - `refused`: a workflow refused the call, with its reason
 */
export interface ErrorMessage {
  readonly kind: 'away' | 'refused';
  readonly reason: string;
}

/** Transient gRPC codes: cancelled, deadline exceeded, resource exhausted, aborted, unavailable. */
const PASSING = new Set([1, 4, 8, 10, 14]);

/** Undefined for any other error. */
export function errorMessageOf(error: unknown): ErrorMessage | undefined {
  if (isSdkError(error, 'WorkflowUpdateFailedError', 'WorkflowFailedError'))
    return { kind: 'refused', reason: deepest(error).message };
  if (isSdkError(error, 'WorkflowUpdateRPCTimeoutOrCancelledError'))
    return { kind: 'away', reason: error.message };
  const grpc = [error, (error as { cause?: unknown } | undefined)?.cause].find(
    (each) => grpcCode(each) !== undefined,
  );
  return PASSING.has(grpcCode(grpc) ?? -1) ? { kind: 'away', reason: (grpc as Error).message } : undefined;
}

/** Temporal's own messages only say that something failed. */
function deepest(error: Error): Error {
  return error.cause instanceof Error ? deepest(error.cause) : error;
}
