/**
 * The HTTP API over a database of its own, into which answers of a source are folded by hand: histories that no source
 * would give in a test's time. Neither Temporal nor a worker.
 */
import { foldUnit } from '../../../activities/fold/fold-unit.ts';
import { lockUnit } from '../../../activities/fold/lock-unit.ts';
import { rebuild } from '../../../activities/rebuild/rebuild-day.ts';
import { buildApi } from '../../../api/app.ts';
import type { ApiDependencies } from '../../../api/dependencies.ts';
import { catalogOf } from '../../../datasets/catalog.ts';
import { transaction } from '../../../db/connection/client.ts';
import { type Dataset, isOfRecords } from '../../../domain/dataset/dataset.ts';
import type { PulledPoints } from '../../../domain/dataset/points.ts';
import type { RecordDataset } from '../../../domain/dataset/records.ts';
import { createTestDatabase, datedBack } from '../database.ts';
import { type SampleRow, sampleBody } from '../sample-dataset.ts';
import { recordLines, type SampleRecord } from '../sample-record-dataset.ts';
import { storePayload } from '../store-payload.ts';
import { type Answer, answerOf, OPEN_API, openTestApiDatabase } from './api-environment.ts';

export type FoldedEnvironment = Awaited<ReturnType<typeof openFoldedEnvironment>>;

const ASKER = { workflowId: 'test', runId: 'test' };

export async function openFoldedEnvironment(datasets: readonly Dataset[]) {
  const stored = await createTestDatabase(datasets);
  const database = openTestApiDatabase(stored.url);
  const deps: ApiDependencies = {
    database,
    catalog: catalogOf(datasets),
    temporal: () => Promise.reject(new Error('there is no Temporal server here')),
    workflowLink: (id) => id,
    ...OPEN_API,
  };
  const api = await buildApi(deps);
  await api.ready();
  const rows = async <T>(text: string, values: unknown[] = []) =>
    (await stored.database.query(text, values)).rows as T[];
  /** Folds what the source answered at an instant; known from now on. */
  const arrive = (dataset: PulledPoints, day: string, at: Date, answer: readonly SampleRow[]) =>
    arriveBytes(dataset, day, at, sampleBody(answer));
  async function arriveBytes(dataset: Dataset, day: string, at: Date, body: Buffer) {
    await storePayload(stored.database, { dataset: dataset.id, day, fetchedAt: at, body });
    await transaction(stored.database, async (sql) => {
      if (isOfRecords(dataset)) await lockUnit(sql, dataset, day);
      await foldUnit(sql, dataset, day, { requestedBy: ASKER });
    });
  }
  return {
    ...{ api, deps, rows, database: stored.database, url: stored.url },
    get: async (url: string, headers = {}): Promise<Answer> =>
      answerOf(await api.inject({ method: 'GET', url, headers })),
    post: async (url: string, payload: object): Promise<Answer> =>
      answerOf(await api.inject({ method: 'POST', url, payload })),
    /** Folds what the source answered about a day at an instant; known since then. */
    publish: (dataset: PulledPoints, day: string, at: Date, answer: readonly SampleRow[]) =>
      datedBack(stored, () => arrive(dataset, day, at, answer)),
    arrive,
    /** The same with the bytes of the source. */
    publishBytes: (dataset: Dataset, day: string, at: Date, body: Buffer) =>
      datedBack(stored, () => arriveBytes(dataset, day, at, body)),
    /** The same of records. */
    publishRecords: (dataset: RecordDataset, day: string, at: Date, records: readonly SampleRecord[]) =>
      datedBack(stored, () => arriveBytes(dataset, day, at, recordLines(records))),
    arriveRecords: (dataset: RecordDataset, day: string, at: Date, records: readonly SampleRecord[]) =>
      arriveBytes(dataset, day, at, recordLines(records)),
    /** Folds a day again from its payloads, perhaps with another decoder. */
    rebuild: (dataset: PulledPoints | RecordDataset, day: string) =>
      transaction(stored.database, (sql) => rebuild(sql, dataset, day)),
    async close() {
      await api.close();
      await database.end();
      await stored.drop();
    },
  };
}
