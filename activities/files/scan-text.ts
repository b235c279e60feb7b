/**
 * Reads every byte of a text once: its hash, the hash of each range, and the number of each range's first line. From then on the file is
 * these bytes: different ones at the same offsets are not loaded.
 */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { FileRange } from '../../domain/files/load.ts';
import { fileChanged, piecesOf } from './chunks.ts';

/** A range whose bytes have not been scanned yet. */
export type Cut = Omit<FileRange, 'firstLine' | 'sha256'>;

export interface Scan<C extends Cut = Cut> {
  readonly sha256: Buffer;
  readonly lines: number;
  readonly ranges: readonly (C & Pick<FileRange, 'firstLine' | 'sha256'>)[];
}

/** The first bytes of a text, from which its form was detected. */
export interface SeenBytes {
  readonly length: number;
  readonly sha256: Buffer;
}

const LINE_FEED = 10;

/**
 * @param cuts ranges that cover the text, ascending
 * @throws Failure FILE_CHANGED when it is no longer the text that was cut.
 */
export async function scanText<C extends Cut>(
  file: FileHandle,
  location: string,
  seen: SeenBytes,
  cuts: readonly C[],
): Promise<Scan<C>> {
  const scan = new TextScan(location, seen);
  const ranges: Scan<C>['ranges'][number][] = [];
  for (const cut of cuts) {
    const firstLine = scan.beginRange();
    for await (const piece of piecesOf(file, location, cut.byteFrom, cut.byteTo)) scan.add(piece);
    ranges.push({ ...cut, firstLine, sha256: scan.endRange() });
  }
  const { size } = await file.stat();
  if (size !== cuts.at(-1)?.byteTo) throw fileChanged(location, `has ${size} bytes now`);
  return { ...scan.end(), ranges };
}

class TextScan {
  readonly #location: string;
  readonly #seen: SeenBytes;
  readonly #hash = createHash('sha256');
  #ofRange = createHash('sha256');
  #size = 0;
  #feeds = 0;
  #lastByte = LINE_FEED;

  constructor(location: string, seen: SeenBytes) {
    this.#location = location;
    this.#seen = seen;
  }

  /** @returns the number of the line that begins here. */
  beginRange(): number {
    if (this.#lastByte !== LINE_FEED) throw fileChanged(this.#location, `has no line at byte ${this.#size}`);
    this.#ofRange = createHash('sha256');
    return this.#feeds + 1;
  }

  add(piece: Buffer): void {
    const missing = this.#seen.length - this.#size;
    if (missing > 0 && missing <= piece.length) this.#compareSeen(piece.subarray(0, missing));
    this.#hash.update(piece);
    this.#ofRange.update(piece);
    this.#feeds += countFeeds(piece);
    this.#size += piece.length;
    this.#lastByte = piece.at(-1) ?? this.#lastByte;
  }

  /** @param rest the last of the bytes seen before */
  #compareSeen(rest: Buffer): void {
    if (this.#hash.copy().update(rest).digest().equals(this.#seen.sha256)) return;
    throw fileChanged(this.#location, 'begins with other bytes');
  }

  endRange(): string {
    return this.#ofRange.digest('hex');
  }

  end(): Pick<Scan, 'sha256' | 'lines'> {
    // A last line without a line feed counts.
    const lines = this.#feeds + (this.#lastByte === LINE_FEED ? 0 : 1);
    return { sha256: this.#hash.digest(), lines };
  }
}

function countFeeds(bytes: Uint8Array): number {
  let feeds = 0;
  for (let i = 0; i < bytes.length; i++) if (bytes[i] === LINE_FEED) feeds++;
  return feeds;
}
