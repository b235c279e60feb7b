/** The lines in a part of a file that are about one point. */
import type { FileForm } from '../files/file-form.ts';
import { type Line, LineReader } from './line-reader.ts';

export interface FoundLine {
  /** Counted from 1 in the file. */
  readonly number: number;
  /** As it is in the file, shortened to 500 characters. */
  readonly text: string;
}

/** More lines about one point would not help a person. */
const MOST = 5;

/**
 * In file order, five at most. A part read from its first byte gives the same as within its file.
 * @param at where the bytes begin in the file, and the number of their first line
 */
export function findLines(
  bytes: Uint8Array,
  form: FileForm,
  at: { readonly firstByte: number; readonly firstLine: number },
  series: string,
  startsAtMs: number,
): FoundLine[] {
  const found: FoundLine[] = [];
  const reader = new LineReader(form, at);
  const hear = (line: Line, number: number, ms: number) => {
    if (ms === startsAtMs && reader.series[number] === series && found.length < MOST)
      found.push({ number: line.number, text: line.text() });
  };
  const sink = {
    point: hear,
    refused: (line: Line, _: string, __: string, n: number, ms: number) => hear(line, n, ms),
  };
  for (let taken = 0; taken < bytes.length; )
    taken += reader.read(taken === 0 ? bytes : bytes.subarray(taken), true, sink);
  return found;
}

/** `line 7`, or `lines 7, 9`. */
export function placeOfLines(lines: readonly FoundLine[]): string {
  const numbers = lines.map(({ number }) => number).join(', ');
  return `line${lines.length > 1 ? 's' : ''} ${numbers}`;
}
