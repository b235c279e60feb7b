/** The database as the API uses it: as its role, in UTC, with a limit for each statement, and for as long as somebody waits. */
import { type Database, openDatabase } from '../db/connection/client.ts';

/** A statement that takes longer than this is not answered. */
const STATEMENT_MS = 60_000;
/** A transaction stands still while its reader does; what should end it is the patience with the reader. */
const LONGER_THAN_PATIENCE_MS = 30_000;

interface ApiDatabaseOptions {
  readonly url: string;
  /** Shown in pg_stat_activity. */
  readonly application: string;
  readonly maxConnections: number;
  /** How long a reader may let a piece of an answer wait, milliseconds. */
  readonly readerPatienceMs: number;
  /** How long a request may wait for a session while all are taken. @default 10,000 */
  readonly waitMs?: number;
}

/** Opens a pool; connects on first use. */
export function openApiDatabase({ readerPatienceMs, ...options }: ApiDatabaseOptions): Database {
  return openDatabase({
    ...options,
    role: 'tidemark_api',
    session: { TimeZone: 'UTC', statement_timeout: String(STATEMENT_MS) },
    idleMs: readerPatienceMs + LONGER_THAN_PATIENCE_MS,
    endsWithWork: true,
    pipeline: true,
  });
}
