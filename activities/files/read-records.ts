/** Reads the lines of a range of records and sorts them into their units. Only registered bytes are used. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { RecordsForm } from '../../domain/files/file-form.ts';
import type { FileRange } from '../../domain/files/load.ts';
import { type LineDataset, LineSorter, splitHeader } from '../lines/sort-lines.ts';
import { fileChanged } from './chunks.ts';

export interface FileOfRecords {
  readonly location: string;
  readonly form: RecordsForm;
  /** Lines without an instant belong to the unit in which the file arrived. */
  readonly cameAt: Date;
}

export interface SortedRange {
  readonly sorter: LineSorter;
  readonly lines: number;
}

/** @throws Failure FILE_CHANGED when the bytes are not those that were registered. */
export async function readRecords(
  handle: FileHandle,
  { location, form, cameAt }: FileOfRecords,
  dataset: LineDataset,
  { byteFrom, byteTo, sha256 }: FileRange,
): Promise<SortedRange> {
  const bytes = Buffer.allocUnsafe(byteTo - byteFrom);
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, byteFrom);
  if (bytesRead < bytes.length) throw fileChanged(location, `ends at byte ${byteFrom + bytesRead}`);
  if (createHash('sha256').update(bytes).digest('hex') !== sha256)
    throw fileChanged(location, `has other bytes from ${byteFrom} to ${byteTo}`);
  const isFirst = byteFrom === 0 && form.names !== null;
  const sorter = new LineSorter(dataset, cameAt.getTime(), form.names ?? undefined);
  return { sorter, lines: sorter.add(isFirst ? splitHeader(dataset.lines, bytes).lines : bytes) };
}
