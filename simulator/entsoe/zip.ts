// Zips as the platform sends them: written, and read from recordings.
import { unzipSync, zipSync } from 'fflate';

/** A file in a zip. */
export interface Member {
  readonly name: string;
  readonly body: Buffer;
}

/** All members have the same age, so that the bytes do not depend on the time of the request. */
const MADE = '2026-01-01T00:00:00';

/** A zip of some members, the same bytes for the same members. */
export function zipOf(members: readonly Member[]): Buffer {
  const files = Object.fromEntries(members.map(({ name, body }) => [name, body]));
  return Buffer.from(zipSync(files, { mtime: MADE }));
}

/** The members of a zip. */
export function unzip(zip: Buffer): Member[] {
  return Object.entries(unzipSync(zip)).map(([name, body]) => ({ name, body: Buffer.from(body) }));
}
