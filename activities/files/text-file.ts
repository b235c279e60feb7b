/**
 * The text of a file wherever it is: read where it lies when it is plain and in UTF-8, else unpacked and converted into the
 * folder of files and named by its sha256, so that workers can read it from the middle and a rebuild can read it again.
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
import { encodingOf, Utf8Text } from './utf8-text.ts';
import { openMember } from './zip-member.ts';

export interface TextFile extends Scan {
  /** Of the file as given; its text is in UTF-8. */
  readonly encoding: string;
  /** Where its text can be read. */
  readonly location: string;
  /** Of the file as given; null where it has none. */
  readonly modifiedAt: Date | null;
}

export interface ReadTextOptions {
  /** Where unpacked and converted texts are kept. */
  readonly folder?: string | undefined;
  /** The encoding as stated. @default what the first bytes look like */
  readonly encoding?: string | undefined;
  /** Hears of every piece of the text in order, and must not keep it. What it throws ends the reading. */
  readonly listen?: (piece: Buffer) => void;
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
 * @throws Failure BAD_INPUT, SOURCE_UNREACHABLE, SOURCE_ERROR
 */
export async function readText(file: string, options: ReadTextOptions): Promise<TextFile> {
  const changedAt = await modifiedAt(file);
  const { place, member } = placeOf(file);
  if (isAddress(place)) return await viaDownload(place, member, options);
  const head = await headOf(place);
  const packing = packingOf(head);
  if (packing === 'plain' && encodingOf(head, options.encoding) === 'utf-8')
    return {
      location: place,
      modifiedAt: changedAt,
      encoding: 'utf-8',
      ...(await scanInPlace(place, options)),
    };
  const text = packing === 'zip' ? await openMember(place, member) : createReadStream(place);
  return { modifiedAt: changedAt, ...(await keepText(text, packing, file, options)) };
}

async function viaDownload(url: string, member: string | null, options: ReadTextOptions): Promise<TextFile> {
  const into = await ensureFolder(options.folder, url);
  const download = `${into}/${randomUUID()}.download`;
  try {
    await pipeline(await bodyOf(url), createWriteStream(download));
    const packing = packingOf(await headOf(download));
    const text = packing === 'zip' ? await openMember(download, member) : createReadStream(download);
    return { modifiedAt: null, ...(await keepText(text, packing, url, options)) };
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

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1024), 0, 1024, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** By its first bytes: names lie. */
function packingOf(head: Buffer): 'plain' | 'gzip' | 'zip' {
  const start = head.toString('latin1', 0, 4);
  if (start.startsWith('\x1f\x8b')) return 'gzip';
  return start === 'PK\x03\x04' ? 'zip' : 'plain';
}

const PIECE = 1 << 20;

async function scanInPlace(path: string, { listen }: ReadTextOptions): Promise<Scan> {
  const scan = new TextScan();
  const file = await open(path);
  const piece = Buffer.allocUnsafe(PIECE);
  try {
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, PIECE);
      if (bytesRead === 0) return scan.end();
      scan.add(piece.subarray(0, bytesRead));
      listen?.(piece.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}

async function keepText(
  packed: Readable,
  packing: 'plain' | 'gzip' | 'zip',
  file: string,
  { folder: kept, encoding, listen }: ReadTextOptions,
): Promise<Scan & { location: string; encoding: string }> {
  const folder = await ensureFolder(kept, file);
  const scan = new TextScan();
  const utf8 = new Utf8Text(encoding);
  const fresh = `${folder}/${randomUUID()}.text`;
  const tap = async function* (source: AsyncIterable<Buffer>) {
    for await (const piece of utf8.convert(source)) {
      scan.add(piece);
      listen?.(piece);
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
    return { location, encoding: utf8.encoding, ...scanned };
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
    throw new Failure(
      'BAD_INPUT',
      `"${basename(file)}" has to be unpacked, converted or downloaded: ${cure}`,
    );
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
