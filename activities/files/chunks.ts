/** Bytes of a file, piece by piece: memory does not grow with it. */
import type { FileHandle } from 'node:fs/promises';
import { Failure } from '../../domain/workflow/failures.ts';

export const PIECE_BYTES = 1 << 20;

/**
 * The bytes from one offset to another. A piece is valid until the next one is requested.
 * @throws Failure FILE_CHANGED when the file ends before that.
 */
export async function* piecesOf(
  file: FileHandle,
  location: string,
  from: number,
  to: number,
): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.min(PIECE_BYTES, to - from));
  for (let at = from; at < to; ) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, to - at), at);
    if (bytesRead === 0) throw fileChanged(location, `ends at byte ${at}`);
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
}

/** @param what what has changed, such as "ends at byte 7" */
export function fileChanged(location: string, what: string): Failure {
  const hint = 'load it again when nobody writes to it; days that were written before stay';
  return new Failure(
    'FILE_CHANGED',
    `${location} ${what}: it was changed while it was being loaded; ${hint}`,
  );
}
