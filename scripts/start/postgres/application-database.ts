/** The database that an instance works in: live and simulated data have one each. */
import { Session } from '../../../db/connection/client.ts';

export const LIVE_DATABASE = 'tidemark';
export const SIMULATED_DATABASE = 'tidemark_simulated';

/** The same server, another database. */
export function withDatabase(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(database)}`;
  return other.href;
}

/** Makes a database where it is missing. @throws Error with the hint when this user may not. */
export async function ensureDatabase(serverUrl: string, database: string): Promise<void> {
  const client = new Session({ connectionString: serverUrl, connectionTimeoutMillis: 10_000 });
  // A lost connection also emits an error event, which would be thrown without a listener.
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query('select from pg_database where datname = $1', [database]);
    if (rows.length === 0) await client.query(`create database ${client.escapeIdentifier(database)}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(
      `the database "${database}" is missing and could not be made (${reason}); let an administrator make it`,
      {
        cause: error,
      },
    );
  } finally {
    await client.end();
  }
}
