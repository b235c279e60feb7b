/** Puts datasets of records where SQL can see them, like `registerCatalog` those of series. */
import type { RecordDataset } from '../domain/record-dataset.ts';
import { type Database, transaction } from './client.ts';
import {
  ensureRecordStorage,
  registerRecordDataset,
  registerRecordSource,
} from './queries/record-catalog.ts';

export async function registerRecordDatasets(
  database: Database,
  datasets: readonly RecordDataset[],
): Promise<void> {
  for (const dataset of datasets) {
    await transaction(database, async (sql) => {
      await registerRecordSource(sql, dataset.source);
      await registerRecordDataset(sql, dataset);
      await ensureRecordStorage(sql, dataset);
    });
  }
}
