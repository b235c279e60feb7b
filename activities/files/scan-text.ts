/** One look at every byte of a text: its hash, and how many lines begin before each block, so that any line's number can be told. */
import { createHash } from 'node:crypto';

export interface Scan {
  readonly sha256: Buffer;
  readonly sizeBytes: number;
  readonly lines: number;
  /** Line feeds before each block of BLOCK bytes. */
  readonly feedsBefore: readonly number[];
}

export const BLOCK = 1 << 20;
const LINE_FEED = 10;

export class TextScan {
  readonly #hash = createHash('sha256');
  readonly #feedsBefore: number[] = [];
  #size = 0;
  #feeds = 0;
  #lastByte = LINE_FEED;

  /** Pieces in order, of any size. */
  add(piece: Buffer): void {
    this.#hash.update(piece);
    for (let at = 0; at < piece.length; ) {
      const intoBlock = (this.#size + at) % BLOCK;
      if (intoBlock === 0) this.#feedsBefore.push(this.#feeds);
      const end = Math.min(piece.length, at + BLOCK - intoBlock);
      this.#feeds += countFeeds(piece, at, end);
      at = end;
    }
    this.#size += piece.length;
    this.#lastByte = piece.at(-1) ?? this.#lastByte;
  }

  end(): Scan {
    // A last line without a line feed is a line.
    const lines = this.#feeds + (this.#lastByte === LINE_FEED ? 0 : 1);
    return {
      sha256: this.#hash.digest(),
      sizeBytes: this.#size,
      lines,
      feedsBefore: this.#feedsBefore,
    };
  }
}

export function countFeeds(bytes: Uint8Array, from = 0, to = bytes.length): number {
  let feeds = 0;
  for (let i = from; i < to; i++) if (bytes[i] === LINE_FEED) feeds++;
  return feeds;
}
