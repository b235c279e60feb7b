/** Gives access to the text of a file, and removes what had to be unpacked for it. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openText, type TextFile, type Unpacking } from './text-file.ts';

/** @throws Failure BAD_INPUT, SOURCE_UNREACHABLE, SOURCE_ERROR */
export async function withText<T>(
  file: string,
  unpacking: Omit<Unpacking, 'texts'>,
  read: (text: TextFile) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-preview-'));
  const texts = {
    begin: async (extension: string) => join(folder, `${randomUUID()}.${extension}`),
    drop: async (path: string) => await rm(path, { force: true }),
  };
  try {
    return await read(await openText(file, { ...unpacking, texts }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
