/** Reads the lines of a range of records and sorts them into their units. Only registered bytes are used. */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { RecordsForm } from '../../domain/files/file-form.ts';
import type { FileRange } from '../../domain/files/load.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import { type LineDataset, LineSorter, splitHeader } from '../lines/sort-lines.ts';
import { fileChanged } from './chunks.ts';
import type { TextToRead } from './read-whole.ts';
import { type Cut, type Scan, scanText } from './scan-text.ts';

interface FileOfRecords {
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

// Scans a whole text of records: its ranges, the hashes of its bytes, and its header line.

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

// Cuts a text into ranges of whole lines, always at the same offsets.

/** Some ten thousand lines: a second of work, and cheap to repeat. */
const RANGE_BYTES = 4 << 20;
/** A Temporal history holds a few thousand events. */
const MOST_RANGES = 1_000;
const READ_BYTES = 64 << 10;
const LINE_FEED = 10;

async function cutLines(file: FileHandle, sizeBytes: number, rangeBytes = RANGE_BYTES): Promise<Cut[]> {
  const size = Math.max(rangeBytes, Math.ceil(sizeBytes / MOST_RANGES));
  const cuts: Cut[] = [];
  for (let byteFrom = 0; byteFrom < sizeBytes; ) {
    const byteTo = await endOfLine(file, Math.min(byteFrom + size, sizeBytes) - 1, sizeBytes);
    cuts.push({ byteFrom, byteTo });
    byteFrom = byteTo;
  }
  return cuts;
}

/** The byte after the end of the line that contains a byte. */
async function endOfLine(file: FileHandle, at: number, sizeBytes: number): Promise<number> {
  const bytes = Buffer.allocUnsafe(READ_BYTES);
  for (let from = at; from < sizeBytes; from += READ_BYTES) {
    const { bytesRead } = await file.read(bytes, 0, READ_BYTES, from);
    const end = bytes.subarray(0, bytesRead).indexOf(LINE_FEED);
    if (end !== -1) return from + end + 1;
  }
  return sizeBytes;
}
