/** Splits a line into its cells, with the quotes of RFC 4180. The slow path; the reader splits lines without quotes byte by byte. */

/** @returns null when a quote is not closed on the line, or something follows one that is. */
export function splitLine(line: string, delimiter: string): string[] | null {
  const cells: string[] = [];
  for (let at = 0; ; ) {
    const quote = quoteAt(line, at);
    const cell = quote < 0 ? plainCell(line, at, delimiter) : quotedCell(line, quote, delimiter);
    if (!cell) return null;
    cells.push(cell.text);
    if (cell.end >= line.length) return cells;
    at = cell.end + 1;
  }
}

/** Blanks around a cell, including no-break spaces and tabs, are not part of its content. */
export function trimCell(cell: string): string {
  return cell.replace(/^[ \t\u00a0\u202f]+|[ \t\u00a0\u202f]+$/g, '');
}

/** Position of the opening quote of a cell; blanks may precede it. */
function quoteAt(line: string, at: number): number {
  let first = at;
  while (line[first] === ' ') first++;
  return line[first] === '"' ? first : -1;
}

function plainCell(line: string, at: number, delimiter: string) {
  const found = line.indexOf(delimiter, at);
  const end = found < 0 ? line.length : found;
  return { text: line.slice(at, end), end };
}

function quotedCell(line: string, quote: number, delimiter: string) {
  let end = line.indexOf('"', quote + 1);
  while (end >= 0 && line[end + 1] === '"') end = line.indexOf('"', end + 2);
  if (end < 0) return null;
  const text = line.slice(quote + 1, end).replaceAll('""', '"');
  do end++;
  while (line[end] === ' ' && delimiter !== ' ');
  return end >= line.length || line[end] === delimiter ? { text, end } : null;
}

// Files with all cells quoted need not take the slow path: plain quotes are removed first.

const [LF, CR, QUOTE] = [10, 13, 34];

/**
 * Copies a line without its quotes, and with an end.
 * @returns its length in bytes, or -1 when it has no quotes, or significant ones: doubled ones, ones around a delimiter
 */
export function unquote(
  bytes: Uint8Array,
  from: number,
  end: number,
  delimiter: number,
  to: Uint8Array,
): number {
  let length = 0;
  let isOpen = false;
  for (let at = from; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) {
      const beside = isOpen ? bytes[at + 1] : bytes[at - 1];
      const isAtEdge = isOpen ? at + 1 === end || beside === CR : at === from;
      if (!isAtEdge && beside !== delimiter) return -1;
      isOpen = !isOpen;
    } else if (isOpen && byte === delimiter) return -1;
    else to[length++] = byte;
  }
  if (isOpen || length === end - from) return -1;
  to[length] = LF;
  return length + 1;
}

// Comments beside the data, written by a person or a program.

const MARK = /^(#|\/\/|--|%|!)/;

/** Whether an unreadable line with this start is a comment that may be ignored. */
export function isComment(start: string): boolean {
  return MARK.test(start);
}
