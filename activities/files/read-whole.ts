/** Scans a whole text: how its lines are to be read, then its ranges and the hashes of its bytes. */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { FiledPoints } from '../../domain/dataset/points.ts';
import type { FileForm } from '../../domain/files/file-form.ts';
import { FormFinder, type FoundForm } from '../../domain/lines/form-finder.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import { piecesOf } from './chunks.ts';
import { cutRanges, type DaysCut } from './cut-ranges.ts';
import { type Scan, type SeenBytes, scanText } from './scan-text.ts';

export interface WholeText extends Scan<DaysCut> {
  readonly sizeBytes: number;
  readonly found: FoundForm;
}

export interface TextToRead {
  /** Path of its text. */
  readonly path: string;
  /** As given, for messages. */
  readonly name: string;
  /** What the caller states about its form. */
  readonly stated: Partial<FileForm>;
  /** @default RANGE_BYTES */
  readonly rangeBytes?: number | undefined;
}

/** @throws Failure BAD_INPUT where it is empty or not understood; FILE_CHANGED where it is being written to. */
export async function readWhole(
  dataset: FiledPoints,
  { path, name, stated, rangeBytes }: TextToRead,
): Promise<WholeText> {
  const file = await open(path);
  try {
    const { size: sizeBytes } = await file.stat();
    if (sizeBytes === 0) throw new Failure('BAD_INPUT', `${name} is empty: there is nothing to load`);
    const { found, seen } = await findForm(file, path, sizeBytes, new FormFinder(dataset, stated));
    const { timeZone } = dataset.source;
    const cuts = await cutRanges(file, { sizeBytes, form: found.form, timeZone }, rangeBytes);
    return { sizeBytes, found, ...(await scanText(file, path, seen, cuts)) };
  } finally {
    await file.close();
  }
}

/** Usually from the first bytes; from all of them if those are ambiguous. */
async function findForm(
  file: FileHandle,
  path: string,
  sizeBytes: number,
  finder: FormFinder,
): Promise<{ readonly found: FoundForm; readonly seen: SeenBytes }> {
  const hash = createHash('sha256');
  let length = 0;
  for await (const piece of piecesOf(file, path, 0, sizeBytes)) {
    finder.add(piece);
    hash.update(piece);
    length += piece.length;
    if (finder.isSettled) break;
  }
  return { found: finder.end(), seen: { length, sha256: hash.digest() } };
}
