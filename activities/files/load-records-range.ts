/**
 * Writes a range of a file of records in one transaction: its lines become payloads of their units, because they are in no order and a
 * person may have to be erased from them. Repeating it finds the same payloads and changes nothing.
 */
import { open } from 'node:fs/promises';
import type { Database } from '../../db/connection/client.ts';
import type { StoredLoad } from '../../db/queries/files/loads.ts';
import type { RecordsForm } from '../../domain/files/file-form.ts';
import { type LoadedRange, type LoadRangeInput, NOTHING_LOADED } from '../../domain/files/load.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import type { Clock } from '../dependencies.ts';
import { type FoldedLines, foldLines } from '../lines/fold-lines.ts';
import type { LineDataset } from '../lines/sort-lines.ts';
import { once } from '../once.ts';
import { readRecords, type SortedRange } from './read-records.ts';

/** @throws Failure FILE_CHANGED; TOO_MANY_REFUSED: then nothing of the range is written. */
export async function loadRecordsRange(
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  dataset: LineDataset,
  load: StoredLoad,
  { range, maxRefused }: LoadRangeInput,
): Promise<LoadedRange> {
  const sorted = await readSorted(dataset, load, range);
  return await once(database, async (sql) => {
    const folded = await foldLines(sql, dataset, sorted.sorter, clock.now(), { url: `file:${load.name}` });
    if (folded.quarantined > maxRefused)
      throw tooManyRefused(dataset.id, load.name, folded.quarantined, maxRefused);
    return loadedOf(sorted, folded);
  });
}

async function readSorted(
  dataset: LineDataset,
  { location, form, registeredAt: cameAt }: StoredLoad,
  range: LoadRangeInput['range'],
): Promise<SortedRange> {
  const handle = await open(location).catch((error: Error) => {
    throw new Failure('FILE_CHANGED', `${location} cannot be read by this worker: ${error.message}`);
  });
  try {
    return await readRecords(handle, { location, form: form as RecordsForm, cameAt }, dataset, range);
  } finally {
    await handle.close();
  }
}

function tooManyRefused(dataset: string, name: string, refused: number, most: number): Failure {
  const hint = `"tidemark load ${dataset} ${name} --preview" shows them; mend the file, or allow more with --max-refused`;
  return new Failure(
    'TOO_MANY_REFUSED',
    `${refused} lines were refused, ${most} more were allowed. Nothing of this range was written. ${hint}`,
  );
}

function loadedOf({ lines }: SortedRange, folded: FoldedLines): LoadedRange {
  const {
    newRecords: newPoints,
    revisedRecords: revisedPoints,
    endedRecords: nulledPoints,
    quarantined,
  } = folded;
  const unchangedPoints = Math.max(0, lines - newPoints - revisedPoints - nulledPoints - quarantined);
  const refused = quarantined > 0 ? { quarantined } : {};
  return { ...NOTHING_LOADED, lines, newPoints, revisedPoints, nulledPoints, unchangedPoints, refused };
}
