/** How long does a worker in earnest wait for a database that hangs? Tests of what happens then wait less. */
import { expect, test } from 'vitest';
import { openDatabase, WORKER_PATIENCE } from '../../../db/connection/client.ts';

const open = (patience = WORKER_PATIENCE) =>
  openDatabase({ url: 'postgres://nobody@127.0.0.1:9/none', application: 'test', patience });

test('a minute for a lock, four for a statement, a quarter of one more for the word of its end, ten seconds for a session', async () => {
  const database = open();
  expect(database.options).toMatchObject({
    lock_timeout: 60_000,
    statement_timeout: 240_000,
    query_timeout: 255_000,
    connectionTimeoutMillis: 10_000,
  });
  await database.end();
});

test('half a minute for a database that says nothing at all', () => {
  expect(WORKER_PATIENCE.silenceMs).toBe(30_000);
});

test('a statement ends within the five minutes that its step has', () => {
  expect(WORKER_PATIENCE.statementMs + 15_000).toBeLessThan(5 * 60_000);
});

test('the word of a statement’s end is waited for as long as is said', async () => {
  const database = open({ ...WORKER_PATIENCE, statementMs: 1_000, wordMs: 500 });
  expect(database.options).toMatchObject({ statement_timeout: 1_000, query_timeout: 1_500 });
  await database.end();
});
