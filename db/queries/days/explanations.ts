/** What records of other datasets explain about a delivery day, such as the publisher's own monitoring page. */

import type { Dataset } from '../../../domain/dataset/dataset.ts';
import { type Explaining, type Explanation, explainingOf } from '../../../domain/dataset/explained.ts';
import type { CivilDay } from '../../../domain/time/civil-day.ts';
import type { Sql } from '../../connection/client.ts';
import { storedIds } from '../catalog/enabling.ts';
import { recordsOfUnit } from '../records/records.ts';
import { readLedger } from './ledger.ts';

/** @param datasets all that may explain it and that the reader may see. */
export async function explanationsOf(
  sql: Sql,
  datasets: readonly Dataset[],
  id: string,
  day: CivilDay,
): Promise<Explanation[]> {
  const stored = await storedIds(sql);
  const those = explainingOf(datasets, id).filter((from) => stored.has(from.id));
  const all = await Promise.all(those.map((from) => explanationBy(sql, from, id, day)));
  return all.flat();
}

async function explanationBy(
  sql: Sql,
  { id: dataset, explains }: Explaining,
  explained: string,
  day: CivilDay,
): Promise<Explanation[]> {
  const records = await recordsOfUnit(sql, { dataset, day });
  const parsedRecords = records.flatMap(({ startsAtMs, body }) =>
    body === null ? [] : [{ startsAtMs, body: JSON.parse(body) }],
  );
  const summary = explains.summary(
    explained,
    parsedRecords.toSorted((a, b) => a.startsAtMs - b.startsAtMs),
  );
  if (summary === undefined) return [];
  const row = await readLedger(sql, dataset, day);
  return [{ dataset, summary, checkedAt: row?.lastCheckedAt ?? null }];
}
