/** Records folded by hand into a database of its own: neither Temporal nor a worker. */
import { foldUnit } from '../../activities/fold/fold-unit.ts';
import { lockUnit } from '../../activities/fold/lock-unit.ts';
import { transaction } from '../../db/connection/client.ts';
import { storageOf } from '../../db/migration/storage.ts';
import type { RecordDataset } from '../../domain/dataset/records.ts';
import { createTestDatabase, datedBack } from './database.ts';
import { recordLines, type SampleRecord } from './sample-record-dataset.ts';
import { storePayload } from './store-payload.ts';

export type RecordsEnvironment = Awaited<ReturnType<typeof openRecordsEnvironment>>;

export async function openRecordsEnvironment(datasets: readonly RecordDataset[]) {
  const stored = await createTestDatabase(datasets);
  const rows = async <T>(text: string, values: unknown[] = []) =>
    (await stored.database.query(text, values)).rows as T[];
  const fold = (dataset: RecordDataset, day: string, again = false) =>
    transaction(stored.database, async (sql) => {
      await lockUnit(sql, dataset, day);
      return await foldUnit(sql, dataset, day, { again });
    });
  const store = (dataset: RecordDataset, day: string, at: Date, body: Buffer) =>
    storePayload(stored.database, { dataset: dataset.id, day, fetchedAt: at, body });
  return {
    ...{ stored, rows, fold, store },
    async publish(
      dataset: RecordDataset,
      day: string,
      at: Date,
      records: readonly (SampleRecord | string)[],
    ) {
      await store(dataset, day, at, recordLines(records));
      return await datedBack(stored, () => fold(dataset, day));
    },
    /** Everything that the fold wrote for a dataset, without ids that count up. */
    async contentOf(dataset: RecordDataset) {
      return {
        versions: await rows(
          `select key, starts_at, delivery_day, version, revision, is_current, body, known_from, known_to
           from ${storageOf(dataset.id).versions} order by key, version, known_from`,
        ),
        ledger: await rows(
          `select day, state, expected_points, present_points, quarantined_points, revision, first_published_at, completed_at,
             last_changed_at, last_checked_at
           from ops.delivery_day where dataset = $1 order by day`,
          [dataset.id],
        ),
        findings: await rows(
          `select day, rule, severity, series, starts_at, points, place, raw, reason, found_at, resolution, resolved_at
           from ops.finding where dataset = $1 order by day, found_at, rule, series, raw, reason`,
          [dataset.id],
        ),
        changes: await rows(
          `select day, kind, new_points, revised_points, nulled_points, known_at
           from ops.change where dataset = $1 order by day, known_at`,
          [dataset.id],
        ),
      };
    },
    close: () => stored.drop(),
  };
}
