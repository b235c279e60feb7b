/** Temporal's own errors by their names: its client, which takes 0.3 s to import, is imported to connect only. */
type SdkError =
  | 'ScheduleAlreadyRunning'
  | 'ScheduleNotFoundError'
  | 'WorkflowExecutionAlreadyStartedError'
  | 'WorkflowFailedError'
  | 'WorkflowNotFoundError'
  | 'WorkflowUpdateFailedError'
  | 'WorkflowUpdateRPCTimeoutOrCancelledError';

export function isSdkError(error: unknown, ...names: readonly SdkError[]): error is Error {
  return error instanceof Error && (names as readonly string[]).includes(error.name);
}

/** The code of a gRPC error of the server; undefined for any other error. */
export function grpcCode(error: unknown): number | undefined {
  const { code, details } = (error ?? {}) as { code?: unknown; details?: unknown };
  return error instanceof Error && typeof details === 'string' ? Number(code) : undefined;
}
