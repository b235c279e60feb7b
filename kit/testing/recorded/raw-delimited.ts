/** The cells of delimited text with their places. Lines with fewer or more cells than most are titles and remarks. */
import type { RawCell, RawRow, RawText } from './raw-body.ts';

const DELIMITERS = [';', '\t', '|', ','];

export function delimitedRows(text: string): RawText | undefined {
  const found = [...text.matchAll(/[^\r\n]+/g)].map((match) => ({ line: match[0], at: match.index }));
  const delimiter = DELIMITERS.find(
    (each) => found.filter(({ line }) => line.includes(each)).length * 2 > found.length,
  );
  if (delimiter === undefined) return undefined;
  const split = found.map(({ line, at }) => cellsOf(line, at, delimiter));
  const width = mostFrequent(split.map((cells) => cells.length));
  const table = split.filter((cells) => cells.length === width);
  const names = table[0]?.every(({ text: cell }) => !/^[+-]?\d/.test(cell)) ? table.shift() : undefined;
  const rows = table.map((cells): RawRow => {
    const named = cells.map((cell, i) => ({ ...cell, column: names?.[i]?.text ?? String(i) }));
    const [first, last] = [cells[0] as RawCell, cells.at(-1) as RawCell];
    return { at: first.at, length: last.at + last.length - first.at, cells: named };
  });
  return { rows, beside: [], between: '\n', nothing: '' };
}

/** By RFC 4180, without line breaks in cells. */
function cellsOf(line: string, start: number, delimiter: string): RawCell[] {
  const cells: RawCell[] = [];
  let from = 0;
  let isQuoted = false;
  for (let i = 0; i <= line.length; i++) {
    if (line[i] === '"') isQuoted = !isQuoted;
    if (i < line.length && (line[i] !== delimiter || isQuoted)) continue;
    const whole = line.slice(from, i);
    const text = /^".*"$/.test(whole) ? whole.slice(1, -1).replaceAll('""', '"') : whole;
    cells.push({
      column: '',
      text: text.replace('\ufeff', '').trim(),
      at: start + from,
      length: whole.length,
    });
    from = i + 1;
  }
  return cells;
}

function mostFrequent(numbers: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? 0;
}
