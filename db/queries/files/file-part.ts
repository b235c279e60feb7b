/** Reads payloads that are parts of files again: the same bytes, or an error. */
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { Failure } from '../../../domain/workflow/failures.ts';
import type { FilePart } from '../payloads/payloads.ts';

/** @throws Failure FILE_CHANGED that names the file and the hint. */
export async function readFilePart({ location, byteFrom, byteTo, sha256 }: FilePart): Promise<Buffer> {
  const bytes = await bytesAt(location, byteFrom, byteTo);
  if (createHash('sha256').update(bytes).digest('hex') === sha256) return bytes;
  throw new Failure(
    'FILE_CHANGED',
    `bytes ${byteFrom} to ${byteTo} of ${location} are not those that were loaded: put that file back`,
  );
}

async function bytesAt(location: string, from: number, to: number): Promise<Buffer> {
  const file = await open(location).catch((error: Error) => {
    const hint = 'a day of it can be folded again only while it can be read: put it back where it was';
    throw new Failure('FILE_CHANGED', `${location} cannot be read (${error.message}); ${hint}`);
  });
  try {
    const bytes = Buffer.allocUnsafe(to - from);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
    return bytes.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
