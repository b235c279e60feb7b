/** Activity `finishLoad`: notes what came of a file, so that a second load of it ends at once. */
import { finishFile } from '../../db/queries/files.ts';
import type { LoadVerdict } from '../../domain/load.ts';
import type { Dependencies } from '../dependencies.ts';
import { temporalActivity } from '../temporal-activity.ts';

export interface FinishLoadInput {
  readonly fileId: number;
  readonly verdict: LoadVerdict;
}

export function createFinishLoad({
  clock,
  database,
  retryRules,
}: Dependencies): (input: FinishLoadInput) => Promise<void> {
  return temporalActivity(
    ({ fileId, verdict }) => finishFile(database, fileId, clock.now(), verdict),
    retryRules,
  );
}
