/**
 * What a payload that is complete for its unit does to its records: new ones are written, changed ones replaced, and absent ones withdrawn
 * as of then. Part of the law of the fold.
 */
import type { Sql } from '../../db/connection/client.ts';
import {
  type CurrentRecord,
  closeRecords,
  insertLatest,
  pastRevisions,
  recordsOfUnit,
} from '../../db/queries/records/records.ts';
import type { ReadRecord } from '../../domain/interpret/interpret-records.ts';
import { NO_EFFECT, type RecordEffects, type Unit } from './record-effects.ts';

/** @param quarantined keys that are in the payload but that a rule quarantines: they are not absent. */
export async function foldSnapshot(
  sql: Sql,
  unit: Unit,
  changeId: number,
  records: readonly ReadRecord[],
  quarantined: ReadonlySet<string>,
): Promise<RecordEffects> {
  const before = new Map((await recordsOfUnit(sql, unit)).map((each) => [each.key, each]));
  const present = records.filter(({ body }) => body !== null);
  const added = present.filter(({ key }) => !before.has(key));
  const moved = present.filter((record) => {
    const old = before.get(record.key);
    return old !== undefined && differs(old, record);
  });
  const there = new Set([...present.map(({ key }) => key), ...quarantined]);
  const gone = [...before.keys()].filter((key) => !there.has(key));

  await closeRecords(sql, unit, [...moved.map(({ key }) => key), ...gone], changeId);
  const keys = [...added, ...moved].map(({ key }) => key);
  const revisions = await pastRevisions(sql, unit, keys);
  const rows = [...added, ...moved].map(({ place: _, ...record }) => ({
    ...record,
    day: unit.day,
    revision: revisions.get(record.key) ?? 0,
    changeId,
  }));
  await insertLatest(sql, unit.dataset, rows);
  return {
    ...NO_EFFECT,
    newPoints: added.length,
    revisedPoints: moved.length,
    nulledPoints: gone.length,
    current: added.length - gone.length,
    brought: present.length > 0,
  };
}

function differs(old: CurrentRecord, { startsAtMs, version, body }: ReadRecord): boolean {
  return old.startsAtMs !== startsAtMs || old.version !== version || old.body !== body;
}
