/** A database whose days move by hand, receivers, and everything between them but Temporal. */
import { emptyLedgerRow } from '../../../activities/fold/empty-ledger-row.ts';
import { datasetPlaces } from '../../../config/datasets.ts';
import { type Catalog, loadCatalog } from '../../../datasets/catalog.ts';
import { transaction } from '../../../db/connection/client.ts';
import { keepSettled } from '../../../db/connection/database-clock.ts';
import { type LedgerRow, readLedger, writeLedger } from '../../../db/queries/days/ledger.ts';
import type { NewReceiver } from '../../../domain/notify/receiver.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import type { Outside } from '../../../notify/incidents.ts';
import { type AddedReceiver, addReceiver } from '../../../notify/receivers.ts';
import { Sender } from '../../../notify/sender.ts';
import { planMessages, sendMessage } from '../../../notify/tell.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { DATASET } from '../test-environment.ts';

/** Temporal answers, and nothing that it knows is wrong. */
export const CALM: Outside = {
  isPaused: async () => false,
  statusOf: async () => 'RUNNING',
  selfPauseOf: async () => null,
};

export interface Notified extends TestDatabase {
  readonly catalog: Catalog;
  readonly sender: Sender;
  add(address: string, more?: Partial<NewReceiver>): Promise<AddedReceiver>;
  /** Writes days into the ledger as a fold or a failure does. */
  move(days: readonly CivilDay[], row: Partial<LedgerRow>, dataset?: string): Promise<void>;
  /** One tick. @returns how many messages were taken. */
  tell(by?: Sender, outside?: Outside): Promise<number>;
  /** Long enough for the next attempts. */
  wait(): Promise<void>;
  rows<T>(text: string, values?: unknown[]): Promise<T[]>;
  close(): Promise<void>;
}

export async function openNotified(): Promise<Notified> {
  const catalog = await loadCatalog(datasetPlaces());
  const stored = await createTestDatabase(catalog.all);
  const { database } = stored;
  // As workers and the API do.
  keepSettled(database);
  const sender = new Sender({ allowPrivate: true });
  const rows = async <T>(text: string, values: unknown[] = []) =>
    (await database.query(text, values)).rows as T[];
  return {
    ...{ ...stored, catalog, sender, rows },
    async add(address, more = {}) {
      const wanted = {
        name: 'desk',
        channel: 'webhook',
        address,
        datasets: null,
        createdBy: 'anna',
        ...more,
      } as const;
      const added = await addReceiver(database, { allowPrivate: true }, wanted);
      if ('faults' in added) throw new Error(added.faults[0]?.hint);
      return added;
    },
    async move(days, row, id = DATASET) {
      const dataset = catalog.find(id);
      for (const day of days)
        await transaction(database, async (sql) => {
          const known = (await readLedger(sql, id, day)) ?? emptyLedgerRow(dataset, day);
          await writeLedger(sql, { ...known, ...row });
        });
    },
    async tell(by = sender, outside = CALM) {
      let sent = 0;
      for (const { id } of await planMessages(database, { intervals: new Map([[DATASET, 300]]), outside }))
        if ((await sendMessage(database, by, id)) === 'sent') sent += 1;
      return sent;
    },
    async wait() {
      await rows(`update ops.told set tried_at = tried_at - interval '2 hours'`);
    },
    async close() {
      await sender.close();
      await stored.drop();
    },
  };
}
