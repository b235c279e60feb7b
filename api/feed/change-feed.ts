/**
 * The change feed for readers that stay: one poll of the database for all of them together. Readers near the end of the
 * feed are given what the poll has read; one that begins further back reads on its own until it has caught up.
 */
import { EventEmitter, setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from '../../db/connection/client.ts';
import { type FeedPage, feedPage, lastCursor } from '../../db/queries/answers/changes.ts';
import { epochOf } from '../../domain/days/epoch.ts';

export type ReadPage = Pick<FeedPage, 'changes' | 'readTo'>;

export interface FeedReader {
  /** Begins after this cursor. */
  readonly since: number;
  readonly datasets: readonly string[];
  /** An empty page comes whenever so long has passed without a change. */
  readonly idleMs: number;
  /** Ends the reader. */
  readonly ended: AbortSignal;
}

/** How often the feed is read while somebody follows. */
const POLL_MS = 500;
/** After a failure: the database is away, and so will be the next question. */
const AFTER_FAILURE_MS = 2_000;
const ROWS_OF_A_READ = 1_000;
/** What the poll has read is kept for readers that are a little behind. */
const MOST_RECENT = 5_000;

export class ChangeFeed {
  readonly #sql: Sql;
  readonly #datasets: readonly string[];
  readonly #closing = new AbortController();
  readonly #moves = new EventEmitter().setMaxListeners(0);
  /** Changes after `#recentFrom` and up to `#head`, all of them. */
  #recent: FeedPage['changes'] = [];
  #recentFrom = 0;
  #head = 0;
  #readers = 0;
  /** Aborted when the database has gone on in another epoch: what its readers have read may be lost. */
  #epoch = new AbortController();
  /** Settles when the end of the feed is known; undefined while nobody polls. */
  #started: Promise<void> | undefined;

  /** @param datasets every one that any reader may see. */
  constructor(sql: Sql, datasets: readonly string[]) {
    this.#sql = sql;
    this.#datasets = datasets;
    // Each reader that waits listens.
    setMaxListeners(0, this.#closing.signal, this.#epoch.signal);
  }

  /** Ends every reader. */
  close(): void {
    this.#closing.abort();
  }

  /** Pages of changes in order, without end. @throws what the database throws. */
  async *read({ since, datasets, idleMs, ended }: FeedReader): AsyncGenerator<ReadPage> {
    const wanted = new Set(datasets);
    this.#readers += 1;
    try {
      await this.#start();
      const over = AbortSignal.any([ended, this.#closing.signal, this.#epoch.signal]);
      let lastSentAt = Date.now();
      for (let at = since; !over.aborted; ) {
        if (at >= this.#head) await this.#moved(lastSentAt + idleMs - Date.now(), over);
        if (over.aborted) return;
        // What is committed behind the poll may be ahead of it: then there is nothing to give yet.
        const page = at >= this.#head ? { changes: [], readTo: at } : await this.#after(at, wanted);
        at = page.readTo;
        if (page.changes.length === 0 && Date.now() < lastSentAt + idleMs) continue;
        lastSentAt = Date.now();
        yield page;
      }
    } finally {
      this.#readers -= 1;
    }
  }

  /** Until the feed has moved, the reading is over or so long has passed. */
  #moved(mostMs: number, over: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#moves.off('moved', done);
        over.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, Math.max(0, mostMs));
      this.#moves.once('moved', done);
      over.addEventListener('abort', done);
      if (over.aborted) done();
    });
  }

  async #after(at: number, wanted: ReadonlySet<string>): Promise<ReadPage> {
    if (at < this.#recentFrom)
      return await feedPage(this.#sql, { since: at, datasets: [...wanted], limit: ROWS_OF_A_READ });
    const readTo = this.#head;
    const changes = this.#recent.filter(({ cursor, dataset }) => cursor > at && wanted.has(dataset));
    return { changes, readTo };
  }

  /** Begins to poll where nobody does. */
  #start(): Promise<void> {
    this.#started ??= this.#begin().catch((error: unknown) => {
      this.#started = undefined;
      throw error;
    });
    return this.#started;
  }

  async #begin(): Promise<void> {
    this.#head = await lastCursor(this.#sql);
    this.#recentFrom = this.#head;
    this.#recent = [];
    void this.#poll();
  }

  async #poll(): Promise<void> {
    const { signal } = this.#closing;
    while (this.#readers > 0 && !signal.aborted) {
      const pauseMs = await this.#readOn().then(
        () => POLL_MS,
        () => AFTER_FAILURE_MS,
      );
      await sleep(pauseMs, undefined, { signal, ref: false }).catch(() => {});
    }
    this.#started = undefined;
  }

  async #readOn(): Promise<void> {
    const page = await feedPage(this.#sql, {
      ...{ since: this.#head, datasets: this.#datasets, limit: ROWS_OF_A_READ },
    });
    if (page.readTo === this.#head) return;
    if (epochOf(page.readTo) !== epochOf(this.#head)) return this.#endReaders(page.readTo);
    const recent = [...this.#recent, ...page.changes];
    const forgotten = recent.splice(0, Math.max(0, recent.length - MOST_RECENT));
    this.#recentFrom = forgotten.at(-1)?.cursor ?? this.#recentFrom;
    this.#recent = recent;
    this.#head = page.readTo;
    this.#moves.emit('moved');
  }

  /** They come back with the cursor that they have, which is checked then. */
  #endReaders(head: number): void {
    [this.#head, this.#recentFrom, this.#recent] = [head, head, []];
    this.#epoch.abort();
    this.#epoch = new AbortController();
  }
}
