/** Folds one payload of records into its unit: interpret, compare with what was there, write, report. Part of the law of the fold. */
import type { Sql } from '../../db/connection/client.ts';
import type { Change } from '../../db/queries/answers/changes.ts';
import { sha256 } from '../../db/queries/payloads/payload-body.ts';
import { type FoldEntry, markFolded, touchPayload } from '../../db/queries/payloads/payloads.ts';
import type { DayScope } from '../../db/queries/points/observations.ts';
import {
  type CurrentRecord,
  closeRecords,
  insertLatest,
  pastRevisions,
  recordsOfUnit,
} from '../../db/queries/records/records.ts';
import type { RecordDataset } from '../../domain/dataset/records.ts';
import { type Decision, settleFindings } from '../../domain/interpret/decision.ts';
import {
  interpretRecords,
  type ReadRecord,
  type RecordInterpretation,
} from '../../domain/interpret/interpret-records.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { changeOf } from './change-ids.ts';
import { foldUpsert } from './fold-upsert.ts';
import { keepFindings, textsOfFindings } from './keep-findings.ts';
import { NO_EFFECT, type OtherUnits, type RecordEffects, type Unit } from './other-units.ts';

type PlacedPayload = FoldEntry & { readonly body: Buffer; readonly changeId: number };

export interface FoldedRecords {
  readonly kind: RecordInterpretation['kind'];
  readonly contentSha256: Buffer;
  readonly effects: RecordEffects;
  /** Quarantined records of this payload that have not been waived. */
  readonly held: number;
}

export async function foldRecordPayload(
  sql: Sql,
  dataset: RecordDataset,
  scope: DayScope,
  payload: PlacedPayload,
  usable: FoldEntry | undefined,
  decisions: readonly Decision[],
  others?: OtherUnits,
): Promise<FoldedRecords> {
  const read = interpretRecords(dataset, scope.day, payload.body);
  // Without withdrawals, it does not matter whether two answers say the same.
  const contentSha256 = sha256(dataset.silence === 'withdraw' ? read.canonical() : payload.body);
  const isSame = dataset.silence === 'withdraw' && (usable?.contentSha256?.equals(contentSha256) ?? false);
  const { decoderVersion } = dataset;
  const made = { kind: read.kind, contentSha256 };
  await markFolded(sql, payload.id, { ...made, decoderVersion, changeId: payload.changeId });
  if (isLate(dataset, payload, usable)) return { ...made, effects: NO_EFFECT, held: 0 };
  const effects = await foldRead(sql, dataset, scope, payload, read, isSame, others);
  const found = [...read.findings, ...effects.findings];
  const textOf = await textsOfFindings(sql, dataset, decisions.length > 0 ? found : []);
  const findings = settleFindings(found, decisions, textOf);
  // Other bytes, same meaning. A repeated fold must not count the sighting twice.
  if (isSame && usable && payload.kind === null) await touchPayload(sql, usable.id, payload.fetchedAt);
  const saysAll = dataset.silence === 'withdraw' && read.kind !== 'refused';
  const reported = { payloadId: payload.id, at: payload.fetchedAt, findings };
  await keepFindings(sql, scope, saysAll ? { ...reported, over: 'payloads' } : reported);
  const open = findings.filter(({ severity, settled }) => severity === 'block' && !settled);
  return { ...made, effects, held: open.reduce((sum, { points }) => sum + points, 0) };
}

async function foldRead(
  sql: Sql,
  { silence, versions }: RecordDataset,
  scope: DayScope,
  payload: PlacedPayload,
  { kind, records, findings }: RecordInterpretation,
  isSame: boolean,
  others: OtherUnits | undefined,
): Promise<RecordEffects> {
  if (kind === 'refused') return NO_EFFECT;
  if (silence === 'nothing') return await foldUpsert(sql, scope, payload.changeId, records, versions, others);
  if (isSame) return NO_EFFECT;
  const held = findings.flatMap(({ severity, series }) => (severity === 'block' && series ? [series] : []));
  return await foldSnapshot(sql, scope, payload.changeId, records, new Set(held));
}

/** A version that came late changes no record, but adds one that can be read. */
export function changeBy(
  { silence }: RecordDataset,
  scope: DayScope,
  { id: payloadId, changeId }: PlacedPayload,
  effects: RecordEffects,
): Change | undefined {
  const moved = changeOf(scope, changeId, payloadId, { ...effects, largestDifference: null });
  if (moved || silence === 'withdraw' || !effects.brought) return moved;
  const nothing = { newPoints: 0, revisedPoints: 0, nulledPoints: 0, largestDifference: null };
  return { id: changeId, dataset: scope.dataset, day: scope.day, payloadId, kind: 'published', ...nothing };
}

/** What a payload took from other units: each has a change of its own, so that whoever reads it again finds it as it is. */
export async function takenBy(
  { dataset }: DayScope,
  { id: payloadId }: PlacedPayload,
  { taken }: RecordEffects,
  idOf: (day: CivilDay) => Promise<number>,
): Promise<Change[]> {
  const changes: Change[] = [];
  for (const day of [...taken.keys()].toSorted()) {
    const moved = {
      newPoints: 0,
      revisedPoints: 0,
      nulledPoints: taken.get(day) ?? 0,
      largestDifference: null,
    };
    changes.push({ id: await idOf(day), dataset, day, payloadId, kind: 'revised', ...moved });
  }
  return changes;
}

export function isLate(
  { silence }: RecordDataset,
  payload: FoldEntry,
  usable: FoldEntry | undefined,
): boolean {
  return silence === 'withdraw' && usable !== undefined && payload.fetchedAt < usable.fetchedAt;
}

// What a payload that is complete for its unit does to its records: new ones are written, changed ones replaced, and absent ones withdrawn
// as of then. Part of the law of the fold.

/** @param quarantined keys that are in the payload but that a rule quarantines: they are not absent. */
async function foldSnapshot(
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
