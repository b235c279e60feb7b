/**
 * The connection to PostgreSQL: a pool per process, one role per purpose, transactions. Instants come back as Date
 * (milliseconds; everything we write has whole milliseconds), dates as `YYYY-MM-DD`, bigint as number.
 */
import pg from 'pg';
import { readStoredJson } from '../../domain/values/exact-json.ts';
import { assertStored, commit } from './commit.ts';
import { explainRefusal, isUnanswered } from './failure.ts';
import { watchPulse } from './pulse.ts';
import { inCallerContext, STATEMENTS, traceStatement } from './statement-channel.ts';
import { explainTls } from './tls.ts';
import { Work } from './work.ts';

/** Anything a statement can be sent through: the pool, or the client of a transaction. */
export type Sql = Pick<pg.ClientBase, 'query'>;
export type Database = pg.Pool;

/** `tidemark_owner`: migrations · `tidemark_writer`: workers and operators · `tidemark_reader`: traders · `tidemark_api`: the HTTP API. */
export type Role = 'tidemark_owner' | 'tidemark_writer' | 'tidemark_reader' | 'tidemark_api';

export interface DatabaseOptions {
  /** A PostgreSQL URL. Its user must be a member of `role`. */
  readonly url: string;
  /** The role to act as; the URL's own user when left out. */
  readonly role?: Role;
  /** Shown in pg_stat_activity. */
  readonly application: string;
  /** @default 10 */
  readonly maxConnections?: number;
  /** How long to wait for a database that accepts connections and does not answer; @default without limit */
  readonly patience?: Patience;
  /** Settings of each session, such as `{ TimeZone: 'UTC' }`. */
  readonly session?: Readonly<Record<string, string>>;
  /** Sessions are closed when their work ends (`work.ts`), and their statements end within a second. */
  readonly endsWithWork?: boolean;
  /** Statements are sent without waiting for earlier ones. Not for cursors and COPY. */
  readonly pipeline?: boolean;
  /** How long to wait for a session while all are in use. @default 10,000 */
  readonly waitMs?: number;
  /** How long a transaction may be idle; then the server ends its session. @default 60,000 */
  readonly idleMs?: number;
}

/** Each limit covers another way of hanging. Exceeding one is a failure that can be retried. */
export interface Patience {
  /** A database that does not answer any session: a frozen line, a machine that stands still. */
  readonly silenceMs: number;
  /** A lock held by another session. The server ends the statement. */
  readonly lockMs: number;
  /** One statement, whatever it does. The server ends it; if the server does not respond, the session is discarded. */
  readonly statementMs: number;
  /** How much longer than that to wait for the server's error. @default 15,000 */
  readonly wordMs?: number;
}

/**
 * Limits for a worker. A statement may take nearly as long as the step it belongs to (workflows/proxies.ts): a longer one would be cut off
 * anyway.
 */
export const WORKER_PATIENCE: Patience = { silenceMs: 30_000, lockMs: 60_000, statementMs: 240_000 };

const WORD_TRAVELS_MS = 15_000;
/** The system detects a vanished peer after this long and some ten seconds. */
const KEEP_ALIVE_AFTER_MS = 30_000;
/** A result that is never read: the server ends the session, and releases its locks. */
const ANSWER_NOT_TAKEN_MS = 60_000;
/** How often the server checks, while a statement runs, whether its client is gone. */
const NOTICE_CLIENT_GONE = { client_connection_check_interval: '500' };

/** A session whose connection errors say what to change. */
export class Session extends pg.Client {
  /** Closes the session at once, without notifying the server, which may not be listening. */
  hangUp(why?: Error): void {
    this.connection.stream.destroy(why);
  }

  /** Sends the statements of this turn of the event loop as one message. */
  gather(): void {
    const { stream } = this.connection;
    stream.cork();
    setImmediate(() => stream.uncork());
  }

  readonly #send = super.query.bind(this) as (...queryArgs: unknown[]) => unknown;

