/**
 * Makes the catalogue's sources and datasets visible to SQL, and brings the storage of those that have some up to date. A dataset that is
 * new is dormant until it is enabled, and has none. Idempotent; concurrent workers are safe.
 */
import { type Dataset, isPulledPoints } from '../../domain/dataset/dataset.ts';
import type { Source, SourceFacts } from '../../domain/dataset/facts.ts';
import { comesFromPublisher } from '../../domain/dataset/input-faults.ts';
import { type Database, transaction } from '../connection/client.ts';
import {
  ensureSlots,
  makeStorage,
  registerDataset,
  registerQuota,
  registerSource,
} from '../queries/catalog/catalog.ts';

export async function registerCatalog(database: Database, datasets: readonly Dataset[]): Promise<void> {
  // Only sources that are requested have a quota.
  const pulled = datasets.filter(isPulledPoints).map(({ source }): [string, Source] => [source.id, source]);
  const sources = new Map<string, SourceFacts | Source>(datasets.map(({ source }) => [source.id, source]));
  for (const [id, source] of pulled) sources.set(id, source);
  for (const source of sources.values()) {
    await transaction(database, async (sql) => {
      if ('quota' in source) await registerQuota(sql, source);
      await registerSource(sql, source);
      if ('quota' in source) await ensureSlots(sql, source);
    });
  }
  for (const dataset of datasets) {
    await untilNobodyInterferes(() =>
      transaction(database, async (sql) => {
        await registerDataset(sql, dataset, comesFromPublisher(dataset, datasets));
        await makeStorage(sql, dataset.id);
      }),
    );
  }
}

/** PostgreSQL's "internal error": raised when two sessions change the same catalogue entry at once. */
const INTERNAL_ERROR = 'XX000';
/** Two that register the same new dataset at once may collide on another key than the one in `on conflict`. */
const UNIQUE_VIOLATION = '23505';
const ATTEMPTS = 5;

/** A worker that writes the first rows of a dataset creates a chunk, which changes the same catalogue entries as our grants. */
export async function untilNobodyInterferes<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const { code } = error as { code?: unknown };
      const isPassing = code === INTERNAL_ERROR || code === UNIQUE_VIOLATION;
      if (!isPassing || attempt === ATTEMPTS) throw error;
    }
  }
}
