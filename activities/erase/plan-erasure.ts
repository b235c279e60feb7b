/** Activity `planErasure`: which units of the dataset have payloads to scan. */
import { transaction } from '../../db/connection/client.ts';
import { unitsWithPayloads } from '../../db/queries/payloads/erasures.ts';
import { lockRecords } from '../../db/queries/records/records.ts';
import type { EraseInput, ErasurePlan } from '../../domain/workflow/messages.ts';
import type { Dependencies } from '../dependencies.ts';
import { temporalActivity } from '../temporal-activity.ts';
import { ofPersons, requestedErasure } from './dataset-of-persons.ts';

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
