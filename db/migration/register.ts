/** Makes the catalogue's sources and datasets visible to SQL. Idempotent; concurrent workers are safe. */
import { type Dataset, hasRollups, isOfRecords, isPulledPoints } from '../../domain/dataset/dataset.ts';
import type { Source, SourceFacts } from '../../domain/dataset/facts.ts';
import { type Database, type Sql, transaction } from '../connection/client.ts';
import {
  ensureRecordStorage,
  ensureRollups,
  ensureSlots,
  ensureStorage,
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
        await registerDataset(sql, dataset);
        await ensureTables(sql, dataset);
      }),
    );
  }
}

async function ensureTables(sql: Sql, dataset: Dataset): Promise<void> {
  if (isOfRecords(dataset)) return await ensureRecordStorage(sql, dataset);
  await ensureStorage(sql, dataset);
  if (hasRollups(dataset)) await ensureRollups(sql, dataset);
}

/** PostgreSQL's "internal error": raised when two sessions change the same catalogue entry at once. */
const INTERNAL_ERROR = 'XX000';
/** Two that register the same new dataset at once may collide on another key than the one in `on conflict`. */
const UNIQUE_VIOLATION = '23505';
const ATTEMPTS = 5;

/** A worker that writes the first rows of a dataset creates a chunk, which changes the same catalogue entries as our grants. */
async function untilNobodyInterferes(work: () => Promise<void>): Promise<void> {
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
