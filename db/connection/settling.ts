/** Keeps the settled instant close to now while nothing is written, so that "as of now" can be queried. */
import type { Database } from './client.ts';

const EVERY_MS = 1_000;

/**
 * Advances the settled instant each second until the pool ends. Keeps no process alive. Ignores a database that is down: nothing goes wrong
 * while the instant stands still, and it recovers by itself.
 */
export function keepSettled(database: Database): void {
  let isPending = false;
  const timer = setInterval(() => {
    if (database.ended) return clearInterval(timer);
    if (isPending) return;
    isPending = true;
    database
      .query('select ops.settle()')
      .catch(() => {})
      .finally(() => {
        isPending = false;
      });
  }, EVERY_MS);
  timer.unref();
}
