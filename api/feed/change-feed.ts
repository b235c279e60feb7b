/**
 * The change feed for connected readers: a single poll of the database serves them all. Readers near the end of the feed
 * share what the poll has read; one that starts further back queries on its own until it has caught up.
 */
import { EventEmitter, setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from '../../db/connection/client.ts';
import { type FeedPage, feedPage, lastCursor } from '../../db/queries/answers/changes.ts';
import { epochOf } from '../../domain/days/epoch.ts';

export type ReadPage = Pick<FeedPage, 'changes' | 'readTo'>;

export interface FeedReader {
  /** Cursor to start after. */
  readonly since: number;
  readonly datasets: readonly string[];
  /** After this long without a change an empty page is sent. */
  readonly idleMs: number;
  /** Ends the reader. */
  readonly ended: AbortSignal;
}

/** How often the feed is read while there are readers. */
const POLL_MS = 500;
/** Pause after a failed read: the database is probably still away. */
const AFTER_FAILURE_MS = 2_000;
const ROWS_OF_A_READ = 1_000;
/** Changes kept in memory for readers that are a little behind. */
const MOST_RECENT = 5_000;

export class ChangeFeed {
  readonly #sql: Sql;
  readonly #datasets: readonly string[];
  readonly #closing = new AbortController();
  readonly #moves = new EventEmitter().setMaxListeners(0);
  /** All changes after `#recentFrom` and up to `#head`. */
  #recent: FeedPage['changes'] = [];
  #recentFrom = 0;
  #head = 0;
  #readers = 0;
  /** Aborted when the database begins a new epoch (a restore): changes that readers have seen may be lost. */
  #epoch = new AbortController();
  /** Settles when the end of the feed is known; undefined while polling is off. */
  #started: Promise<void> | undefined;

  /** @param datasets all that any reader may see. */
  constructor(sql: Sql, datasets: readonly string[]) {
    this.#sql = sql;
    this.#datasets = datasets;
    // Every waiting reader adds a listener.
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
        // A reader's cursor may be ahead of the poll: then there is nothing to send yet.
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

  /** Resolves when the feed has moved, reading is over, or the time has passed. */
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

  /** Starts the poll unless it runs. */
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

  /** Readers reconnect with the cursor they have, which is checked then. */
  #endReaders(head: number): void {
    [this.#head, this.#recentFrom, this.#recent] = [head, head, []];
    this.#epoch.abort();
    this.#epoch = new AbortController();
  }
}
