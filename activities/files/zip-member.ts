/** One file of a zip archive as a stream. */
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import yauzl from 'yauzl';
import { HARMLESS_BYTES, type UnpackLimits } from '../../domain/files/unpack-limits.ts';
import { Failure } from '../../domain/workflow/failures.ts';

/**
 * @param member its name; null: the only one there is.
 * @throws Failure BAD_INPUT that lists the members.
 */
export async function openMember(
  path: string,
  member: string | null,
): Promise<{ readonly stream: Readable; readonly packedBytes: number }> {
  const archive = await new Promise<yauzl.ZipFile>((resolve, reject) => {
    yauzl.open(path, { lazyEntries: true, autoClose: false }, (error, opened) =>
      error ? reject(damaged(path, error)) : resolve(opened),
    );
  });
  const entries = await entriesOf(archive, path);
  const wanted = entries.filter(({ fileName }) => member === null || fileName === member);
  const [entry] = wanted;
  if (entry && wanted.length === 1)
    return { stream: await streamOf(archive, entry, path), packedBytes: entry.compressedSize };
  archive.close();
  const names = entries.map(({ fileName }) => fileName).join(', ') || 'no file';
  const what = member === null ? 'which of them' : `no "${member}"`;
  throw new Failure('BAD_INPUT', `${path} holds ${names}: ${what}; write "${path}#name"`);
}

async function entriesOf(archive: yauzl.ZipFile, path: string): Promise<yauzl.Entry[]> {
  const entries: yauzl.Entry[] = [];
  archive.on('entry', (entry: yauzl.Entry) => {
    if (!entry.fileName.endsWith('/')) entries.push(entry);
    if (archive.entriesRead < archive.entryCount) archive.readEntry();
    else archive.emit('listed');
  });
  const listed = once(archive, 'listed');
  if (archive.entryCount === 0) archive.emit('listed');
  else archive.readEntry();
  await listed.catch((error: Error) => {
    throw damaged(path, error);
  });
  return entries;
}

async function streamOf(archive: yauzl.ZipFile, entry: yauzl.Entry, path: string): Promise<Readable> {
  return await new Promise((resolve, reject) => {
    archive.openReadStream(entry, (error, stream) =>
      error ? reject(damaged(path, error)) : resolve(stream.once('close', () => archive.close())),
    );
  });
}

function damaged(path: string, error: Error): Failure {
  return new Failure('BAD_INPUT', `${path} cannot be read as a zip archive (${error.message})`);
}

// Limits the size of what is unpacked or downloaded.

/**
 * @param packedBytes the packed size; null for what is not packed
 * @returns a pipeline step that passes bytes on. It throws Failure BAD_INPUT that names the file, the limit and the hint.
 */
export function limitSize(
  name: string,
  packedBytes: number | null,
  { maxBytes, maxRatio }: UnpackLimits,
): (source: AsyncIterable<Buffer>) => AsyncGenerator<Buffer> {
  const byRatio = Math.max(HARMLESS_BYTES, (packedBytes ?? Number.POSITIVE_INFINITY) * maxRatio);
  return async function* (source) {
    let size = 0;
    for await (const piece of source) {
      size += piece.length;
      if (size > maxBytes) throw tooLarge(name, `has more than ${maxBytes} bytes`);
      if (size > byRatio)
        throw tooLarge(name, `unpacks to more than ${maxRatio} times its ${packedBytes} bytes`);
      yield piece;
    }
  };
}

function tooLarge(name: string, what: string): Failure {
  const hint = `nothing of it was kept; where the file is as it should be, unpack it yourself and load its text`;
  return new Failure('BAD_INPUT', `"${name}" ${what}: ${hint}`);
}
