/**
 * The text of a file wherever it is: read where it lies when it is plain, else unpacked into the folder of files and named by
 * its sha256, so that workers can read it from the middle and a rebuild can read it again.
 */
import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, constants, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { request } from 'undici';
import { Failure } from '../../domain/failures.ts';
import { unwritableFolder } from '../../domain/unwritable-folder.ts';
import { type Scan, TextScan } from './scan-text.ts';
import { openMember } from './zip-member.ts';

export interface TextFile extends Scan {
  /** Where its text can be read. */
  readonly location: string;
  /** Of the file as given; null where it has none. */
  readonly modifiedAt: Date | null;
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
  const isReadable = await access(place, constants.R_OK).then(
    () => true,
    () => false,
  );
  if (found?.isFile() && isReadable) return found.mtime;
  const fault = !found ? 'not there' : found.isFile() ? 'not readable' : 'not a file';
  const cure = 'files are read by the workers: put it where they can read it, or give an http(s) address';
  throw new Failure('BAD_INPUT', `file "${place}" is ${fault}: ${cure}`);
}

/**
 * Reads all of a file once: hashes it, counts its lines, and keeps its text where it cannot be read from the middle.
 * @param folder where unpacked texts are kept.
 * @throws Failure BAD_INPUT, SOURCE_UNREACHABLE, SOURCE_ERROR
 */
export async function readText(file: string, folder: string | undefined): Promise<TextFile> {
  const changedAt = await modifiedAt(file);
  const { place, member } = placeOf(file);
  if (isAddress(place)) return await viaDownload(place, member, folder);
  const packing = await packingOf(place);
  if (packing === 'plain') return { location: place, modifiedAt: changedAt, ...(await scanInPlace(place)) };
  const into = await ensureFolder(folder, file);
  const text = packing === 'gzip' ? createReadStream(place) : await openMember(place, member);
  return { modifiedAt: changedAt, ...(await keepText(text, packing, into)) };
}

async function viaDownload(
  url: string,
  member: string | null,
  folder: string | undefined,
): Promise<TextFile> {
  const into = await ensureFolder(folder, url);
  const download = `${into}/${randomUUID()}.download`;
  try {
    await pipeline(await bodyOf(url), createWriteStream(download));
    const packing = await packingOf(download);
    const text = packing === 'zip' ? await openMember(download, member) : createReadStream(download);
    return { modifiedAt: null, ...(await keepText(text, packing, into)) };
  } finally {
    await rm(download, { force: true });
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

const PIECE = 1 << 20;

async function scanInPlace(path: string): Promise<Scan> {
  const scan = new TextScan();
  const file = await open(path);
  const piece = Buffer.allocUnsafe(PIECE);
  try {
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, PIECE);
      if (bytesRead === 0) return scan.end();
      scan.add(piece.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

async function keepText(
  packed: Readable,
  packing: 'plain' | 'gzip' | 'zip',
  folder: string,
): Promise<Scan & { location: string }> {
  const scan = new TextScan();
  const fresh = `${folder}/${randomUUID()}.text`;
  const tap = async function* (source: AsyncIterable<Buffer>) {
    for await (const piece of source) {
      scan.add(piece);
      yield piece;
    }
  };
  try {
    const into = createWriteStream(fresh, { flush: true });
    if (packing === 'gzip') await pipeline(packed, createGunzip(), tap, into);
    else await pipeline(packed, tap, into);
    const scanned = scan.end();
    const location = `${folder}/${scanned.sha256.toString('hex')}.text`;
    await rename(fresh, location);
    return { location, ...scanned };
  } catch (error) {
    await rm(fresh, { force: true });
    throw unpacking(error);
  }
}

function unpacking(error: unknown): unknown {
  const { code, message } = error as { code?: string; message?: string };
  if (!code?.startsWith('Z_')) return error;
  return new Failure('BAD_INPUT', `the file cannot be unpacked (${message}): it is damaged or cut off`);
}

/** @throws Failure BAD_INPUT where there is no folder to keep the text in, or none that may be written to. */
async function ensureFolder(folder: string | undefined, file: string): Promise<string> {
  if (!folder) {
    const cure = 'set TIDEMARK_FILES to a folder that all workers can read and write';
    throw new Failure('BAD_INPUT', `"${basename(file)}" has to be unpacked or downloaded: ${cure}`);
  }
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    return folder;
  } catch (error) {
    throw new Failure('BAD_INPUT', unwritableFolder(folder, (error as NodeJS.ErrnoException).code ?? ''), {
      cause: error,
    });
  }
}

function isAddress(place: string): boolean {
  return /^https?:\/\//.test(place);
}
