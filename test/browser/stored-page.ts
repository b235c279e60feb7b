/** The page over a database that nobody writes but the test: no worker, no Temporal. */
import { datasetPlaces } from '../../config/datasets.ts';
import { loadCatalog } from '../../datasets/catalog.ts';
import { LIMITS, openTestApiDatabase } from '../support/api/api-environment.ts';
import { createTestDatabase } from '../support/database.ts';
import { type OpenPage, openPage } from './page.ts';

export const DATASET = 'jao-core.max-exchanges';

export interface StoredPage extends OpenPage {
  rows<T>(text: string, values?: unknown[]): Promise<T[]>;
}

export async function openStoredPage(): Promise<StoredPage> {
  const catalog = await loadCatalog(datasetPlaces());
  const stored = await createTestDatabase(catalog.all);
  const database = openTestApiDatabase(stored.url);
  const opened = await openPage({
    ...{ database, catalog, access: 'open', corsOrigins: [], requestsPerMinute: 1_000_000 },
    ...{ hosts: [], limits: LIMITS },
    temporal: () => Promise.reject(new Error('nothing here starts work')),
    workflowLink: (workflowId, runId) => `http://ui.test/${workflowId}/${runId ?? ''}`,
    now: () => new Date(),
  });
  return {
    ...opened,
    rows: async <T>(text: string, values: unknown[] = []) =>
      (await stored.database.query(text, values)).rows as T[],
    close: async () => {
      await opened.close();
      await database.end();
      await stored.drop();
    },
  };
}
