/** One writer per unit of work, whoever asked. */
import type { Sql } from '../db/client.ts';
import { lockDay } from '../db/queries/ledger.ts';
import { lockRecords } from '../db/queries/records.ts';
import { type Dataset, isOfRecords } from '../domain/any-dataset.ts';
import type { CivilDay } from '../domain/civil-day.ts';

/** Call it before anything is read of the day; it holds until the transaction ends. */
export async function lockUnit(sql: Sql, dataset: Dataset, day: CivilDay): Promise<void> {
  if (isOfRecords(dataset) && dataset.fold === 'upsert') await lockRecords(sql, dataset.id);
  else await lockDay(sql, dataset.id, day);
}
