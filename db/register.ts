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
    await transaction(database, async (sql) => {
      await registerDataset(sql, dataset);
      await ensureStorage(sql, dataset);
    });
  }
}
