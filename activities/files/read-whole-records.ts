/** Scans a whole text of records: its ranges, the hashes of its bytes, and its header line. */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { RecordsForm } from '../../domain/files/file-form.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import { type LineDataset, splitHeader } from '../lines/sort-lines.ts';
import { cutLines } from './cut-lines.ts';
import type { TextToRead } from './read-whole.ts';
import { type Scan, scanText } from './scan-text.ts';

export interface WholeRecords extends Scan {
  readonly sizeBytes: number;
  readonly form: RecordsForm;
}

const LONGEST_HEADER = 64 << 10;
const NOTHING_SEEN = { length: 0, sha256: createHash('sha256').digest() };

/** @throws Failure BAD_INPUT where it is empty; FILE_CHANGED where it is being written to. */
export async function readWholeRecords(
  { lines }: LineDataset,
  { path, name, rangeBytes }: Omit<TextToRead, 'stated'>,
): Promise<WholeRecords> {
  const file = await open(path);
  try {
    const { size: sizeBytes } = await file.stat();
    if (sizeBytes === 0) throw new Failure('BAD_INPUT', `${name} is empty: there is nothing to load`);
    const { header = null } = splitHeader(lines, await headOf(file));
    const cuts = await cutLines(file, sizeBytes, rangeBytes);
    return { sizeBytes, form: { names: header }, ...(await scanText(file, path, NOTHING_SEEN, cuts)) };
  } finally {
    await file.close();
  }
}

async function headOf(file: FileHandle): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(LONGEST_HEADER), 0, LONGEST_HEADER, 0);
  return buffer.subarray(0, bytesRead);
}
