/** A database whose days move by hand, a receiver, and everything between them but Temporal. */

import { emptyLedgerRow } from '../../../activities/fold/empty-ledger-row.ts';
import { datasetPlaces } from '../../../config-datasets.ts';
import { type Catalog, loadCatalog } from '../../../datasets/catalog.ts';
import { transaction } from '../../../db/connection/client.ts';
import { type LedgerRow, readLedger, writeLedger } from '../../../db/queries/days/ledger.ts';
import { dueLanes, dueMessages, noteFailure } from '../../../db/queries/notify/messages.ts';
import { isOfPoints } from '../../../domain/dataset/dataset.ts';
import type { SubscriptionSettings } from '../../../domain/notify/subscription.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import { Failure } from '../../../domain/workflow/failures.ts';
import { collectMoves } from '../../../notify/collect.ts';
import { sendMessage } from '../../../notify/send-message.ts';
import { Sender } from '../../../notify/sender.ts';
import { type Subscribed, subscribe } from '../../../notify/subscribe.ts';
import { createTestDatabase, type TestDatabase } from '../database.ts';
import { DATASET } from '../test-environment.ts';

export const EVERYTHING: SubscriptionSettings = {
  channel: 'webhook',
  kinds: ['complete', 'revised', 'late', 'partial', 'quarantined', 'failed'],
  ...{
    datasets: null,
    severity: 'info',
    leastDifference: null,
    leastRelative: null,
    hours: null,
    digest: null,
  },
};

export interface Notified extends TestDatabase {
  readonly catalog: Catalog;
  readonly sender: Sender;
  subscribe(address: string, settings?: Partial<SubscriptionSettings>): Promise<Subscribed>;
  /** Writes days into the ledger as a fold or a failure does. */
  move(days: readonly CivilDay[], row: Partial<LedgerRow>): Promise<void>;
  collect(): Promise<void>;
  /** Sends everything that is due, once; what is refused becomes a dead letter. @returns how many were told. */
  tell(by?: Sender): Promise<number>;
  rows<T>(text: string, values?: unknown[]): Promise<T[]>;
  close(): Promise<void>;
}

export async function openNotified(): Promise<Notified> {
  const catalog = await loadCatalog(datasetPlaces());
  const stored = await createTestDatabase(catalog.all);
  const { database } = stored;
  const sender = new Sender({ allowPrivate: true });
  const points = new Set(catalog.all.filter(isOfPoints).map(({ id }) => id));

  async function tellLane(lane: { subscription: string; lane: string }, by: Sender): Promise<number> {
    let sent = 0;
    for (const { id } of await dueMessages(database, lane, 1_000)) {
      try {
        if ((await sendMessage(database, by, id)) === 'sent') sent += 1;
      } catch (error) {
        if (!(error instanceof Failure) || error.code !== 'RECEIVER_REFUSED') break;
        await noteFailure(database, id, error.message, true);
      }
    }
    return sent;
  }

  return {
    ...stored,
    ...{ catalog, sender },
    subscribe: (address, settings = {}) =>
      subscribe(database, { ...EVERYTHING, ...settings }, { name: 'desk', address, by: 'anna' }),
    async move(days, row) {
      const dataset = catalog.find(DATASET);
      for (const day of days)
        await transaction(database, async (sql) => {
          const known = (await readLedger(sql, DATASET, day)) ?? emptyLedgerRow(dataset, day);
          await writeLedger(sql, { ...known, ...row });
        });
    },
    async collect() {
      while ((await collectMoves(database, (id) => points.has(id))).full);
    },
    async tell(by = sender) {
      let sent = 0;
      for (const lane of await dueLanes(database, 100)) sent += await tellLane(lane, by);
      return sent;
    },
    rows: async <T>(text: string, values: unknown[] = []) => (await database.query(text, values)).rows as T[],
    async close() {
      await sender.close();
      await stored.drop();
    },
  };
}
