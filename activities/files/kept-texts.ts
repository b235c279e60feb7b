/**
 * The folder of files: texts that cannot be read where they came from. Each is recorded in the database before it is written, so that
 * everything in the folder is known, even after a kill, and what is not needed is removed.
 */
import { randomUUID } from 'node:crypto';
import { access, constants, mkdir, rename, rm } from 'node:fs/promises';
import type { Database, Sql } from '../../db/connection/client.ts';
import { dropText, forgetText, noteText, unneededTexts } from '../../db/queries/files/kept-texts.ts';
import { unwritableFolder } from '../../domain/files/unwritable-folder.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import type { TextFolder } from './text-file.ts';

export class KeptTexts implements TextFolder {
  readonly folder: string;
  readonly #database: Database;

  /** @param folder an absolute path that all workers can read and write */
  constructor(database: Database, folder: string) {
    this.#database = database;
    this.folder = folder;
  }

  /** A path for a text to be written. @throws Failure BAD_INPUT where the folder cannot be written to. */
  async begin(extension: 'text' | 'download'): Promise<string> {
    await ensureFolder(this.folder);
    const path = `${this.folder}/${randomUUID()}.${extension}`;
    await noteText(this.#database, path, null);
    return path;
  }

  /** Where a text with these bytes is kept. */
  placeOf(sha256: Buffer): string {
    return `${this.folder}/${sha256.toString('hex')}.text`;
  }

  /** Records the content-based name of a text, which is then moved there. */
  async note(sql: Sql, sha256: Buffer): Promise<void> {
    await noteText(sql, this.placeOf(sha256), sha256);
  }

  async move(path: string, sha256: Buffer): Promise<void> {
    await rename(path, this.placeOf(sha256));
    await forgetText(this.#database, path);
  }

  /** Removes a text unless it is needed. Paths outside the folder are left alone. */
  async drop(path: string): Promise<boolean> {
    return await dropText(this.#database, path, removeFile);
  }

  /** Removes texts that have not been needed for a day. @returns how many. */
  async sweep(): Promise<number> {
    let dropped = 0;
    for (const path of await unneededTexts(this.#database, this.folder)) if (await this.drop(path)) dropped++;
    return dropped;
  }
}

async function ensureFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    throw new Failure('BAD_INPUT', unwritableFolder(folder, code), { cause });
  }
}

async function removeFile(path: string): Promise<void> {
  await rm(path, { force: true });
}
