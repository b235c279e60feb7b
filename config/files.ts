/** Settings of files: where unpacked texts are stored, and how large they may be. */
import { z } from 'zod';
import { UNPACK_LIMITS, type UnpackLimits } from '../domain/files/unpack-limits.ts';

const { maxBytes, maxRatio } = UNPACK_LIMITS;
/** Larger numbers would lose precision. */
const MOST = Number.MAX_SAFE_INTEGER;

export const fileSettings = {
  TIDEMARK_FILES: z.string().regex(/^\//, 'write a path that begins with /').optional(),
  TIDEMARK_FILES_MAX_BYTES: wholeOf(`bytes, such as ${maxBytes}`).default(maxBytes),
  TIDEMARK_FILES_MAX_RATIO: wholeOf(`times, such as ${maxRatio}`).default(maxRatio),
};

export interface FileSettings {
  readonly TIDEMARK_FILES_MAX_BYTES: number;
  readonly TIDEMARK_FILES_MAX_RATIO: number;
}

export function unpackLimitsOf(settings: FileSettings): UnpackLimits {
  return { maxBytes: settings.TIDEMARK_FILES_MAX_BYTES, maxRatio: settings.TIDEMARK_FILES_MAX_RATIO };
}

function wholeOf(what: string) {
  const error = `write a whole number of ${what}`;
  return z.string().regex(/^\d+$/, error).transform(Number).pipe(z.number().min(1, error).max(MOST, error));
}
