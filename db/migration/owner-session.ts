/** A session that changes the schema. Concurrent processes get it one after the other. */
import { Session } from '../connection/client.ts';

const LOCK = 7_363_627_031;

/** @param url its user may act as tidemark_owner, or create that role. */
export async function inOwnerSession<T>(url: string, work: (session: Session) => Promise<T>): Promise<T> {
  const session = new Session({ connectionString: url, application_name: 'tidemark migrate' });
  // A lost connection also emits an error event, which must be handled.
  session.on('error', () => {});
  await session.connect();
  try {
    await session.query('select pg_advisory_lock($1)', [LOCK]);
    return await work(session);
  } finally {
    await session.end();
  }
}
