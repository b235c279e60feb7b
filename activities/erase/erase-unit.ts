/**
 * Activity `eraseUnit`: scans the payloads of a unit and removes the lines of a person; the unit is folded again from the rest in the same
 * transaction. With `look` it only counts.
 */
import type { Database, Sql } from '../../db/connection/client.ts';
import {
  countUnit,
  type Erasure,
  noteErasedDay,
  readErasure,
  rewritePayload,
  unitsSharing,
} from '../../db/queries/payloads/erasures.ts';
import { bodyOf, packBody } from '../../db/queries/payloads/payload-body.ts';
import { loadPayload, payloadsOfDay } from '../../db/queries/payloads/payloads.ts';
import type { Dataset } from '../../domain/dataset/dataset.ts';
import type { RecordDataset, RecordLines } from '../../domain/dataset/records.ts';
import {
  holdsId,
  isAboutPerson,
  type LinesLeft,
  type Someone,
  withoutLines,
} from '../../domain/records/erasure.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import type { ErasedUnit, EraseUnitInput } from '../../domain/workflow/messages.ts';
import type { Dependencies } from '../dependencies.ts';
import { foldAgain } from '../fold/fold-unit.ts';
import { lockUnit } from '../fold/lock-unit.ts';
import { publishCorrection } from '../fold/publish-changes.ts';
import { ofLines } from '../lines/fold-lines.ts';
import { once, resultOfEarlier } from '../once.ts';
import { temporalActivity } from '../temporal-activity.ts';

export function createEraseUnit({
  catalog,
  database,
}: Dependencies): (input: EraseUnitInput) => Promise<ErasedUnit> {
  return temporalActivity(async ({ erasure: id, unit, look }) => {
    const { dataset: name, dryRun, someone } = await requestedErasure(database, id);
    const dataset = ofPersons(catalog.find(name));
    const done = await resultOfEarlier<ErasedUnit>(database);
    if (done) return done;
    const found = await lookThrough(database, dataset, unit, someone);
    const { affected, ...counts } = found;
    if (!look && !dryRun && affected.length > 0)
      return await once(database, async (sql) => {
        await erase(sql, { id, dataset, unit, someone, affected });
        return { unit, ...counts, affected: affected.length };
      });
    return { unit, ...counts, affected: affected.length };
  });
}

/** Without a lock: the bytes of a payload do not change, and new ones arrive without that person. */
async function lookThrough(database: Database, dataset: DatasetOfPersons, unit: CivilDay, someone: Someone) {
  const payloads = await payloadsOfDay(database, dataset.id, unit);
  const affected: number[] = [];
  let lines = 0;
  let naming = 0;
  for (const { id } of payloads) {
    const left = await bodyWithout(database, dataset, someone, id);
    if (left.removed > 0) affected.push(id);
    lines += left.removed;
    naming += left.naming;
  }
  return { payloads: payloads.length, lines, naming, affected };
}

async function bodyWithout(
  sql: Sql,
  { lines }: DatasetOfPersons,
  someone: Someone,
  payload: number,
): Promise<LinesLeft & { readonly naming: number }> {
  const isAbout = isAboutPerson(lines, someone);
  const holds = holdsId(someone);
  let naming = 0;
  const left = withoutLines(lines, await bodyOf(sql, await loadPayload(sql, payload)), (line, header) => {
    const isGone = isAbout(line, header);
    if (!isGone && holds(line)) naming += 1;
    return isGone;
  });
  return { ...left, naming };
}

interface Work {
  readonly id: number;
  readonly dataset: DatasetOfPersons;
  readonly unit: CivilDay;
  readonly someone: Someone;
  readonly affected: readonly number[];
}

async function erase(sql: Sql, { id, dataset, unit, someone, affected }: Work): Promise<void> {
  await lockUnit(sql, dataset, unit);
  const before = await countUnit(sql, dataset.id, unit);
  const keys = new Set<string>();
  for (const payload of affected) {
    const { body, removed, gone } = await bodyWithout(sql, dataset, someone, payload);
    // Another erasure of the same person may have removed them already.
    if (removed === 0) continue;
    for (const { key } of dataset.decode(gone, unit).records) keys.add(key);
    await rewritePayload(sql, id, payload, { ...(await packBody(body)), removed });
  }
  const sharing = await unitsSharing(sql, dataset.id, unit, [...keys]);
  const { others } = await foldAgain(sql, dataset, unit, sharing);
  for (const day of new Set([unit, ...sharing, ...others.keys()]))
    await publishCorrection(sql, { dataset: dataset.id, day }, 'erased');
  const after = await countUnit(sql, dataset.id, unit);
  await noteErasedDay(sql, id, unit, {
    versions: Math.max(0, before.versions - after.versions),
    findings: Math.max(0, before.findings - after.findings),
  });
}

// Datasets whose lines contain personal data.

export type DatasetOfPersons = RecordDataset & {
  readonly lines: RecordLines & { readonly person: NonNullable<RecordLines['person']> };
};

/** @throws Failure BAD_INPUT for a dataset without personal data. */
export function ofPersons(dataset: Dataset): DatasetOfPersons {
  const ofSomeLines = ofLines(dataset);
  if (ofSomeLines.lines.person) return ofSomeLines as DatasetOfPersons;
  throw new Failure(
    'BAD_INPUT',
    `${dataset.id} has no field that names a person: nobody can be erased from it`,
  );
}

/** @throws Failure BAD_INPUT when no such erasure was requested. */
export async function requestedErasure(sql: Sql, id: number): Promise<Erasure> {
  const erasure = await readErasure(sql, id);
  if (erasure) return erasure;
  throw new Failure('BAD_INPUT', `there is no erasure ${id}; "tidemark erase" begins one`);
}
