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
