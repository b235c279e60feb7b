/** The text of a file for as long as it is looked at: what has to be unpacked goes again. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openText, type TextFile, type Unpacking } from './text-file.ts';

/** @throws Failure BAD_INPUT, SOURCE_UNREACHABLE, SOURCE_ERROR */
export async function withText<T>(
  file: string,
  unpacking: Omit<Unpacking, 'texts'>,
  look: (text: TextFile) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-preview-'));
  const texts = {
    begin: async (extension: string) => join(folder, `${randomUUID()}.${extension}`),
    drop: async (path: string) => await rm(path, { force: true }),
  };
  try {
    return await look(await openText(file, { ...unpacking, texts }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
