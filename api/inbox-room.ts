/** Whether an inbox has room. Asked of the database now and then, not for each request: a bound, not an exact count. */

import type { Database } from '../db/client.ts';
import { inboxBytes } from '../db/queries/inbox.ts';
import { Problem } from './problem.ts';

/** What a standstill of workers may leave behind: some minutes of the fastest stream. */
export const MOST_INBOX_BYTES = 512 * 1024 * 1024;
const LOOK_EVERY_MS = 500;
const RETRY_AFTER = '5';

export class InboxRoom {
  readonly #database: Database;
  readonly #mostBytes: number;
  readonly #looked = new Map<string, { readonly atMs: number; readonly bytes: Promise<number> }>();

  constructor(database: Database, mostBytes = MOST_INBOX_BYTES) {
    this.#database = database;
    this.#mostBytes = mostBytes;
  }

  /** @throws Problem 503 with Retry-After: nothing was taken, and the sender sends it again. */
  async assertRoom(dataset: string): Promise<void> {
    if ((await this.#bytes(dataset)) < this.#mostBytes) return;
    const detail = `the inbox of ${dataset} is full: workers do not get on; nothing of this request was taken, send it again later`;
    throw new Problem(503, detail, { headers: { 'retry-after': RETRY_AFTER } });
  }

  #bytes(dataset: string): Promise<number> {
    const last = this.#looked.get(dataset);
    const nowMs = performance.now();
    if (last && nowMs - last.atMs < LOOK_EVERY_MS) return last.bytes;
    const bytes = inboxBytes(this.#database, dataset);
    this.#looked.set(dataset, { atMs: nowMs, bytes });
    // Who asks next asks the database again.
    bytes.catch(() => this.#looked.delete(dataset));
    return bytes;
  }
}
