/** The first bytes of a file as text, or an error that says what they are instead. */
import { Failure } from '../workflow/failures.ts';

/** Signatures of files that are not text, and what to do about them. */
const KINDS: readonly (readonly [bytes: readonly number[], what: string, hint: string])[] = [
  [[0x1f, 0x8b], 'packed with gzip', 'hand it over with its name ending in .gz, or unpack it'],
  [[0x50, 0x4b, 3, 4], 'a zip archive', 'hand it over with its name ending in .zip, or unpack it'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'packed with zstd', 'unpack it'],
  [[0x42, 0x5a, 0x68], 'packed with bzip2', 'unpack it'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'packed with xz', 'unpack it'],
  [[0x50, 0x41, 0x52, 0x31], 'a Parquet file', 'hand it over as CSV'],
];

/** @throws Failure BAD_INPUT for what is not UTF-8 text; a byte order mark is removed. */
export function textOf(head: Uint8Array): string {
  for (const [bytes, what, hint] of KINDS)
    if (bytes.every((byte, at) => head[at] === byte)) throw refused(what, hint);
  if (head.includes(0)) throw refused('no text: it has bytes of zero', 'give it a file of text lines');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(whole(head));
  } catch {
    throw refused(
      'no UTF-8 text',
      'say what it is, for example with --encoding windows-1252, or save it as UTF-8',
    );
  }
}

/** Without a truncated last line, which may end within a character. */
function whole(head: Uint8Array): Uint8Array {
  const end = head.lastIndexOf(10) + 1;
  return end > 0 ? head.subarray(0, end) : head;
}

function refused(what: string, hint: string): Failure {
  return new Failure('BAD_INPUT', `the file is ${what}; ${hint}`);
}
