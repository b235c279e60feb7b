/** Activity `planRebuild`: which days of a range have something to fold, oldest first. */
import { daysToRebuild } from '../../db/queries/payloads/rebuilding.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import type { RebuildInput } from '../../domain/workflow/messages.ts';
import type { Dependencies } from '../dependencies.ts';
import { temporalActivity } from '../temporal-activity.ts';

export function createPlanRebuild({
  catalog,
  database,
}: Dependencies): (input: RebuildInput) => Promise<CivilDay[]> {
  return temporalActivity(async ({ dataset, from, to, decoderOlderThan = null }) => {
    const { id } = catalog.find(dataset);
    return await daysToRebuild(database, { dataset: id, from, to, decoderOlderThan });
  });
}
