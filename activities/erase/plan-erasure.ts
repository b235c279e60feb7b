/** Activity `planErasure`: which units of the dataset have payloads to scan. */
import { type Sql, transaction } from '../../db/connection/client.ts';
import {
  erasureProof,
  findingsHolding,
  finishErasure,
  type UnitCounts,
  unitsWithPayloads,
  versionsAbout,
} from '../../db/queries/payloads/erasures.ts';
import { lockRecords } from '../../db/queries/records/records.ts';
import { mentionsAny, type Someone, searchedFor } from '../../domain/records/erasure.ts';
import type {
  EraseInput,
  ErasurePlan,
  ErasureResult,
  FinishErasureInput,
} from '../../domain/workflow/messages.ts';
import type { Dependencies } from '../dependencies.ts';
import { once } from '../once.ts';
import { temporalActivity } from '../temporal-activity.ts';
import { type DatasetOfPersons, ofPersons, requestedErasure } from './erase-unit.ts';

export function createPlanErasure({
  catalog,
  database,
}: Dependencies): (input: EraseInput) => Promise<ErasurePlan> {
  return temporalActivity(async ({ erasure: id }) => {
    const { dataset, dryRun, finished } = await requestedErasure(database, id);
    ofPersons(catalog.find(dataset));
    if (finished) return { dataset, dryRun, units: [] };
    const units = await transaction(database, async (sql) => {
      // Folds that began before the erasure was requested have committed; later ones drop the person's lines.
      await lockRecords(sql, dataset);
      return await unitsWithPayloads(sql, dataset);
    });
    return { dataset, dryRun, units };
  });
}

/** Activity `finishErasure`: searches versions and findings for remains, and writes the proof. */
export function createFinishErasure({
  catalog,
  database,
}: Dependencies): (input: FinishErasureInput) => Promise<ErasureResult> {
  return temporalActivity(async ({ erasure: id, ...looked }) => {
    const { dataset: name, someone, finished } = await requestedErasure(database, id);
    const dataset = ofPersons(catalog.find(name));
    const proof = finished
      ? await erasureProof(database, id)
      : await once(database, async (sql) =>
          finishErasure(sql, id, {
            ...{ ...looked, searchedFor: searchedFor(dataset.lines.person.field, someone) },
            ...(await whatTellsOf(sql, dataset, someone)),
          }),
        );
    return {
      payloadsRead: proof?.payloadsRead ?? 0,
      payloadsRewritten: proof?.payloadsRewritten ?? 0,
      linesRemoved: proof?.linesRemoved ?? 0,
      versionsRemoved: proof?.versionsRemoved ?? 0,
      findingsRemoved: proof?.findingsRemoved ?? 0,
      leftOver: proof?.leftOver ?? 0,
      searchedFor: proof?.searchedFor ?? '',
      linesNaming: proof?.linesNaming ?? 0,
    };
  });
}

/** What remains outside the payloads. The raw text of a finding has no header: in CSV only mentions of the person are found. */
async function whatTellsOf(sql: Sql, { id, lines }: DatasetOfPersons, someone: Someone): Promise<UnitCounts> {
  const { person, mentions } = someone;
  const isMentioned = mentionsAny(mentions);
  const raws = await findingsHolding(sql, id, [person, ...mentions]);
  const telling = raws.filter((raw) => lines.person.of(raw, undefined) === person || isMentioned(raw));
  return {
    versions: await versionsAbout(sql, id, lines.person.field, someone),
    findings: telling.length,
  };
}
