/**
 * Brings a database to this version's schema. Forward only. Several processes may do it at once: they wait for each other on an advisory
 * lock, and the later ones have nothing left to do.
 */
import { runner } from 'node-pg-migrate';
import type { Session } from '../connection/client.ts';
import { MIGRATIONS } from './missing-migrations.ts';
import { inOwnerSession } from './owner-session.ts';
import { prepareDatabase } from './prepare.ts';

/**
 * Applies what is missing and returns the names of the migrations that ran.
 * @throws Error when the database has migrations that these do not continue.
 */
export async function migrate(url: string, report: (line: string) => void = () => {}): Promise<string[]> {
  return await inOwnerSession(url, async (session) => {
    await prepareDatabase(session);
    await session.query('set role tidemark_owner');
    return await applyMissing(session, report);
  });
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
