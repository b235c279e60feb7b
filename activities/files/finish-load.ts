/**
 * Activity `finishLoad`: records the outcome of a load. While that load stands, loading the same file again does nothing. Unpacked text is
 * removed if no payload refers to it: records never do, nor does a load that stopped before it wrote anything.
 */
import { finishLoad, loadById } from '../../db/queries/files/loads.ts';
import type { LoadResult } from '../../domain/files/load.ts';
import type { Dependencies } from '../dependencies.ts';
import { once } from '../once.ts';
import { temporalActivity } from '../temporal-activity.ts';
import { KeptTexts } from './kept-texts.ts';

export interface FinishLoadInput {
  readonly loadId: number;
  readonly result: LoadResult;
  /** Why it stopped early; null where it did not. */
  readonly stopped: string | null;
}

export function createFinishLoad({
  clock,
  database,
  filesFolder,
  retryRules,
}: Dependencies): (input: FinishLoadInput) => Promise<void> {
  return temporalActivity(async ({ loadId, result, stopped }) => {
    await once(database, (sql) => finishLoad(sql, loadId, clock.now(), result, stopped));
    if (filesFolder === undefined) return;
    const { location } = await loadById(database, loadId);
    await new KeptTexts(database, filesFolder).drop(location);
  }, retryRules);
}
