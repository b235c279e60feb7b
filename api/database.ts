/** The database as the API uses it: in its own role, in UTC, with a time limit per statement; abandoned requests are cancelled. */
import { type Database, openDatabase } from '../db/connection/client.ts';

/** A statement that takes longer is cancelled. */
const STATEMENT_MS = 60_000;
/** A transaction idles while its reader is slow; the limit on slow readers should end it first. */
const LONGER_THAN_PATIENCE_MS = 30_000;

interface ApiDatabaseOptions {
  readonly url: string;
  /** Shown in pg_stat_activity. */
  readonly application: string;
  readonly maxConnections: number;
  /** How long a reader may leave a piece of an answer unread, milliseconds. */
  readonly readerPatienceMs: number;
  /** How long a request may wait for a free session, milliseconds. @default 10,000 */
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
