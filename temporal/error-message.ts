/** What went wrong between us and Temporal, in the words of whoever asked. */
import {
  isGrpcServiceError,
  WorkflowFailedError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';

/**
 * - `away`: the server does not answer, or no worker does: asking again later can help
 * - `refused`: a workflow said no, and why
 */
export interface ErrorMessage {
  readonly kind: 'away' | 'refused';
  readonly reason: string;
}

/** Codes of gRPC that pass by themselves: cancelled, deadline exceeded, resource exhausted, aborted, unavailable. */
const PASSING = new Set([1, 4, 8, 10, 14]);

/** Undefined when it is about something else. */
export function errorMessageOf(error: unknown): ErrorMessage | undefined {
  if (error instanceof WorkflowUpdateFailedError || error instanceof WorkflowFailedError)
    return { kind: 'refused', reason: deepest(error).message };
  if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
    return { kind: 'away', reason: error.message };
  const grpc = [error, (error as { cause?: unknown } | undefined)?.cause].find(isGrpcServiceError);
  return grpc && PASSING.has(Number(grpc.code)) ? { kind: 'away', reason: grpc.message } : undefined;
}

/** Temporal's own messages only say that something failed. */
function deepest(error: Error): Error {
  return error.cause instanceof Error ? deepest(error.cause) : error;
}
