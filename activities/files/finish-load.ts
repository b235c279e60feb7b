/**
 * Activity `finishLoad`: notes what came of a load. From then on the same file ends at once as long as it stands; what was unpacked
 * for it is removed where no payload refers to it: of records none does, and of a load that was stopped before anything was written.
 */
import { finishLoad, loadById } from '../../db/queries/files/loads.ts';
import type { LoadResult } from '../../domain/files/load.ts';
import type { Dependencies } from '../dependencies.ts';
import { temporalActivity } from '../temporal-activity.ts';
import { KeptTexts } from './kept-texts.ts';

export interface FinishLoadInput {
  readonly loadId: number;
  readonly result: LoadResult;
  /** Why it did not come to its end; null where it did. */
  readonly stopped: string | null;
}

export function createFinishLoad({
  clock,
  database,
  filesFolder,
  retryRules,
}: Dependencies): (input: FinishLoadInput) => Promise<void> {
  return temporalActivity(async ({ loadId, result, stopped }) => {
    await finishLoad(database, loadId, clock.now(), result, stopped);
    if (filesFolder === undefined) return;
    const { location } = await loadById(database, loadId);
    await new KeptTexts(database, filesFolder).drop(location);
  }, retryRules);
}
