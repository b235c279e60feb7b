/** The page over a stage on which a worker loads days. */
import { foldLines, ofLines } from '../../activities/lines/fold-lines.ts';
import { LineSorter } from '../../activities/lines/sort-lines.ts';
import { transaction } from '../../db/connection/client.ts';
import { insertKey } from '../../db/queries/operation/api-keys.ts';
import { hashSecret, newSecret } from '../../db/queries/operation/key-secret.ts';
import { runDay } from '../../temporal/days.ts';
import { type ApiStage, openApiStage } from '../support/api/api-stage.ts';
import { DATASET, type StageOptions } from '../support/stage.ts';
import { type OpenPage, openPage } from './page.ts';

export interface WorkedPage extends ApiStage, OpenPage {
  /** Asks the source for a day once more. */
  rerun(day: string): Promise<void>;
  /** Folds events as they come from a sender; returns their dataset. */
  foldEvents(...events: readonly object[]): Promise<string>;
  /** A key of an operator that may see everything. */
  operatorKey(): Promise<string>;
}

export async function openWorkedPage(options: StageOptions = {}): Promise<WorkedPage> {
  const stage = await openApiStage({ simulator: { revisionShare: 0, quotaRequests: 0 }, ...options });
  await stage.startWorker();
  const opened = await openPage(stage.deps);
  return {
    ...stage,
    ...opened,
    rerun: async (day) => {
      await (await runDay(stage.temporal, { dataset: DATASET, day, wait: false })).result();
    },
    foldEvents: async (...events) => {
      const dataset = ofLines(stage.catalog.find('checkout.events'));
      const sorter = new LineSorter(dataset, Date.now());
      sorter.add(Buffer.from(events.map((each) => `${JSON.stringify(each)}\n`).join('')));
      await transaction(stage.database, (sql) =>
        foldLines(sql, dataset, sorter, new Date(), { url: 'test' }),
      );
      return dataset.id;
    },
    operatorKey: async () => {
      const secret = newSecret();
      const key = { id: 'key-1', name: 'night-shift', role: 'operator', datasets: null } as const;
      await insertKey(
        stage.deps.database,
        { ...key, createdBy: 'test', expiresAt: null },
        hashSecret(secret),
      );
      return secret;
    },
    close: async () => {
      await opened.close();
      await stage.close();
    },
  };
}
