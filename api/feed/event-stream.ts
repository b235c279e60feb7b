/** Server-sent events: changes as events whose id is the cursor, and a heartbeat when nothing changes. */
import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { Sql } from '../../db/connection/client.ts';
import { endedKeys } from '../../db/queries/operation/api-keys.ts';
import type { Caller } from '../limits/access.ts';
import { wire } from '../schemas.ts';
import type { ReadPage } from './change-feed.ts';

/** How soon a client that lost the connection reconnects. */
const RETRY_MS = 2_000;

/**
 * Sends pages as they come. A client that stalls for too long is dropped; it can resume where it was.
 * @param patienceMs how long a chunk may wait for its reader.
 */
export function sendEvents(
  reply: FastifyReply,
  pages: AsyncIterable<ReadPage>,
  patienceMs: number,
): FastifyReply {
  async function* events() {
    yield `retry: ${RETRY_MS}\n\n`;
    for await (const page of pages) {
      // Destroys the response, not the socket: an injected request has none.
      const impatience = setTimeout(() => reply.raw.destroy(), patienceMs);
      try {
        yield textOf(page);
      } finally {
        clearTimeout(impatience);
      }
    }
  }
  // A kept-alive connection would delay the shutdown of the server.
  reply.headers({ 'cache-control': 'no-store', 'x-accel-buffering': 'no', connection: 'close' });
  const body = Readable.from(events(), { objectMode: false, highWaterMark: 1 });
  return reply.type('text/event-stream; charset=utf-8').send(body);
}

/** An event for each change; the cursor alone, without an event, where none was for this reader. */
function textOf({ changes, readTo }: ReadPage): string {
  if (changes.length === 0) return `: nothing new\nid: ${readTo}\n\n`;
  return changes.map((change) => `id: ${change.cursor}\ndata: ${JSON.stringify(wire(change))}\n\n`).join('');
}

const CHECK_MS = 2_000;

type Watched = Pick<Caller, 'keyId' | 'until'>;

export class KeyWatch {
  readonly #sql: Sql;
  readonly #now: () => Date;
  readonly #streams = new Map<AbortController, Watched>();
  #timer: NodeJS.Timeout | undefined;

  constructor(sql: Sql, now: () => Date) {
    this.#sql = sql;
    this.#now = now;
  }

  /** Aborts `stream` within seconds after the key is revoked or expires, or the session or token ends. */
  add(stream: AbortController, { keyId, until }: Watched): void {
    if ((keyId === null && until === null) || stream.signal.aborted) return;
    this.#streams.set(stream, { keyId, until });
    stream.signal.addEventListener('abort', () => this.#remove(stream), { once: true });
    this.#timer ??= setInterval(() => void this.#check(), CHECK_MS).unref();
  }

  #remove(stream: AbortController): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #check(): Promise<void> {
    const at = this.#now();
    const ids = [...new Set([...this.#streams.values()].flatMap(({ keyId }) => keyId ?? []))];
    // While the database is away no key can be checked; the next round will.
    const ended = new Set(await endedKeys(this.#sql, ids, at).catch(() => []));
    for (const [stream, { keyId, until }] of this.#streams)
      if (ended.has(keyId ?? '') || (until !== null && until <= at)) stream.abort();
  }
}
