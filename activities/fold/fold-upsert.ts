/**
 * What a payload adds to a dataset of records that arrive one by one: of each record the highest version counts, whatever the order of
 * arrival. Part of the law of the fold.
 */
import type { Sql } from '../../db/connection/client.ts';
import {
  clearUnit,
  closedOfKeys,
  deleteKeys,
  insertClosed,
  insertLatest,
  latestOfKeys,
  sharedKeys,
} from '../../db/queries/records/records.ts';
import type { RecordDataset } from '../../domain/dataset/records.ts';
import { type Finding, finding } from '../../domain/interpret/finding.ts';
import type { ReadRecord } from '../../domain/interpret/interpret-records.ts';
import {
  admit,
  type ChainedVersion,
  chain,
  effectOf,
  numberedByArrival,
  type RecordVersion,
  standsIn,
  unitLeft,
} from '../../domain/records/record-chain.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { NO_EFFECT, type OtherUnits, type RecordEffects, type Unit } from './other-units.ts';

type ByKey = ReadonlyMap<string, readonly RecordVersion[]>;

/**
 * @param others notes what happens to records that other units have versions of; undefined where that follows from the effects.
 * @returns what it did, with a finding for each version that contradicts one of the same number.
 */
export async function foldUpsert(
  sql: Sql,
  { dataset, day }: Unit,
  changeId: number,
  records: readonly ReadRecord[],
  numbered: RecordDataset['versions'] = 'by-source',
  others?: OtherUnits,
): Promise<RecordEffects> {
  const came = byKey(
    // Field by field: V8 makes slow objects of a rest pattern.
    records.map(({ key, startsAtMs, version, body }) => ({ key, startsAtMs, version, body, day, changeId })),
  );
  const known = await versionsOf(sql, dataset, [...came.keys()]);
  const effects = { ...NO_EFFECT, taken: new Map<CivilDay, number>(), findings: [] as Finding[] };
  const anew: RecordVersion[][] = [];
  for (const [key, versions] of came) {
    const before = known.get(key) ?? [];
    const incoming = numbered === 'by-arrival' ? numberedByArrival(before, versions) : versions;
    const { versions: after, conflicts } = admit(before, incoming);
    effects.findings.push(...conflicts.map(conflictOf));
    if (after === before) continue;
    anew.push([...after]);
    effects.brought = true;
    others?.note(before, after);
    count(effects, effectOf(after, changeId));
    const left = unitLeft(after, changeId);
    if (left !== undefined) effects.taken.set(left, (effects.taken.get(left) ?? 0) + 1);
    effects.current += Number(standsIn(after, day)) - Number(standsIn(before, day));
  }
  await write(sql, dataset, anew, known);
  return effects;
}

/** Undoes what a unit's payloads added. Versions of the same records from other units close the gap. */
export async function resetUpserts(sql: Sql, unit: Unit, others: OtherUnits): Promise<void> {
  const { dataset, day } = unit;
  const shared = await versionsOf(sql, dataset, await sharedKeys(sql, unit));
  await clearUnit(sql, unit);
  const left = [...shared.values()].map((before) => {
    const after = before.filter((each) => each.day !== day);
    others.note(before, after);
    return after;
  });
  await write(sql, dataset, left, shared);
}

/** All known versions of these records. */
async function versionsOf(sql: Sql, dataset: string, keys: readonly string[]): Promise<ByKey> {
  const latest = await latestOfKeys(sql, dataset, keys);
  // Most records are new, or have one version.
  const closed = await closedOfKeys(
    sql,
    dataset,
    latest.map(({ key }) => key),
  );
  return byKey([...latest, ...closed]);
}

async function write(
  sql: Sql,
  dataset: string,
  records: readonly (readonly RecordVersion[])[],
  known: ByKey,
): Promise<void> {
  const chained = records.flatMap(chain);
  const there = records.flatMap(([first]) => (first && known.has(first.key) ? [first.key] : []));
  await deleteKeys(sql, dataset, there);
  await insertClosed(sql, dataset, chained.filter(isClosed));
  await insertLatest(
    sql,
    dataset,
    chained.filter((each) => !isClosed(each)),
  );
}

function isClosed({ closedBy }: ChainedVersion): boolean {
  return closedBy !== null;
}

function byKey(versions: readonly RecordVersion[]): Map<string, RecordVersion[]> {
  const found = new Map<string, RecordVersion[]>();
  for (const version of versions) {
    const list = found.get(version.key);
    if (list) list.push(version);
    else found.set(version.key, [version]);
  }
  return found;
}

function count(
  effects: { -readonly [K in keyof RecordEffects]: RecordEffects[K] },
  effect: ReturnType<typeof effectOf>,
) {
  if (effect === 'new') effects.newPoints += 1;
  if (effect === 'revised') effects.revisedPoints += 1;
  if (effect === 'ended') effects.nulledPoints += 1;
}

function conflictOf({ key, version, startsAtMs, body }: RecordVersion): Finding {
  const reason = `version ${version} of ${key} came again with other content; the one that came first was kept`;
  return finding('conflicting_version', 'warn', reason, { series: key, startsAtMs, raw: body });
}
