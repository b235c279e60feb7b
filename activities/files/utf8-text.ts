/** Converts text of any encoding to UTF-8, piece by piece. Without any sign of another encoding it is taken for UTF-8. */
import { TextDecoder } from 'node:util';
import { Failure } from '../../domain/workflow/failures.ts';

/** Enough to detect the encoding. */
const HEAD_BYTES = 1024;
const UTF_8 = 'utf-8';

/**
 * @param stated a label such as `windows-1252`; overrides what the bytes suggest
 * @returns the name of the encoding that the bytes are in
 * @throws Failure BAD_INPUT for an unknown label
 */
export function encodingOf(head: Uint8Array, stated?: string): string {
  if (stated !== undefined) return decoderOf(stated).encoding;
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  // In UTF-16, most characters of lines of numbers have one zero byte.
  const [even, odd] = [0, 1].map((first) => head.filter((byte, at) => at % 2 === first && byte === 0).length);
  const most = head.length / 4;
  if ((odd ?? 0) > most && even === 0) return 'utf-16le';
  return (even ?? 0) > most && odd === 0 ? 'utf-16be' : UTF_8;
}

/** Passes UTF-8 through, converts the rest. */
export class Utf8Text {
  /** Original encoding; known after the first bytes. */
  encoding = UTF_8;
  readonly #stated: string | undefined;

  constructor(stated: string | undefined) {
    this.#stated = stated;
  }

  /** @throws Failure BAD_INPUT for bytes that are invalid in that encoding */
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
