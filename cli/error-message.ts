/** An error as one sentence for the person at the terminal: what is wrong, and where there is one, the hint. */
import { storageMessage } from '../db/connection/failure.ts';

/** Relation, schema, function, role or database that does not exist: the migrations have not run. */
const NOT_MIGRATED = new Set(['42P01', '3F000', '42883', '42704', '22023']);

/** Temporal's wrappers around a reason; their own messages only say that something failed. */
const WRAPPERS = new Set(['WorkflowFailedError', 'ChildWorkflowFailure', 'ActivityFailure']);

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (WRAPPERS.has(error.name) && error.cause) return messageOf(error.cause);
  const storage = storageMessage(error);
  if (storage !== undefined) return storage;
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  const notMigrated = severity !== undefined && typeof code === 'string' && NOT_MIGRATED.has(code);
  return notMigrated ? `${error.message}; run "npm run migrate" if this database is new` : error.message;
}
