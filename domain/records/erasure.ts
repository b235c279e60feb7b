/** Finds the lines about a person, and removes them from a body. Pure. */
import type { SentLines } from '../dataset/sent-lines.ts';

const LINE_FEED = 10;

/** Someone to be erased. */
export interface Someone {
  /** As in the field that identifies persons. */
  readonly person: string;
  /** Other texts that identify them: an email, a name. */
  readonly mentions: readonly string[];
}

/** For PostgreSQL: a regular expression that matches one of these texts as a word. */
export function wordPattern(texts: readonly string[]): string {
  const escaped = texts.map((text) => text.replaceAll(/[^\p{L}\p{N}]/gu, '\\$&'));
  return `(^|[^[:alnum:]_-])(${escaped.join('|')})($|[^[:alnum:]_-])`;
}

/**
 * Whether a text contains one of these as a word: `u1` is not in `u12`. Decodes JSON escapes too.
 * @param flags `i`: ignore case.
 */
export function mentionsAny(texts: readonly string[], flags: 'i' | '' = 'i'): (line: string) => boolean {
  if (texts.length === 0) return () => false;
  const escaped = texts.map((text) => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  const word = new RegExp(`(?<![\\p{L}\\p{N}_-])(?:${escaped.join('|')})(?![\\p{L}\\p{N}_-])`, `u${flags}`);
  return (line) => word.test(line) || (line.includes('\\u') && word.test(unescaped(line)));
}

function unescaped(line: string): string {
  return line.replaceAll(/\\u([\da-fA-F]{4})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

/** Whether a line is about someone. */
export function isAboutPerson(
  { person: persons }: SentLines,
  { person, mentions }: Someone,
): (line: string, header: string | undefined) => boolean {
  const isMentioned = mentionsAny(mentions);
  const isNamed = mentionsAny([person], '');
  return (line, header) => {
    const id = persons?.of(line, header);
    return id === person || (id === undefined && isNamed(line)) || isMentioned(line);
  };
}

/** Whether a line contains the id as a word, in any field: what `mentions` with the id would remove. */
export function holdsId({ person }: Someone): (line: string) => boolean {
  return mentionsAny([person]);
}

/** What was searched for, in words that do not reveal the person. */
export function searchedFor(field: string, { mentions }: Someone): string {
  const always = `the id in ${field}, and as a word in lines that cannot be read`;
  if (mentions.length === 0) return always;
  return `${always}; ${mentions.length === 1 ? '1 mention' : `${mentions.length} mentions`} as a word in any line`;
}

export interface LinesLeft {
  readonly body: Buffer;
  readonly removed: number;
  /** The removed lines, below the header if there is one. */
  readonly gone: Buffer;
}

/** A body without some of its lines; the others stay byte for byte. A header alone counts as nothing. */
export function withoutLines(
  { isHeader }: SentLines,
  body: Buffer,
  isGone: (line: string, header: string | undefined) => boolean,
): LinesLeft {
  const kept: Buffer[] = [];
  const gone: Buffer[] = [];
  let header: string | undefined;
  let removed = 0;
  let left = 0;
  for (let from = 0; from < body.length; ) {
    const end = body.indexOf(LINE_FEED, from);
    const next = end === -1 ? body.length : end + 1;
    const line = body.toString('utf8', from, end === -1 ? body.length : end);
    const isBlank = line.trim() === '';
    if (from === 0 && isHeader(line)) {
      header = line;
      gone.push(body.subarray(0, next));
    } else if (!isBlank && isGone(line, header)) {
      removed += 1;
      gone.push(body.subarray(from, next));
      from = next;
      continue;
    } else if (!isBlank) left += 1;
    kept.push(body.subarray(from, next));
    from = next;
  }
  const rest = left === 0 && header !== undefined ? [] : kept;
  return { body: removed === 0 ? body : Buffer.concat(rest), removed, gone: Buffer.concat(gone) };
}
