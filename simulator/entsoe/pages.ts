// How answers are cut and packed: pages for too many instances, zips of documents.

import { unzipSync, zipSync } from 'fflate';
import { type Answer, answer } from '../answer.ts';
import { type Parameters, Refused } from './query.ts';

// Zips as the platform sends them: written, and read from recordings.

/** A file in a zip. */
interface Member {
  readonly name: string;
  readonly body: Buffer;
}

/** All members have the same age, so that the bytes do not depend on the time of the request. */
const MADE = '2026-01-01T00:00:00';

/** A zip of some members, the same bytes for the same members. */
function zipOf(members: readonly Member[]): Buffer {
  const files = Object.fromEntries(members.map(({ name, body }) => [name, body]));
  return Buffer.from(zipSync(files, { mtime: MADE }));
}

/** The members of a zip. */
export function unzip(zip: Buffer): Member[] {
  return Object.entries(unzipSync(zip)).map(([name, body]) => ({ name, body: Buffer.from(body) }));
}

/** One page, if they do not fit into one answer: those from an offset on. @throws Refused without an offset, or where it has no meaning */
export function paged<T>(
  all: readonly T[],
  { offset }: Parameters,
  most: number,
  handling: 'honoured' | 'ignored',
  item: string,
): readonly T[] {
  // Without an offset all prices are returned.
  if (offset !== undefined && handling === 'honoured')
    return all.slice(Number(offset), Number(offset) + most);
  if (all.length <= most || (offset === undefined && item.startsWith('ENERGY_PRICES'))) return all;
  throw new Refused(
    `The number of instances (${all.length}) exceeds the allowed maximum (${most}) for data item ${item}.`,
  );
}

/** A zip of documents, named after their content. */
export function zipAnswer(file: string, span: string, members: readonly Member[]): Answer {
  const body = zipOf(members).toString('latin1');
  const headers = { 'content-disposition': `attachment; filename="${file}_${span}.zip"` };
  return { ...answer(200, 'application/zip', body), binary: true, headers };
}

/** `202611202300`. */
export function compact(atMs: number): string {
  return new Date(atMs).toISOString().replaceAll(/\D/g, '').slice(0, 12);
}
