/** Unpacks zip answers in memory, with limits; and zips several answers into one. Pure. */
import { strFromU8, unzipSync, zipSync } from 'fflate';
import { AnswerRefused } from '../../domain/interpret/finding.ts';

export interface ZipMember {
  readonly name: string;
  readonly body: Uint8Array;
}

export interface ZipLimits {
  /** Unpacked bytes of all members together. */
  readonly maxBytes: number;
  readonly maxMembers: number;
}

const LIMITS: ZipLimits = { maxBytes: 256 * 1024 * 1024, maxMembers: 10_000 };

/** Whether bytes begin as a zip does, even an empty one. */
export function isZip(body: Uint8Array): boolean {
  const [p, k, kind, more] = body;
  return p === 0x50 && k === 0x4b && ((kind === 3 && more === 4) || (kind === 5 && more === 6));
}

/**
 * Members by name, ordered by name; a zip within the zip is unpacked once. Folders are left out.
 * @throws AnswerRefused `not_zip` where it cannot be unpacked or would exceed the limits
 */
export function zipMembers(body: Uint8Array, limits: ZipLimits = LIMITS): ZipMember[] {
  const members = unpack(body, limits);
  const nested = members.filter((member) => isZip(member.body));
  const plain = members.filter((member) => !isZip(member.body));
  const inner = nested.flatMap(({ name, body: zip }) =>
    unpack(zip, limits).map((member) => ({ ...member, name: `${name}/${member.name}` })),
  );
  return [...plain, ...inner].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** A zip of members ordered by name: the same members give the same bytes. */
export function zipOf(members: readonly ZipMember[]): Uint8Array {
  const ordered = members.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const files = Object.fromEntries(ordered.map(({ name, body }) => [name, body]));
  return zipSync(files, { mtime: new Date(2000, 0, 1) });
}

function unpack(body: Uint8Array, { maxBytes, maxMembers }: ZipLimits): ZipMember[] {
  let count = 0;
  let bytes = 0;
  const filter = ({ name, originalSize }: { name: string; originalSize: number }) => {
    count++;
    bytes += originalSize;
    if (count > maxMembers) throw new RangeError(`it has more than ${maxMembers} members`);
    if (bytes > maxBytes) throw new RangeError(`it unpacks to more than ${maxBytes} bytes`);
    return !name.endsWith('/');
  };
  try {
    return Object.entries(unzipSync(body, { filter })).map(([name, member]) => ({ name, body: member }));
  } catch (error) {
    const start = strFromU8(body.subarray(0, 20), true);
    const reason = error instanceof Error ? error.message : String(error);
    throw new AnswerRefused('not_zip', `the answer is not a zip that can be unpacked: ${reason}`, start);
  }
}
