/** Reads the lines of a range, piece by piece, and sorts them into days. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { StoredFile } from '../../db/queries/files.ts';
import { Failure } from '../../domain/failures.ts';
import type { FileDataset } from '../../domain/file-dataset.ts';
import { DayCollector } from '../../domain/lines/day-collector.ts';
import type { DayRead } from '../../domain/lines/day-read.ts';
import { LineReader, LONGEST_LINE } from '../../domain/lines/line-reader.ts';
import type { LoadRangeInput } from '../../domain/load.ts';

const PIECE = 1 << 20;

/**
 * @param heard called with the byte that has been reached.
 * @throws Failure TOO_MANY_REFUSED; FILE_CHANGED when the file is shorter than it was.
 */
export async function readRange(
  handle: FileHandle,
  file: Pick<StoredFile, 'form' | 'location'>,
  dataset: FileDataset,
  { range, maxRefused }: Pick<LoadRangeInput, 'range' | 'maxRefused'>,
  heard: (byte: number) => void,
): Promise<DayRead[]> {
  const { byteFrom, byteTo, firstLine, firstDay: first, lastDay: last } = range;
  const reader = new LineReader(file.form, { firstByte: byteFrom, firstLine });
  const collector = new DayCollector(dataset, reader.series, { first, last });
  const buffer = Buffer.allocUnsafe(PIECE + LONGEST_LINE);
  let kept = 0;
  for (let at = byteFrom; at < byteTo; ) {
    const { bytesRead } = await handle.read(buffer, kept, Math.min(PIECE, byteTo - at), at);
    if (bytesRead === 0)
      throw new Failure(
        'FILE_CHANGED',
        `${file.location} ends at byte ${at}: it was longer when it was registered`,
      );
    at += bytesRead;
    const bytes = buffer.subarray(0, kept + bytesRead);
    const taken = reader.read(bytes, at === byteTo, collector);
    // The beginning of the next line goes to the front.
    buffer.copyWithin(0, taken, bytes.length);
    kept = bytes.length - taken;
    heard(at);
    assertFewRefused(collector, maxRefused);
  }
  return collector.finish();
}

/** The sha256 of a day's bytes. */
export async function hashPart(handle: FileHandle, { byteFrom, byteTo }: DayRead): Promise<Buffer> {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(Math.min(PIECE, byteTo - byteFrom));
  for (let at = byteFrom; at < byteTo; ) {
    const { bytesRead } = await handle.read(piece, 0, Math.min(piece.length, byteTo - at), at);
    if (bytesRead === 0) throw new Failure('FILE_CHANGED', `the file ends at byte ${at} now`);
    hash.update(piece.subarray(0, bytesRead));
    at += bytesRead;
  }
  return hash.digest();
}

/** @throws Failure TOO_MANY_REFUSED that shows some of them */
function assertFewRefused(collector: DayCollector, most: number): void {
  const refused = collector.refusedSoFar;
  if (refused <= most) return;
  const such = collector
    .refusals()
    .map(({ rule, count, samples }) => `${count} ${rule}: ${samples.join(' | ')}`);
  const cure =
    'Nothing of this range was written. Mend the file, state the form of its lines (--delimiter, --decimal, --time-form), or allow more with --max-refused';
  const said = `${refused} lines were refused, ${most} more were allowed (${such.join('; ')})`;
  throw new Failure('TOO_MANY_REFUSED', `${said}. ${cure}`);
}
