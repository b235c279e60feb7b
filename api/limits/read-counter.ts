/**
 * Who reads which dataset: counted in memory and written every few seconds, so that a read does not cause a write. Counts not
 * yet written are lost when the process is killed.
 */
import type { FastifyRequest } from 'fastify';
import { type Database, transaction } from '../../db/connection/client.ts';
import { addReads, dropOldReads, OPEN_READER, type Reads } from '../../db/queries/operation/read-counts.ts';
import type { Api, ApiDependencies } from '../dependencies.ts';

declare module 'fastify' {
  interface FastifyInstance {
    readonly reads: ReadCounter;
  }
}

const WRITE_EVERY_MS = 10_000;
/** How many days counts are kept. */
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
   * Writes the counts and drops old ones; counts that cannot be written are kept for the next time. Writes are serialized:
   * when this resolves, one that was already in progress has ended too.
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
      await transaction(this.#database, (sql) => addReads(sql, counted));
    } catch (error) {
      for (const each of counted) this.add(each);
      throw error;
    }
    await dropOldReads(this.#database, READS_KEPT_DAYS);
  }
}

/** Adds the counter to the API; it writes until the API closes. */
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

/** Counts an answer with rows of a dataset; HEAD requests are not counted. */
export function noteRead({ server, method, caller }: FastifyRequest, dataset: string): void {
  if (method === 'GET') server.reads.add({ dataset, reader: caller.id ?? OPEN_READER, reads: 1 });
}
