/** The files of a folder with their current signatures. Subfolders are not searched. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type FoundFiles, isFoundName, type SeenFile } from '../../domain/files/found-files.ts';
import { Failure } from '../../domain/workflow/failures.ts';

/** @throws Failure BAD_INPUT when the folder cannot be read */
export async function listFolder(folder: string, found: FoundFiles): Promise<SeenFile[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    const hint = `set ${found.setting} to a folder that all workers can read`;
    throw new Failure('BAD_INPUT', `"${folder}" cannot be read (${error.code}): ${hint}`, { cause: error });
  });
  const seen = names
    .filter((name) => isFoundName(found, name))
    .map(async (name) => {
      const location = join(folder, name);
      const signature = await signatureOfFile(location);
      return signature === null ? [] : [{ location, signature }];
    });
  return (await Promise.all(seen)).flat();
}

/**
 * The signature of a file; null when it is missing, or empty because it was just created. Includes the change time of its inode, because
 * the modification time can be set back.
 */
export async function signatureOfFile(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile() || found.size === 0) return null;
  return `${found.size} bytes, changed ${found.mtimeMs} ${found.ctimeMs}, inode ${found.ino}`;
}
