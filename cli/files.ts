/** The files that a person names: paths as the workers see them, folders by their files, standard input kept in a file. */
import { createHash, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { access, constants, mkdir, readdir, rename, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Database } from '../db/connection/client.ts';
import { forgetText, noteText } from '../db/queries/files/kept-texts.ts';
import { unwritableFolder } from '../domain/files/unwritable-folder.ts';
import type { Io } from './io.ts';
import { UsageError } from './usage-error.ts';

/** The files that are taken from a folder. */
const LINES = /\.(csv|tsv|txt|ndjson|jsonl)(\.gz)?$|\.zip$/i;

/** Where standard input is stored and registered. */
export interface InputFolder {
  readonly filesFolder: string;
  /** Left out where nothing outlives the command. */
  readonly database?: () => Database;
}

/** The working folder, and the stream that `-` stands for. */
type Origin = Pick<Io, 'folder' | 'stdin'>;

/** @throws UsageError for what is not there. */
export async function filesOf(
  given: readonly string[],
  folder: InputFolder,
  origin: Origin,
): Promise<string[]> {
  const files: string[] = [];
  for (const one of given) {
    if (one === '-') files.push(await keepInput(folder, origin));
    else if (/^https?:\/\//.test(one)) files.push(one);
    else files.push(...(await filesAt(one, origin)));
  }
  return files;
}

async function filesAt(given: string, { folder }: Origin): Promise<string[]> {
  const path = resolve(folder, given);
  const [, archive] = /^(.*\.zip)#/i.exec(path) ?? [];
  const found = await stat(archive ?? path).catch(() => undefined);
  if (!found) throw new UsageError(`there is no file "${given}"`);
  if (!found.isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => LINES.test(name)).toSorted();
  if (names.length > 0) return names.map((name) => `${path}/${name}`);
  throw new UsageError(
    `the folder "${given}" has no file of lines (.csv, .tsv, .txt, .ndjson, .gz of these, .zip)`,
  );
}

/** Stored under a name derived from its content, because workers read it again when a day is rebuilt. */
async function keepInput({ filesFolder, database }: InputFolder, { stdin }: Origin): Promise<string> {
  const folder = resolve(filesFolder);
  await ensureFolder(folder);
  const hash = createHash('sha256');
  const fresh = `${folder}/${randomUUID()}.input`;
  if (database) await noteText(database(), fresh, null);
  const tap = async function* (source: AsyncIterable<Buffer>) {
    for await (const piece of source) {
      hash.update(piece);
      yield piece;
    }
  };
  await pipeline(stdin, tap, createWriteStream(fresh, { flush: true }));
  const sha256 = hash.digest();
  const path = `${folder}/${sha256.toString('hex')}.input`;
  if (database) await noteText(database(), path, sha256);
  await rename(fresh, path);
  if (database) await forgetText(database(), fresh);
  return path;
}

async function ensureFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new UsageError(unwritableFolder(folder, (error as NodeJS.ErrnoException).code ?? ''));
  }
}
