/** Text of whatever encoding into UTF-8, piece by piece. What says nothing of itself is taken for UTF-8. */
import { TextDecoder } from 'node:util';
import { Failure } from '../../domain/workflow/failures.ts';

/** Enough to tell the encoding. */
const HEAD_BYTES = 1024;
const UTF_8 = 'utf-8';

/**
 * @param stated a label such as `windows-1252`; counts more than what the bytes look like
 * @returns the name of the encoding that the bytes are in
 * @throws Failure BAD_INPUT for a label that is none
 */
export function encodingOf(head: Uint8Array, stated?: string): string {
  if (stated !== undefined) return decoderOf(stated).encoding;
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  // Most characters of lines of numbers have one byte of zero in UTF-16.
  const [even, odd] = [0, 1].map((first) => head.filter((byte, at) => at % 2 === first && byte === 0).length);
  const most = head.length / 4;
  if ((odd ?? 0) > most && even === 0) return 'utf-16le';
  return (even ?? 0) > most && odd === 0 ? 'utf-16be' : UTF_8;
}

/** Bytes in UTF-8 as they come, others once they are in it. */
export class Utf8Text {
  /** Encoding of the bytes as they came; known when the first have come. */
  encoding = UTF_8;
  readonly #stated: string | undefined;

  constructor(stated: string | undefined) {
    this.#stated = stated;
  }

  /** @throws Failure BAD_INPUT for bytes that are not what they are said to be */
  async *convert(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let head: Buffer | null = Buffer.alloc(0);
    let decoder: TextDecoder | null = null;
    for await (const piece of source) {
      if (head) head = Buffer.concat([head, piece]);
      if (head && head.length < HEAD_BYTES) continue;
      if (head) decoder = this.#begin(head);
      yield decode(decoder, head ?? piece, true);
      head = null;
    }
    if (head) decoder = this.#begin(head);
    if (head) yield decode(decoder, head, true);
    yield decode(decoder, Buffer.alloc(0), false);
  }

  #begin(head: Buffer): TextDecoder | null {
    this.encoding = encodingOf(head.subarray(0, HEAD_BYTES), this.#stated);
    return this.encoding === UTF_8 ? null : decoderOf(this.encoding);
  }
}

function decode(decoder: TextDecoder | null, bytes: Buffer, stream: boolean): Buffer {
  if (!decoder) return bytes;
  try {
    return Buffer.from(decoder.decode(bytes, { stream }));
  } catch (error) {
    const hint = 'state what it is with --encoding, or save it as UTF-8';
    throw new Failure('BAD_INPUT', `the file is not text in ${decoder.encoding}: ${hint}`, { cause: error });
  }
}

function decoderOf(label: string): TextDecoder {
  try {
    return new TextDecoder(label, { fatal: true });
  } catch {
    const hint = 'write one such as utf-8, utf-16le or windows-1252';
    throw new Failure('BAD_INPUT', `"${label}" is no encoding that is known here: ${hint}`);
  }
}
