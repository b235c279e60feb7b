/** One state of the database for several statements: what is written meanwhile is in none of them. */
import type { PoolClient } from 'pg';
import type { Database, Sql } from './client.ts';
import { Work } from './work.ts';

export interface Snapshot extends Sql {
  /** Gives the session back. @param error set when it cannot be used again. */
  release(error?: Error): void;
}

/**
 * Opens one; whoever does must release it. The work that opened it ends when the server ends the session. Where sessions take
 * statements without waiting for the one before (`pipeline`), those that are asked for at once are one round trip with its beginning.
 */
export async function openSnapshot(database: Database): Promise<Snapshot> {
  const client = await database.connect();
  const work = Work.inProgress();
  const lost = (error: Error) => work?.end(error);
  // No statement may be running that would tell: its reader is slow.
  client.once('error', lost);
  let open = true;
  const release = (error?: Error) => {
    if (!open) return;
    open = false;
    client.off('error', lost);
    // A statement may still be running: the session is thrown away, and another is opened when it is needed.
    if (error) return client.release(error);
    // Nobody waits for it: there is nothing to be lost.
    client.query('commit').then(
      () => client.release(),
      (cause: Error) => client.release(cause),
    );
  };
  const begun = client.query('begin isolation level repeatable read read only');
  // Whoever asks first is told.
  begun.catch(() => undefined);
  try {
    if (!client.pipeline) await begun;
  } catch (error) {
    release(error as Error);
    throw error;
  }
  return { query: asking(client, begun), release };
}

/** Statements of which none counts that ran outside the transaction. */
function asking(client: PoolClient, begun: Promise<unknown>): Sql['query'] {
  const query = (...asked: Parameters<typeof client.query>) => {
    const answer = client.query(...asked) as unknown as Promise<unknown>;
    answer.catch(() => undefined);
    return begun.then(() => answer);
  };
  return query as unknown as Sql['query'];
}
