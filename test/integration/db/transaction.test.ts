/** Does a database that goes away in the middle end the statement and the transaction, and nothing else? */
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { transaction } from '../../../db/connection/client.ts';
import { isPassingStorageFailure } from '../../../db/connection/failure.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';

let stored: TestDatabase;
beforeAll(async () => {
  stored = await createTestDatabase([]);
});
afterAll(() => stored.drop());

/** As an administrator does it, or a server that restarts. */
async function endSession(pid: number | undefined): Promise<void> {
  const administrator = new pg.Client({ connectionString: inject('adminUrl') });
  await administrator.connect();
  await administrator.query('select pg_terminate_backend($1, 5000)', [pid]);
  await administrator.end();
}

const PID = 'select pg_backend_pid() as pid';

test('a session that is ended between two statements of a transaction is told by the next one', async () => {
  const { database } = stored;
  const work = transaction(database, async (sql) => {
    const { rows } = await sql.query<{ pid: number }>(PID);
    await endSession(rows[0]?.pid);
    return await sql.query(PID);
  });
  const failure = await work.catch((error: unknown) => error);
  expect(isPassingStorageFailure(failure)).toBe(true);
  expect((await database.query(PID)).rows).toHaveLength(1);
});

test('a session leaves nothing behind that grows with every use', async () => {
  const { database } = stored;
  const listeners = async () => {
    const client = await database.connect();
    client.release();
    return client.listenerCount('error');
  };
  const atFirst = await listeners();
  await transaction(database, (sql) => sql.query(PID));
  expect(await listeners()).toBe(atFirst);
});
