/** Keeps the settled instant near to now while nothing is written, so that "as of now" can be asked for. */
import type { Database } from './client.ts';

const EVERY_MS = 1_000;

/**
 * Moves the settled instant on each second until the pool ends. Keeps no process alive. A database that is away is no concern of
 * it: nothing is told wrong while the instant stands still, and it moves on by itself.
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
