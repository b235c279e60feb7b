/**
 * The text of a file, wherever it is: read in place if it is plain UTF-8, else unpacked and converted into the folder of files, so that
 * workers can read from the middle and a rebuild can read it again.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { access, constants, open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { request } from 'undici';
import type { UnpackLimits } from '../../domain/files/unpack-limits.ts';
import { Failure } from '../../domain/workflow/failures.ts';
import { encodingOf, Utf8Text } from './utf8-text.ts';
import { limitSize, openMember } from './zip-member.ts';

export interface TextFile {
  /** Where its text can be read, in UTF-8. */
  readonly path: string;
  /** Encoding of the given file, before its text was converted. */
  readonly encoding: string;
  /** When the given file was last written; null if unknown. */
  readonly modifiedAt: Date | null;
  /** Set if the path is in the folder of files and not yet named by its content. */
  readonly isUnnamed: boolean;
}

/** A folder for texts that cannot be read where they came from. */
export interface TextFolder {
  /** A path for a text to be written. */
  begin(extension: 'text' | 'download'): Promise<string>;
  /** Removes a text unless it is needed. */
  drop(path: string): Promise<unknown>;
}

/** Where texts are unpacked and converted to, with the limits. */
export interface Unpacking {
  /** Absent where there is no folder of files. */
  readonly texts?: TextFolder | undefined;
  readonly limits: UnpackLimits;
  /** The encoding as stated. @default detected from the first bytes */
  readonly encoding?: string | undefined;
}

type ReadableText = Pick<TextFile, 'path' | 'encoding'>;

/** Splits a path or an address from the archive member that it names. */
export function placeOf(file: string): { readonly place: string; readonly member: string | null } {
  const [, place = file, member = null] = /^(.*\.zip)#(.+)$/i.exec(file) ?? [];
  return { place, member };
}

/** When a file was last changed; null for what is not a file on this machine. @throws Failure BAD_INPUT */
export async function modifiedAt(file: string): Promise<Date | null> {
  const { place } = placeOf(file);
  if (isAddress(place)) return null;
  const found = await stat(place).catch(() => undefined);
  const isReadable = await access(place, constants.R_OK).then(
    () => true,
    () => false,
  );
  if (found?.isFile() && isReadable) return found.mtime;
  const fault = !found ? 'not there' : found.isFile() ? 'not readable' : 'not a file';
  const hint = 'files are read by the workers: put it where they can read it, or give an http(s) address';
  throw new Failure('BAD_INPUT', `file "${place}" is ${fault}: ${hint}`);
}

/**
 * Makes the text of a file readable from the middle, in UTF-8. The caller names or drops an unnamed one.
 * @throws Failure BAD_INPUT, SOURCE_UNREACHABLE, SOURCE_ERROR
 */
export async function openText(file: string, unpacking: Unpacking): Promise<TextFile> {
  const changedAt = await modifiedAt(file);
  const { place, member } = placeOf(file);
  if (isAddress(place)) return await viaDownload(place, member, unpacking);
  const text = await readable(place, file, member, unpacking);
  return { ...text, modifiedAt: changedAt, isUnnamed: text.path !== place };
}

async function viaDownload(url: string, member: string | null, unpacking: Unpacking): Promise<TextFile> {
  const texts = assertFolder(unpacking.texts, url);
  const download = await texts.begin('download');
  try {
    const limit = limitSize(url, null, unpacking.limits);
    await pipeline(await bodyOf(url), limit, createWriteStream(download, { flush: true }));
    const text = await readable(download, url, member, unpacking);
    if (text.path !== download) await texts.drop(download);
    return { ...text, modifiedAt: null, isUnnamed: true };
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

/** A file on this machine: itself if it is plain UTF-8, else a text made from it. */
async function readable(
  path: string,
  name: string,
  member: string | null,
  unpacking: Unpacking,
): Promise<ReadableText> {
  const head = await headOf(path);
  const packing = packingOf(head);
  if (packing === 'plain' && encodingOf(head, unpacking.encoding) === 'utf-8')
    return { path, encoding: 'utf-8' };
  const texts = assertFolder(unpacking.texts, name);
  const fresh = await texts.begin('text');
  try {
    return { path: fresh, encoding: await unpack({ path, name, packing, member }, fresh, unpacking) };
  } catch (error) {
    await texts.drop(fresh);
    throw damaged(error);
  }
}

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1024), 0, 1024, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

type Packing = 'plain' | 'gzip' | 'zip';

/** By its first bytes: file names can lie. */
function packingOf(head: Buffer): Packing {
  const start = head.toString('latin1', 0, 4);
  if (start.startsWith('\x1f\x8b')) return 'gzip';
  return start === 'PK\x03\x04' ? 'zip' : 'plain';
}

interface Packed {
  readonly path: string;
  /** As given, for messages. */
  readonly name: string;
  readonly packing: Packing;
  readonly member: string | null;
}

/** @returns the original encoding of its text */
async function unpack(
  { path, name, packing, member }: Packed,
  fresh: string,
  { limits, encoding }: Unpacking,
): Promise<string> {
  const utf8 = new Utf8Text(encoding);
  const convert = (source: AsyncIterable<Buffer>) => utf8.convert(source);
  const into = createWriteStream(fresh, { flush: true });
  if (packing === 'zip') {
    const { stream, packedBytes } = await openMember(path, member);
    await pipeline(stream, limitSize(name, packedBytes, limits), convert, into);
  } else if (packing === 'gzip') {
    const { size } = await stat(path);
    const packed = createReadStream(path);
    await pipeline(packed, createGunzip(), limitSize(name, size, limits), convert, into);
  } else await pipeline(createReadStream(path), limitSize(name, null, limits), convert, into);
  return utf8.encoding;
}

function damaged(error: unknown): unknown {
  const { code, message } = error as { code?: string; message?: string };
  if (!code?.startsWith('Z_')) return error;
  return new Failure('BAD_INPUT', `the file cannot be unpacked (${message}): it is damaged or cut off`);
}

/** @throws Failure BAD_INPUT */
function assertFolder(texts: TextFolder | undefined, file: string): TextFolder {
  if (texts) return texts;
  const hint = 'set TIDEMARK_FILES to a folder that all workers can read and write';
  throw new Failure('BAD_INPUT', `"${basename(file)}" has to be unpacked, converted or downloaded: ${hint}`);
}

function isAddress(place: string): boolean {
  return /^https?:\/\//.test(place);
}
