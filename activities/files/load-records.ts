/** A file of records is folded as it is read: its lines become payloads themselves, so there is nothing to refer to and no range to cut. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  describeLoaded,
  type LoadFileInput,
  NOTHING_LOADED,
  type RegisteredFile,
} from '../../domain/files/load.ts';
import { UNPACK_LIMITS } from '../../domain/files/unpack-limits.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import type { Dependencies } from '../dependencies.ts';
import { foldFileOfRecords } from '../lines/fold-file-of-records.ts';
import type { LineDataset } from '../lines/sort-lines.ts';

/**
 * A lost attempt finds the payloads that it has written.
 * @throws Failure BAD_INPUT for what is not a plain or gzipped file on the worker's machine.
 */
export async function loadRecords(
  { database, clock, unpackLimits: limits = UNPACK_LIMITS }: Dependencies,
  dataset: LineDataset,
  { file }: LoadFileInput,
): Promise<RegisteredFile> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile() || file.endsWith('.zip'))
    throw new Failure(
      'BAD_INPUT',
      `"${file}" is no file that can be read here: records are loaded from .ndjson and .csv, plain or .gz`,
    );
  const registeredAt = clock.now().toISOString();
  const done = await foldFileOfRecords(database, dataset, { path: file, now: () => clock.now(), limits });
  const loaded = {
    ...NOTHING_LOADED,
    lines: done.lines,
    newPoints: done.newRecords,
    revisedPoints: done.revisedRecords,
    nulledPoints: done.endedRecords,
    unchangedPoints: Math.max(
      0,
      done.lines - done.newRecords - done.revisedRecords - done.endedRecords - done.heldBack,
    ),
    refused: done.heldBack > 0 ? { quarantined: done.heldBack } : {},
  };
  const facts = { loadId: 0, name: basename(file), sha256: '', sizeBytes: found.size, lines: done.lines };
  return {
    ...facts,
    registeredAt,
    ranges: [],
    isFolded: true,
    verdict: { ...loaded, sentence: describeLoaded(loaded) },
  };
}
