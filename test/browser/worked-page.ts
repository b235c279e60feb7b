/** The page over a test environment on which a worker loads days. */
import { foldLines, ofLines } from '../../activities/lines/fold-lines.ts';
import { LineSorter } from '../../activities/lines/sort-lines.ts';
import { transaction } from '../../db/connection/client.ts';
import { hashSecret, insertKey, newSecret } from '../../db/queries/operation/api-keys.ts';
import { runDay } from '../../temporal/days.ts';
import { type ApiEnvironment, openApiEnvironment } from '../support/api/api-environment.ts';
import { DATASET, type TestEnvironmentOptions } from '../support/test-environment.ts';
import { type OpenPage, openPage } from './page.ts';

export interface WorkedPage extends ApiEnvironment, OpenPage {
  /** Asks the source for a day once more. */
  rerun(day: string): Promise<void>;
  /** Folds events as they come from a sender; returns their dataset. */
  foldEvents(...events: readonly object[]): Promise<string>;
  /** A key of an operator that may see everything. */
  operatorKey(): Promise<string>;
}

export async function openWorkedPage(options: TestEnvironmentOptions = {}): Promise<WorkedPage> {
  const testEnv = await openApiEnvironment({ simulator: { revisionShare: 0, quotaRequests: 0 }, ...options });
  await testEnv.startWorker();
  const opened = await openPage(testEnv.deps);
  return {
    ...testEnv,
    ...opened,
    rerun: async (day) => {
      await (await runDay(testEnv.temporal, { dataset: DATASET, day, wait: false })).result();
    },
    foldEvents: async (...events) => {
      const dataset = ofLines(testEnv.catalog.find('checkout.events'));
      const sorter = new LineSorter(dataset, Date.now());
      sorter.add(Buffer.from(events.map((each) => `${JSON.stringify(each)}\n`).join('')));
      await transaction(testEnv.database, (sql) =>
        foldLines(sql, dataset, sorter, new Date(), { url: 'test' }),
      );
      return dataset.id;
    },
    operatorKey: async () => {
      const secret = newSecret();
      const key = { id: 'key-1', name: 'night-shift', role: 'operator', datasets: null } as const;
      await insertKey(
        testEnv.deps.database,
        { ...key, createdBy: 'test', expiresAt: null },
        hashSecret(secret),
      );
      return secret;
    },
    close: async () => {
      await opened.close();
      await testEnv.close();
    },
  };
}