  override query = ((...queryArgs: unknown[]) =>
    STATEMENTS.hasSubscribers
      ? traceStatement(this.#send, queryArgs)
      : this.#send(...queryArgs)) as pg.Client['query'];

  override connect(): Promise<pg.Client>;
  override connect(callback: ((error: Error) => void) | ((error: null, client: pg.Client) => void)): void;
  override connect(callback?: (error: never, client: pg.Client) => void): Promise<pg.Client> | undefined {
    if (!callback) return super.connect().catch((error: Error) => Promise.reject(explain(error)));
    const report = callback as (error: Error | null) => void;
    super.connect((error: Error | null) => report(error && explain(error)));
    return undefined;
  }
}

/** Sessions whose statements are traced as part of the code that took the session. */
class Sessions extends pg.Pool {
  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Taken): void;
  override connect(callback?: Taken): Promise<pg.PoolClient> | undefined {
    if (!callback) return super.connect();
    super.connect(inCallerContext(callback));
    return undefined;
  }
}

/** Sessions that are closed when their work ends. */
class WorkSessions extends pg.Pool {
  override connect(): Promise<pg.PoolClient>;
  override connect(callback: Taken): void;
  override connect(callback?: Taken): Promise<pg.PoolClient> | undefined {
    const work = Work.inProgress();
    const session = super.connect().then((taken) => (work ? boundTo(work, taken) : taken));
    if (!callback) return session;
    session.then(
      (taken) => callback(undefined, taken, taken.release),
      (error: Error) => callback(error, undefined, () => {}),
    );
    return undefined;
  }
}

type Taken = (
  error: Error | undefined,
  client: pg.PoolClient | undefined,
  release: (error?: Error | boolean) => void,
) => void;

/** @throws the reason why the work has ended, if it has. */
function boundTo({ signal }: Work, session: pg.PoolClient): pg.PoolClient {
  const { release } = session;
  if (signal.aborted) {
    release();
    throw signal.reason;
  }
  // Not cancelled: that would need another session, and the server checks by itself.
  const hangUp = () => (session as unknown as Session).hangUp(signal.reason);
  signal.addEventListener('abort', hangUp, { once: true });
  session.release = (error) => {
    signal.removeEventListener('abort', hangUp);
    release(error);
  };
  return session;
}

function explain(error: Error): Error {
  return explainRefusal(explainTls(error));
}

/** Opens a pool; connects on first use. */
export function openDatabase(options: DatabaseOptions): Database {
  const { url, role, application, maxConnections = 10, patience, endsWithWork, pipeline = false } = options;
  const { waitMs = 10_000, idleMs = 60_000 } = options;
  const session = { ...options.session, ...(endsWithWork ? NOTICE_CLIENT_GONE : {}) };
  const pool = new (endsWithWork ? WorkSessions : Sessions)({
    Client: Session,
    connectionString: url,
    max: maxConnections,
    application_name: application,
    connectionTimeoutMillis: waitMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    types: { getTypeParser },
    pipeline,
    idle_in_transaction_session_timeout: idleMs,
    ...(role
      ? { options: startOptions({ role, tcp_user_timeout: String(ANSWER_NOT_TAKEN_MS), ...session }) }
      : {}),
    ...(patience ? limits(patience) : {}),
  });
  // A server that goes away ends idle connections with an error event; the next query reports it.
  pool.on('error', () => {});
  // The pool listens only to idle ones. If a session ends between two statements, the next one fails.
  pool.on('connect', (client) => client.on('error', () => {}));
  if (patience) {
    const open = () => new Session({ connectionString: url, application_name: 'tidemark pulse' });
    watchPulse(pool, { silenceMs: patience.silenceMs, open });
  }
  return pool;
}

function startOptions(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

/** Not for sessions with cursors: the driver treats a whole cursor as one statement. */
function limits({ lockMs, statementMs, wordMs = WORD_TRAVELS_MS }: Patience): pg.PoolConfig {
  return {
    lock_timeout: lockMs,
    statement_timeout: statementMs,
    query_timeout: statementMs + wordMs,
  };
}

/**
 * Runs `work` in one transaction: all of it is stored, or nothing.
 * @throws CommitUnknown when the database was lost at its commit, and could not be asked what came of it.
 */
export async function transaction<T>(database: Database, work: (sql: Sql) => Promise<T>): Promise<T> {
  const { result, lost } = await tryTransaction(database, work);
  if (lost) await assertStored(database, lost);
  return result;
}

async function tryTransaction<T>(database: Database, work: (sql: Sql) => Promise<T>) {
  const client = await database.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    const lost = await commit(client);
    broken = lost?.cause;
    return { result, lost };
  } catch (error) {
    broken = await rollBack(client, error);
    throw error;
  } finally {
    // A session that could not even roll back is not given back to the pool.
    client.release(broken);
  }
}

/** @returns why the session cannot be used again, when it cannot. */
async function rollBack(client: pg.ClientBase, error: unknown): Promise<Error | undefined> {
  // The statement may still be running: a rollback would wait behind it.
  if (error instanceof Error && isUnanswered(error)) return error;
  return await client.query('rollback').then(
    () => undefined,
    (cause: Error) => cause,
  );
}

/** The only row of a statement that returns exactly one. */
export function onlyRow<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined || rows.length > 1) throw new Error(`expected one row, got ${rows.length}`);
  return row;
}

const INT8 = 20;
const DATE = 1082;
const JSONB = 3802;

function getTypeParser(oid: number, format?: 'text' | 'binary') {
  // Our bigints are ids and counts, far below 2^53; a Date for a civil day would drag a time zone in.
  if (oid === INT8) return Number;
  if (oid === DATE) return (text: string) => text;
  if (oid === JSONB && format !== 'binary') return readStoredJson;
  return pg.types.getTypeParser(oid, format);
}
