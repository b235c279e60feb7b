/**
 * Who reads which dataset: counted in memory and written every few seconds, so that reading does not become writing. What a
 * process has not written yet is lost when it is killed.
 */
import type { FastifyRequest } from 'fastify';
import type { Database } from '../../db/connection/client.ts';
import { addReads, dropOldReads, OPEN_READER, type Reads } from '../../db/queries/operation/read-counts.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';

declare module 'fastify' {
  interface FastifyInstance {
    readonly reads: ReadCounter;
  }
}

const WRITE_EVERY_MS = 10_000;
/** Days that counts are kept. */
export const READS_KEPT_DAYS = 400;

export class ReadCounter {
  readonly #database: Database;
  #counted = new Map<string, Reads>();
  #writing: Promise<void> = Promise.resolve();

  constructor(database: Database) {
    this.#database = database;
  }

  add({ dataset, reader, reads }: Reads): void {
    const key = `${dataset} ${reader}`;
    this.#counted.set(key, { dataset, reader, reads: reads + (this.#counted.get(key)?.reads ?? 0) });
  }

  /**
   * Writes what is counted, and drops what is too old; what cannot be written stays counted. One write after the other: what
   * somebody else is just writing is written, too, when this has ended.
   */
  write(): Promise<void> {
    const written = this.#writing.then(() => this.#write());
    this.#writing = written.catch(() => undefined);
    return written;
  }

  async #write(): Promise<void> {
    const counted = [...this.#counted.values()];
    if (counted.length === 0) return;
    this.#counted = new Map();
    try {
      await addReads(this.#database, counted);
    } catch (error) {
      for (const each of counted) this.add(each);
      throw error;
    }
    await dropOldReads(this.#database, READS_KEPT_DAYS);
  }
}

/** Decorates the API with the counter, which writes until the API closes. */
export function countReads(api: Api, { database }: ApiDependencies): void {
  const reads = new ReadCounter(database);
  api.decorate('reads', reads);
  const write = () =>
    reads.write().catch((error: unknown) => api.log.warn({ err: error }, 'reads could not be written yet'));
  const timer = setInterval(() => void write(), WRITE_EVERY_MS).unref();
  api.addHook('onClose', async () => {
    clearInterval(timer);
    await write();
  });
}

/** Counts an answer that has rows of a dataset. Headers alone are not read. */
export function noteRead({ server, method, caller }: FastifyRequest, dataset: string): void {
  if (method === 'GET') server.reads.add({ dataset, reader: caller.id ?? OPEN_READER, reads: 1 });
}
