/** The lines of a UTF-8 text, one after the other: memory does not grow with it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

export interface TextFacts {
  readonly sha256: Buffer;
  readonly sizeBytes: number;
}

/**
 * Calls back with each line, without its line end and without a byte order mark. Empty lines count, but not an empty rest after the last
 * line end.
 */
export async function eachLine(
  path: string,
  see: (line: string, number: number) => void,
): Promise<TextFacts> {
  const hash = createHash('sha256');
  const decoder = new StringDecoder('utf8');
  let [rest, number, sizeBytes] = ['', 0, 0];
  const take = (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      number += 1;
      see(bare(line, number), number);
    }
  };
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    hash.update(piece);
    sizeBytes += piece.length;
    take(decoder.write(piece));
  }
  take(decoder.end());
  if (rest !== '') see(bare(rest, number + 1), number + 1);
  return { sha256: hash.digest(), sizeBytes };
}

function bare(line: string, number: number): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  return number === 1 ? text.replace(/^\ufeff/, '') : text;
}
