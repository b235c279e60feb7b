/** Does an error end as a sentence with the hint, also where the error itself has none or says nothing at all? */
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { messageOf } from '../../../cli/describe.ts';
import { openDatabase } from '../../../db/connection/client.ts';
import { isPassingStorageFailure } from '../../../db/connection/failure.ts';

/** A port that nobody listens on: none that the system gives to somebody. */
const port = 9;

/** What connecting to a host with two addresses ends with, as localhost has on most machines. */
async function refusedTwice(): Promise<Error> {
  const socket = connect({
    port,
    host: 'two-addresses.test',
    lookup: (_host, _options, answer) =>
      (answer as unknown as (error: null, found: { address: string; family: number }[]) => void)(null, [
        { address: '127.0.0.1', family: 4 },
        { address: '127.0.0.2', family: 4 },
      ]),
  });
  return await new Promise((resolve) => socket.once('error', resolve));
}

test('a database that does not answer', async () => {
  const url = `postgres://tidemark:hunter2@127.0.0.1:${port}/x`;
  const error = await openDatabase({ url, application: 'test' })
    .query('select 1')
    .catch((reason: unknown) => reason);
  expect(messageOf(error)).toBe(
    `the database does not answer (connect ECONNREFUSED 127.0.0.1:${port}). Start one with "npm start", or set DATABASE_URL`,
  );
});

test('a host with several addresses, none of which answers, passes by itself and says why', async () => {
  const error = await refusedTwice();
  expect(error.message).toBe('');
  expect(isPassingStorageFailure(error)).toBe(true);
  expect(messageOf(error)).toMatch(/ECONNREFUSED 127\.0\.0\.1:\d+, connect ECONNREFUSED 127\.0\.0\.2:\d+/);
});

test('several errors of which none is of the network do not pass by themselves', () => {
  expect(isPassingStorageFailure(new AggregateError([new Error('defect')], 'defects'))).toBe(false);
});

test('anything else says what it says', () => {
  expect(messageOf(new RangeError('no such thing'))).toBe('no such thing');
  expect(messageOf('a text')).toBe('a text');
});
