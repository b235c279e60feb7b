/** Cuts a text into ranges of whole lines, always at the same offsets. */
import type { FileHandle } from 'node:fs/promises';
import type { Cut } from './scan-text.ts';

/** Some ten thousand lines: a second of work, and cheap to repeat. */
const RANGE_BYTES = 4 << 20;
/** A Temporal history holds a few thousand events. */
const MOST_RANGES = 1_000;
const READ_BYTES = 64 << 10;
const LINE_FEED = 10;

export async function cutLines(
  file: FileHandle,
  sizeBytes: number,
  rangeBytes = RANGE_BYTES,
): Promise<Cut[]> {
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
