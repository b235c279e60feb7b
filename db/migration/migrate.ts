/**
 * Brings a database to this version's schema. Forward only. Several processes may do it at once: they wait for each other on an advisory
 * lock, and the later ones have nothing left to do.
 */
import { runner } from 'node-pg-migrate';
import type { Session } from '../connection/client.ts';
import { isOfEarlierLayout, MIGRATIONS } from './missing-migrations.ts';
import { inOwnerSession } from './owner-session.ts';
import { prepareDatabase } from './prepare.ts';

/**
 * Applies what is missing and returns the names of the migrations that ran.
 * @throws Error when the database was made by a version before the first release.
 */
export async function migrate(url: string, report: (line: string) => void = () => {}): Promise<string[]> {
  return await inOwnerSession(url, async (session) => {
    await refuseEarlierLayout(session);
    await prepareDatabase(session);
    await session.query('set role tidemark_owner');
    return await applyMissing(session, report);
  });
}

async function refuseEarlierLayout(session: Session): Promise<void> {
  if (!(await isOfEarlierLayout(session))) return;
  throw new Error(
    'this database was made by a version before the first release and cannot be brought up to date; it is left as it is. Make a new ' +
      'database and load its data again (docs/operations.md, "A database of an earlier version"); of a local one: move the folder ' +
      '.tidemark away and start again',
  );
}

async function applyMissing(session: Session, report: (line: string) => void): Promise<string[]> {
  const quiet = () => {};
  const ran = await runner({
    dbClient: session,
    dir: MIGRATIONS,
    direction: 'up',
    migrationsTable: 'migration',
    migrationsSchema: 'ops',
    noLock: true, // ours covers prepareDatabase too
    logger: { debug: quiet, info: quiet, warn: report, error: report },
  });
  return ran.map(({ name }) => name);
}
