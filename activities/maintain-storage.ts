/**
 * Activity `maintainStorage`: retention (drops what is older than a dataset keeps), compression of what hardly changes any more, and
 * removal of texts of files that are no longer needed.
 */
import { compressOldValues, dropOldValues } from '../db/queries/operation/retention.ts';
import { hasRollups } from '../domain/dataset/dataset.ts';
import type { MaintenanceOutcome } from '../domain/workflow/messages.ts';
import type { Dependencies } from './dependencies.ts';
import { KeptTexts } from './files/kept-texts.ts';
import { once } from './once.ts';
import { temporalActivity } from './temporal-activity.ts';

/** Chunks that stay uncompressed: corrections come to recent days. */
const OPEN_CHUNKS = 4;

export function createMaintainStorage(
  dependencies: Dependencies,
): (input: { dataset: string }) => Promise<MaintenanceOutcome> {
  const { catalog, database, filesFolder } = dependencies;
  return temporalActivity(async (input) => {
    const dataset = catalog.find(input.dataset);
    const texts = filesFolder === undefined ? 0 : await new KeptTexts(database, filesFolder).sweep();
    if (!hasRollups(dataset)) return outcomeOf(dataset.id, 0, 0, texts);
    const days = await once(database, async (sql) => (await dropOldValues(sql, dataset.id))?.days ?? 0);
    const chunks = await compressOldValues(database, dataset.id, OPEN_CHUNKS * dataset.chunkDays);
    return outcomeOf(dataset.id, days, chunks, texts);
  });
}

function outcomeOf(
  dataset: string,
  droppedDays: number,
  compressedChunks: number,
  texts: number,
): MaintenanceOutcome {
  const parts = [
    droppedDays > 0 ? `${droppedDays} days dropped` : '',
    compressedChunks > 0 ? `${compressedChunks} chunks compressed` : '',
    texts > 0 ? `${texts} texts of files removed` : '',
  ].filter((part) => part !== '');
  return { dataset, droppedDays, compressedChunks, summary: parts.join(', ') || 'nothing to do' };
}
