/**
 * Back-pressure of an inbox: senders are slowed when what they send is seen late, and refused when there is no room. The database
 * is asked now and then, not for each request: a bound, not an exact count.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../db/connection/client.ts';
import { type Waiting, waitingInInbox } from '../../db/queries/payloads/inbox.ts';
import { Problem } from '../http/problem.ts';

/** What a standstill of workers may leave behind: some minutes of the fastest stream. */
const MOST_BYTES = 512 * 1024 * 1024;
const CHECK_EVERY_MS = 500;
const RETRY_AFTER = '5';

/** What is sent should be seen within two seconds. */
const LATE_MS = 2_000;
/** Then nobody takes anything out: slowing senders would help nobody, and the room is there for this. */
const STANDSTILL_MS = 30_000;
const MOST_DELAY_MS = 1_000;

/** How long senders wait for their answer when the oldest lines have waited so long, milliseconds. */
export function delayOf(waitingMs: number): number {
  if (waitingMs > STANDSTILL_MS) return 0;
  return Math.min(MOST_DELAY_MS, Math.max(0, (waitingMs - LATE_MS) / 10));
}

export class InboxRoom {
  readonly #database: Database;
  readonly #counted = new Map<string, { readonly atMs: number; readonly waiting: Promise<Waiting> }>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** @throws Problem 503 with Retry-After: nothing was taken, and the sender sends it again. */
  async assertRoom(dataset: string): Promise<void> {
    const { bytes } = await this.#waiting(dataset);
    if (bytes < MOST_BYTES) return;
    const detail = `the inbox of ${dataset} is full: workers do not get on; nothing of this request was taken, send it again later`;
    throw new Problem(503, detail, { headers: { 'retry-after': RETRY_AFTER } });
  }

  /** Call it when the lines are safe. Senders that wait for their answers come to send as much as is folded. */
  async slow(dataset: string): Promise<void> {
    const { sinceMs } = await this.#waiting(dataset);
    const delayMs = delayOf(sinceMs);
    if (delayMs > 0) await sleep(delayMs);
  }

  #waiting(dataset: string): Promise<Waiting> {
    const last = this.#counted.get(dataset);
    const nowMs = performance.now();
    if (last && nowMs - last.atMs < CHECK_EVERY_MS) return last.waiting;
    const waiting = waitingInInbox(this.#database, dataset);
    this.#counted.set(dataset, { atMs: nowMs, waiting });
    // Who asks next asks the database again.
    waiting.catch(() => this.#counted.delete(dataset));
    return waiting;
  }
}
