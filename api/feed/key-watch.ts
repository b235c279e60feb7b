/** Ends streams whose key, session or token is no longer valid: one query for all of them together. */
import type { Sql } from '../../db/connection/client.ts';
import { endedKeys } from '../../db/queries/operation/api-keys.ts';
import type { Caller } from '../limits/access.ts';

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
