/** One snapshot of the database for several statements: none of them sees later writes. */
import type { PoolClient } from 'pg';
import type { Database, Session, Sql } from './client.ts';
import { Work } from './work.ts';

export interface Snapshot extends Sql {
  /** Returns the session. @param error set when it cannot be used again. */
  release(error?: Error): void;
}

/**
 * Opens a snapshot; the caller must release it. The caller's work ends if the server ends the session. In sessions with `pipeline`,
 * statements sent at once share one round trip with the snapshot's beginning.
 */
export async function openSnapshot(database: Database): Promise<Snapshot> {
  const client = await database.connect();
  const work = Work.inProgress();
  const lost = (error: Error) => work?.end(error);
  // Nothing may be running that would report it: its reader is slow.
  client.once('error', lost);
  let open = true;
  const release = (error?: Error) => {
    if (!open) return;
    open = false;
    client.off('error', lost);
    // A statement may still be running: the session is discarded, and a new one is opened when needed.
    if (error) return client.release(error);
    // Not awaited: there is nothing to lose.
    client.query('commit').then(
      () => client.release(),
      (cause: Error) => client.release(cause),
    );
  };
  if (client.pipeline) (client as unknown as Session).gather();
  const begun = client.query('begin isolation level repeatable read read only');
  // The first statement reports the error.
  begun.catch(() => undefined);
  try {
    if (!client.pipeline) await begun;
  } catch (error) {
    release(error as Error);
    throw error;
  }
  return { query: asking(client, begun), release };
}

/** Statements fail if they ran outside the transaction. */
function asking(client: PoolClient, begun: Promise<unknown>): Sql['query'] {
  const send = client.query.bind(client);
  const query = (...args: Parameters<typeof send>) => {
    const answer = send(...args) as unknown as Promise<unknown>;
    answer.catch(() => undefined);
    return begun.then(() => answer);
  };
  return query as unknown as Sql['query'];
}
