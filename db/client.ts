/**
 * The connection to PostgreSQL: a pool per process, one role per purpose, transactions. Instants come back as Date
 * (milliseconds; everything we write has whole milliseconds), dates as `YYYY-MM-DD`, bigint as number.
 */
import pg from 'pg';
import { explainTls } from './tls.ts';

/** Anything a statement can be sent through: the pool, or the client of a transaction. */
export type Sql = Pick<pg.ClientBase, 'query'>;
export type Database = pg.Pool;

/** `tidemark_owner`: migrations · `tidemark_writer`: workers and operators · `tidemark_reader`: traders. */
export type Role = 'tidemark_owner' | 'tidemark_writer' | 'tidemark_reader';

export interface DatabaseOptions {
  /** A PostgreSQL URL. Its user must be a member of `role`. */
  readonly url: string;
  /** The role to act as; the URL's own user when left out. */
  readonly role?: Role;
  /** Shown in pg_stat_activity. */
  readonly application: string;
  /** @default 10 */
  readonly maxConnections?: number;
}

/** A session whose refusal says what to change where TLS is the reason. */
export class Session extends pg.Client {
  override connect(): Promise<pg.Client>;
  override connect(callback: ((error: Error) => void) | ((error: null, client: pg.Client) => void)): void;
  override connect(callback?: (error: never, client: pg.Client) => void): Promise<pg.Client> | undefined {
    if (!callback) return super.connect().catch((error: Error) => Promise.reject(explainTls(error)));
    const told = callback as (error: Error | null) => void;
    super.connect((error: Error | null) => told(error && explainTls(error)));
    return undefined;
  }
}

/** Opens a pool; connects on first use. */
export function openDatabase({ url, role, application, maxConnections = 10 }: DatabaseOptions): Database {
  const pool = new pg.Pool({
    Client: Session,
    connectionString: url,
    max: maxConnections,
    application_name: application,
    connectionTimeoutMillis: 10_000,
    idle_in_transaction_session_timeout: 60_000,
    types: { getTypeParser },
    ...(role ? { options: `-c role=${role}` } : {}),
  });
  // A server that goes away ends idle connections with an error event; the next query reports it where it matters.
  pool.on('error', () => {});
  // The pool listens only to idle ones. A session that ends between two statements is told by the next of them.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** Runs `work` in one transaction: all of it is committed, or nothing. */
export async function transaction<T>(database: Database, work: (sql: Sql) => Promise<T>): Promise<T> {
  const client = await database.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((cause: Error) => {
      broken = cause;
    });
    throw error;
  } finally {
    // A session that could not even roll back is not given back to the pool.
    client.release(broken);
  }
}

/** The only row of a statement that returns exactly one. */
export function onlyRow<T>(rows: readonly T[]): T {
  const [row] = rows;
  if (row === undefined || rows.length > 1) throw new Error(`expected one row, got ${rows.length}`);
  return row;
}

const INT8 = 20;
const DATE = 1082;

function getTypeParser(oid: number, format?: 'text' | 'binary') {
  // Our bigints are ids and counts, far below 2^53; a Date for a civil day would drag a time zone in.
  if (oid === INT8) return Number;
  if (oid === DATE) return (text: string) => text;
  return pg.types.getTypeParser(oid, format);
}
