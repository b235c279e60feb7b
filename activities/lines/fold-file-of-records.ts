/**
 * Folds a file of records piece by piece: lines of JSON, or CSV with a line of names. Memory does not grow with the file. A piece is one
 * transaction; the same file again finds its payloads and does nothing.
 */
import { createReadStream, type ReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { type Database, transaction } from '../../db/connection/client.ts';
import { UNPACK_LIMITS, type UnpackLimits } from '../../domain/files/unpack-limits.ts';
import { limitSize } from '../files/size-limit.ts';
import { type FoldedLines, foldLines } from './fold-lines.ts';
import { type LineDataset, LineSorter, splitHeader } from './sort-lines.ts';

const PIECE_BYTES = 4 * 1024 * 1024;
const LINE_FEED = 10;

export interface FoldedFile extends FoldedLines {
  readonly lines: number;
}

export interface FileOfRecords {
  /** Where this process reads it; `.gz` is unpacked. */
  readonly path: string;
  readonly now: () => Date;
  /** How far it is unpacked. @default UNPACK_LIMITS */
  readonly limits?: UnpackLimits;
  /** Called after each piece. */
  readonly report?: (soFar: FoldedFile) => void;
}

export async function foldFileOfRecords(
  database: Database,
  dataset: LineDataset,
  { path, now, limits = UNPACK_LIMITS, report }: FileOfRecords,
): Promise<FoldedFile> {
  let done: FoldedFile = {
    lines: 0,
    payloads: 0,
    newRecords: 0,
    revisedRecords: 0,
    endedRecords: 0,
    heldBack: 0,
  };
  let header: string | undefined;
  let isFirst = true;
  for await (const piece of piecesOf(path, limits)) {
    let lines = piece;
    if (isFirst) ({ header, lines } = splitHeader(dataset.lines, piece));
    isFirst = false;
    done = plus(done, await foldPiece(database, dataset, lines, header, now(), path));
    report?.(done);
  }
  return done;
}

async function foldPiece(
  database: Database,
  dataset: LineDataset,
  lines: Buffer,
  header: string | undefined,
  now: Date,
  path: string,
): Promise<FoldedFile> {
  const sorter = new LineSorter(dataset, now.getTime(), header);
  const count = sorter.add(lines);
  const folded = await transaction(database, (sql) =>
    foldLines(sql, dataset, sorter, now, { url: `file:${path}` }),
  );
  return { lines: count, ...folded };
}

/** Whole lines, as many as make a piece. Cut at the same places whenever the file is read. */
async function* piecesOf(path: string, limits: UnpackLimits): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  const bytes: AsyncIterable<Buffer> = path.endsWith('.gz') ? unpacked(file, path, limits) : file;
  let waiting: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    waiting.push(chunk);
    size += chunk.length;
    if (size < PIECE_BYTES) continue;
    const all = Buffer.concat(waiting);
    for (let from = 0; ; ) {
      const end = all.length - from < PIECE_BYTES ? -1 : all.indexOf(LINE_FEED, from + PIECE_BYTES - 1);
      if (end === -1) {
        waiting = [all.subarray(from)];
        size = all.length - from;
        break;
      }
      yield all.subarray(from, end + 1);
      from = end + 1;
    }
  }
  if (size > 0) yield Buffer.concat(waiting);
}

async function* unpacked(file: ReadStream, path: string, limits: UnpackLimits): AsyncGenerator<Buffer> {
  const unpacking = file.pipe(createGunzip());
  file.on('error', (error) => unpacking.destroy(error));
  const { size } = await stat(path);
  yield* limitSize(path, size, limits)(unpacking);
}

function plus(a: FoldedFile, b: FoldedFile): FoldedFile {
  return {
    lines: a.lines + b.lines,
    payloads: a.payloads + b.payloads,
    newRecords: a.newRecords + b.newRecords,
    revisedRecords: a.revisedRecords + b.revisedRecords,
    endedRecords: a.endedRecords + b.endedRecords,
    heldBack: a.heldBack + b.heldBack,
  };
}
