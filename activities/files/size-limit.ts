/** Limits the size of what is unpacked or downloaded. */

import { HARMLESS_BYTES, type UnpackLimits } from '../../domain/files/unpack-limits.ts';
import { Failure } from '../../domain/workflow/failures.ts';

/**
 * @param packedBytes the packed size; null for what is not packed
 * @returns a pipeline step that passes bytes on. It throws Failure BAD_INPUT that names the file, the limit and the hint.
 */
export function limitSize(
  name: string,
  packedBytes: number | null,
  { maxBytes, maxRatio }: UnpackLimits,
): (source: AsyncIterable<Buffer>) => AsyncGenerator<Buffer> {
  const byRatio = Math.max(HARMLESS_BYTES, (packedBytes ?? Number.POSITIVE_INFINITY) * maxRatio);
  return async function* (source) {
    let size = 0;
    for await (const piece of source) {
      size += piece.length;
      if (size > maxBytes)
        throw tooLarge(name, `has more than ${maxBytes} bytes`, 'TIDEMARK_FILES_MAX_BYTES');
      if (size > byRatio)
        throw tooLarge(
          name,
          `unpacks to more than ${maxRatio} times its ${packedBytes} bytes`,
          'TIDEMARK_FILES_MAX_RATIO',
        );
      yield piece;
    }
  };
}

function tooLarge(name: string, what: string, setting: string): Failure {
  const hint = `nothing of it was kept; where the file is as it should be, raise ${setting} of the workers`;
  return new Failure('BAD_INPUT', `"${name}" ${what}: ${hint}`);
}
