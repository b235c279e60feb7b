/** Puts the catalogue's sources and datasets where SQL can see them. Idempotent; workers may do it at once. */
import type { DatasetDefinition, Source } from '../domain/dataset.ts';
import { type Database, transaction } from './client.ts';
import { ensureSlots, ensureStorage, registerDataset, registerSource } from './queries/catalog.ts';

export async function registerCatalog(
  database: Database,
  datasets: readonly DatasetDefinition[],
): Promise<void> {
  const sources = new Map<string, Source>(datasets.map(({ source }) => [source.id, source]));
  for (const source of sources.values()) {
    await transaction(database, async (sql) => {
      await registerSource(sql, source);
      await ensureSlots(sql, source);
    });
  }
  for (const dataset of datasets) {
    await untilNobodyInterferes(() =>
      transaction(database, async (sql) => {
        await registerDataset(sql, dataset);
        await ensureStorage(sql, dataset);
      }),
    );
  }
}

/** PostgreSQL's "internal error": what it says when two change the same entry of its own catalogue at once. */
const INTERNAL_ERROR = 'XX000';
const ATTEMPTS = 5;

/** A worker that writes the first rows of a dataset makes a chunk, which touches the entries that our grants touch. */
async function untilNobodyInterferes(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const { code } = error as { code?: unknown };
      if (code !== INTERNAL_ERROR || attempt === ATTEMPTS) throw error;
    }
  }
}
