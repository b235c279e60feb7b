/**
 * What came of a commit whose answer was lost: it may have been stored all the same. Another session asks the server, so that nothing that
 * was stored is reported as a failure, and stored once more by whoever repeats it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';

/** How a server knows a transaction. */
interface Mark {
  /** Null where it has written nothing. */
  readonly id: string | null;
  /** Another one after a crash: ids that were not on disk by then are given out again. */
  readonly server: string | null;
}

/** A commit that was not answered. */
export interface LostCommit {
  readonly mark: Mark;
  readonly cause: Error;
}

/** How long to ask. A server usually notices within milliseconds that its client is gone. */
const MOST_MS = 5_000;
const PAUSE_MS = 100;

/** It could not be found out whether it was stored. */
export class CommitUnknown extends Error {
  constructor(cause: Error) {
    super('the database was lost while it stored this: look whether it is there before you repeat it', {
      cause,
    });
    this.name = 'CommitUnknown';
  }
}

/** Commits. @returns undefined when the server has said that it was done. */
export async function commit(client: pg.ClientBase): Promise<LostCommit | undefined> {
  const mark = await markOf(client);
  return await client.query('commit').then(
    () => undefined,
    (cause: Error) => ({ mark, cause }),
  );
}

async function markOf(client: pg.ClientBase): Promise<Mark> {
  const { rows } = await client.query<Mark>(
    'select pg_current_xact_id_if_assigned()::text as id, stats_reset::text as server from pg_stat_bgwriter',
  );
  return rows[0] as Mark;
}

/**
 * Returns when it is stored.
 * @throws what its commit failed with: then it is not.
 * @throws CommitUnknown when the server does not answer, or has crashed in between.
 */
export async function assertStored(pool: pg.Pool, { mark, cause }: LostCommit): Promise<void> {
  const untilMs = performance.now() + MOST_MS;
  while (mark.id !== null && performance.now() < untilMs) {
    // It may be starting again.
    const status = await statusOf(pool, mark).catch(() => 'away');
    if (status === 'committed') return;
    if (status === 'aborted') throw cause;
    if (status === undefined) break;
    await sleep(PAUSE_MS);
  }
  throw mark.id === null ? cause : new CommitUnknown(cause);
}

/** @returns undefined when it is not known any more. */
async function statusOf(pool: pg.Pool, { id, server }: Mark): Promise<string | undefined> {
  const { rows } = await pool.query<{ status: string | null }>(
    `select pg_xact_status($1::text::xid8) as status from pg_stat_bgwriter
     where stats_reset::text is not distinct from $2`,
    [id, server],
  );
  return rows[0]?.status ?? undefined;
}
