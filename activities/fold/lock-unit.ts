/** One writer per unit of work, whatever started it. */
import type { Sql } from '../../db/connection/client.ts';
import { lockDay } from '../../db/queries/days/ledger.ts';
import { lockRecords } from '../../db/queries/records/records.ts';
import { type Dataset, isOfRecords } from '../../domain/dataset/dataset.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';

/** Call it before reading anything of the day; it holds until the transaction ends. */
export async function lockUnit(sql: Sql, dataset: Dataset, day: CivilDay): Promise<void> {
  if (isOfRecords(dataset) && dataset.silence === 'nothing') await lockRecords(sql, dataset.id);
  else await lockDay(sql, dataset.id, day);
}
