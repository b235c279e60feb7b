/** Ends streams whose key counts no more: one look at the database for all of them together. */
import type { Sql } from '../../db/connection/client.ts';
import { endedKeys } from '../../db/queries/operation/api-keys.ts';

const LOOK_MS = 2_000;

export class KeyWatch {
  readonly #sql: Sql;
  readonly #now: () => Date;
  readonly #streams = new Map<AbortController, string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(sql: Sql, now: () => Date) {
    this.#sql = sql;
    this.#now = now;
  }

  /** Aborts `stream` within seconds after the key was revoked or has expired. */
  add(stream: AbortController, keyId: string | null): void {
    if (keyId === null || stream.signal.aborted) return;
    this.#streams.set(stream, keyId);
    stream.signal.addEventListener('abort', () => this.#remove(stream), { once: true });
    this.#timer ??= setInterval(() => void this.#look(), LOOK_MS).unref();
  }

  #remove(stream: AbortController): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #look(): Promise<void> {
    const ids = [...new Set(this.#streams.values())];
    // A database that is away says nothing about keys; the next look does.
    const ended = new Set(await endedKeys(this.#sql, ids, this.#now()).catch(() => []));
    for (const [stream, id] of this.#streams) if (ended.has(id)) stream.abort();
  }
}
