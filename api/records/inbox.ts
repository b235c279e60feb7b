/**
 * Back-pressure of an inbox: senders are slowed when their lines become readable late, and refused when the inbox is full. The
 * database is queried twice a second at most, not for each request, so the limit is approximate.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';
import type { Database } from '../../db/connection/client.ts';
import { type Waiting, waitingInInbox } from '../../db/queries/payloads/inbox.ts';
import { wakeDrain } from '../../temporal/drains.ts';
import type { ApiDependencies } from '../dependencies.ts';
import { Problem } from '../http/problem.ts';

/** What may pile up while the workers are down: some minutes of the fastest stream. */
const MOST_BYTES = 512 * 1024 * 1024;
const CHECK_EVERY_MS = 500;
const RETRY_AFTER = '5';

/** Lines should be readable within two seconds. */
const LATE_MS = 2_000;
/** From then on the workers count as down: slowing senders would not help, and the inbox has room for the outage. */
const STANDSTILL_MS = 30_000;
const MOST_DELAY_MS = 1_000;

/** By how many milliseconds an answer is delayed, given how long the oldest lines have waited. */
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

  /** @throws Problem 503 with Retry-After: nothing was accepted, and the sender must send it again. */
  async assertRoom(dataset: string): Promise<void> {
    const { bytes } = await this.#waiting(dataset);
    if (bytes < MOST_BYTES) return;
    const detail = `the inbox of ${dataset} is full: workers do not get on; nothing of this request was taken, send it again later`;
    throw new Problem(503, detail, { headers: { 'retry-after': RETRY_AFTER } });
  }

  /** Call it once the lines are committed. Senders that await each answer slow down to the speed of processing. */
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
    // After a failure the next caller queries again.
    waiting.catch(() => this.#counted.delete(dataset));
    return waiting;
  }
}

/*
 * Wakes the workflow that drains an inbox whenever lines have been put into it: at once, and while they keep coming every few seconds, which
 * is more often than a drain goes to sleep (`activities/lines/drain-inbox.ts`). The sender does not wait for it.
 */

const EVERY_MS = 3_000;

interface WakeDrains {
  (dataset: string, log: FastifyBaseLogger): void;
  /** Ends what would wake a drain later: it looks by itself once a minute. */
  stop(): void;
}

export function wakeDrains({ temporal }: Pick<ApiDependencies, 'temporal'>): WakeDrains {
  const wokenMs = new Map<string, number>();
  const later = new Map<string, NodeJS.Timeout>();
  const wakeNow = (dataset: string, log: FastifyBaseLogger): void => {
    later.delete(dataset);
    wokenMs.set(dataset, performance.now());
    temporal()
      .then((connected) => wakeDrain(connected, dataset))
      .catch((error: unknown) => log.warn({ err: error }, `drain:${dataset} could not be woken`));
  };
  const wake = (dataset: string, log: FastifyBaseLogger): void => {
    if (later.has(dataset)) return;
    const inMs = (wokenMs.get(dataset) ?? Number.NEGATIVE_INFINITY) + EVERY_MS - performance.now();
    const wakeIt = () => wakeNow(dataset, log);
    if (inMs <= 0) wakeIt();
    else later.set(dataset, setTimeout(wakeIt, inMs));
  };
  const stop = () => {
    for (const timer of later.values()) clearTimeout(timer);
  };
  return Object.assign(wake, { stop });
}
