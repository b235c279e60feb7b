/**
 * Reads the lines of a range, piece by piece, and sorts them into days. Each read of the range is hashed and compared with what was
 * registered, so that only bytes of the registered file are used.
 */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { FiledPoints } from '../../domain/dataset/points.ts';
import type { FileForm } from '../../domain/files/file-form.ts';
import type { DaysOfFile, FileRange } from '../../domain/files/load.ts';
import { DayCollector } from '../../domain/lines/day-collector.ts';
import type { DayRead } from '../../domain/lines/day-read.ts';
import { LineReader, LONGEST_LINE } from '../../domain/lines/line-reader.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import { fileChanged, PIECE_BYTES, piecesOf } from './chunks.ts';

interface OfLoad {
  readonly location: string;
  readonly form: FileForm;
}

/**
 * @param reached called with each offset reached.
 * @throws Failure FILE_CHANGED when the bytes are not those that were registered; TOO_MANY_REFUSED.
 */
export async function readRange(
  file: FileHandle,
  { location, form }: OfLoad,
  dataset: FiledPoints,
  { range, maxRefused }: { readonly range: DaysOfFile; readonly maxRefused: number },
  reached: (byte: number) => void,
): Promise<DayRead[]> {
  const { byteFrom, byteTo, firstLine, firstDay: first, lastDay: last } = range;
  const reader = new LineReader(form, { firstByte: byteFrom, firstLine });
  const collector = new DayCollector(dataset, reader.series, { first, last });
  const lines = new LinesInPieces(reader, collector);
  let refusal: Failure | undefined;
  let at = byteFrom;
  await eachPiece(file, location, range, (piece) => {
    at += piece.length;
    // If the file was changed, a refusal means nothing: hash the rest first.
    if (!refusal) lines.add(piece, at === byteTo);
    refusal ??= tooManyRefused(collector, maxRefused);
    reached(at);
  });
  if (refusal) throw refusal;
  return collector.finish();
}

/**
 * The sha256 of the bytes of each day of a range.
 * @throws Failure FILE_CHANGED
 */
export async function hashParts(
  file: FileHandle,
  { location }: Pick<OfLoad, 'location'>,
  range: FileRange,
  days: readonly DayRead[],
): Promise<Buffer[]> {
  const parts = days.map(({ byteFrom, byteTo }) => ({ byteFrom, byteTo, hash: createHash('sha256') }));
  let at = range.byteFrom;
  await eachPiece(file, location, range, (piece) => {
    for (const { byteFrom, byteTo, hash } of parts)
      if (byteFrom < at + piece.length && byteTo > at)
        hash.update(piece.subarray(Math.max(0, byteFrom - at), byteTo - at));
    at += piece.length;
  });
  return parts.map(({ hash }) => hash.digest());
}

/** @throws Failure FILE_CHANGED, after the whole range was read */
async function eachPiece(
  file: FileHandle,
  location: string,
  { byteFrom, byteTo, sha256 }: FileRange,
  see: (piece: Buffer) => void,
): Promise<void> {
  const hash = createHash('sha256');
  for await (const piece of piecesOf(file, location, byteFrom, byteTo)) {
    hash.update(piece);
    see(piece);
  }
  if (hash.digest('hex') !== sha256)
    throw fileChanged(location, `has other bytes from ${byteFrom} to ${byteTo}`);
}

/** Reassembles lines that begin in one piece and end in the next. */
class LinesInPieces {
  readonly #reader: LineReader;
  readonly #collector: DayCollector;
  readonly #buffer = Buffer.allocUnsafe(PIECE_BYTES + LONGEST_LINE);
  #kept = 0;

  constructor(reader: LineReader, collector: DayCollector) {
    this.#reader = reader;
    this.#collector = collector;
  }

  add(piece: Buffer, isLast: boolean): void {
    piece.copy(this.#buffer, this.#kept);
    const bytes = this.#buffer.subarray(0, this.#kept + piece.length);
    const taken = this.#reader.read(bytes, isLast, this.#collector);
    // The beginning of the next line goes to the front.
    this.#buffer.copyWithin(0, taken, bytes.length);
    this.#kept = bytes.length - taken;
  }
}

/** Quotes some of the lines. */
function tooManyRefused(collector: DayCollector, most: number): Failure | undefined {
  const refused = collector.refusedSoFar;
  if (refused <= most) return undefined;
  const such = collector
    .refusals()
    .map(({ rule, count, samples }) => `${count} ${rule}: ${samples.join(' | ')}`);
  const hint =
    'Nothing of this range was written. Mend the file, state the form of its lines (--delimiter, --decimal, --time-form), or allow more with --max-refused';
  const summary = `${refused} lines were refused, ${most} more were allowed (${such.join('; ')})`;
  return new Failure('TOO_MANY_REFUSED', `${summary}. ${hint}`);
}
