/**
 * The text of a file wherever it is: read where it lies when it is plain, else unpacked into the folder of files, so that
 * workers can read it from the middle and a rebuild can read it again.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { request } from 'undici';
import { Failure } from '../../domain/failures.ts';
import type { UnpackLimits } from '../../domain/unpack-limits.ts';
import type { KeptTexts } from './kept-texts.ts';
import { limited } from './limited.ts';
import { openMember } from './zip-member.ts';

export interface TextFile {
  /** Where its text can be read. */
  readonly path: string;
  /** Of the file as given; null where it has none. */
  readonly modifiedAt: Date | null;
  /** Set where the path is one of the folder of files that has yet to be named by its content. */
  readonly isUnnamed: boolean;
}

/** Where texts are unpacked to, and how far. */
export interface Unpacking {
  /** Left out where there is no folder of files. */
  readonly texts?: KeptTexts | undefined;
  readonly limits: UnpackLimits;
}

/** How a path or an address is told from the member of an archive that it names. */
export function placeOf(file: string): { readonly place: string; readonly member: string | null } {
  const [, place = file, member = null] = /^(.*\.zip)#(.+)$/i.exec(file) ?? [];
  return { place, member };
}

/** When a file was changed last; null for what is not a file of this machine. @throws Failure BAD_INPUT */
export async function modifiedAt(file: string): Promise<Date | null> {
  const { place } = placeOf(file);
  if (isAddress(place)) return null;
  const found = await stat(place).catch(() => undefined);
  if (found?.isFile()) return found.mtime;
  const cure = 'files are read by the workers: put it where they can read it, or give an http(s) address';
  throw new Failure('BAD_INPUT', `file "${place}" is ${found ? 'not a file' : 'not there'}: ${cure}`);
}

/**
 * Makes the text of a file readable from the middle. Who gets an unnamed one names it, or drops it.
 * @throws Failure BAD_INPUT, SOURCE_UNREACHABLE, SOURCE_ERROR
 */
export async function openText(file: string, unpacking: Unpacking): Promise<TextFile> {
  const changedAt = await modifiedAt(file);
  const { place, member } = placeOf(file);
  if (isAddress(place)) return await viaDownload(place, member, unpacking);
  const packing = await packingOf(place);
  if (packing === 'plain') return { path: place, modifiedAt: changedAt, isUnnamed: false };
  return { modifiedAt: changedAt, ...(await unpacked(place, file, packing, member, unpacking)) };
}

async function viaDownload(url: string, member: string | null, unpacking: Unpacking): Promise<TextFile> {
  const texts = assertFolder(unpacking.texts, url);
  const download = await texts.begin('download');
  try {
    const limit = limited(url, null, unpacking.limits);
    await pipeline(await bodyOf(url), limit, createWriteStream(download, { flush: true }));
    const packing = await packingOf(download);
    if (packing === 'plain') return { path: download, modifiedAt: null, isUnnamed: true };
    const text = await unpacked(download, url, packing, member, unpacking);
    await texts.drop(download);
    return { modifiedAt: null, ...text };
  } catch (error) {
    await texts.drop(download);
    throw error;
  }
}

async function bodyOf(url: string): Promise<Readable> {
  const answer = await request(url, { headersTimeout: 60_000, bodyTimeout: 60_000 }).catch((error: Error) => {
    throw new Failure('SOURCE_UNREACHABLE', `${url}: ${error.message}`, { cause: error });
  });
  if (answer.statusCode === 200) return answer.body;
  await answer.body.dump();
  const code = answer.statusCode >= 500 ? 'SOURCE_ERROR' : 'BAD_INPUT';
  throw new Failure(code, `${url} answered ${answer.statusCode}: nothing was loaded`);
}

/** By its first bytes: names lie. */
async function packingOf(path: string): Promise<'plain' | 'gzip' | 'zip'> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    const start = buffer.subarray(0, bytesRead).toString('latin1');
    if (start.startsWith('\x1f\x8b')) return 'gzip';
    return start === 'PK\x03\x04' ? 'zip' : 'plain';
  } finally {
    await file.close();
  }
}

async function unpacked(
  path: string,
  name: string,
  packing: 'gzip' | 'zip',
  member: string | null,
  { texts, limits }: Unpacking,
): Promise<Pick<TextFile, 'path' | 'isUnnamed'>> {
  const folder = assertFolder(texts, name);
  const fresh = await folder.begin('text');
  try {
    const into = createWriteStream(fresh, { flush: true });
    if (packing === 'zip') {
      const { stream, packedBytes } = await openMember(path, member);
      await pipeline(stream, limited(name, packedBytes, limits), into);
    } else {
      const { size } = await stat(path);
      await pipeline(createReadStream(path), createGunzip(), limited(name, size, limits), into);
    }
    return { path: fresh, isUnnamed: true };
  } catch (error) {
    await folder.drop(fresh);
    throw damaged(error);
  }
}

function damaged(error: unknown): unknown {
  const { code, message } = error as { code?: string; message?: string };
  if (!code?.startsWith('Z_')) return error;
  return new Failure('BAD_INPUT', `the file cannot be unpacked (${message}): it is damaged or cut off`);
}

/** @throws Failure BAD_INPUT */
function assertFolder(texts: KeptTexts | undefined, file: string): KeptTexts {
  if (texts) return texts;
  throw new Failure(
    'BAD_INPUT',
    `"${basename(file)}" has to be unpacked or downloaded: set TIDEMARK_FILES to a folder that all workers can read and write`,
  );
}

function isAddress(place: string): boolean {
  return /^https?:\/\//.test(place);
}
