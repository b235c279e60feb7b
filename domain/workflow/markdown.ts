/** Markdown as the Temporal Web UI renders it: the pieces that the details of workflows are made of. */

/** The Web UI draws tables without lines or room between columns; this space Markdown does not strip. */
const GAP = '\u2003';
const LONGEST_QUOTE = 300;

/** Lines of a table, with an empty one before it; none without rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => oneLine(cell) + GAP).join(' | ')} |`;
  return ['', line(head), `| ${head.map(() => ':---').join(' | ')} |`, ...rows.map(line)];
}

/** A title and an entry a line, with an empty one before it; none without entries. */
export function list(title: string, entries: readonly string[]): string[] {
  return entries.length === 0 ? [] : ['', `**${title}**`, '', ...entries.map((entry) => `- ${flat(entry)}`)];
}

/** A paragraph, with an empty line before it; none without text. */
export function paragraph(text: string): string[] {
  return text === '' ? [] : ['', text];
}

/** Text of others, such as what a source said, word for word: never a link or a heading. */
export function quoted(text: string): string {
  const short = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
  return `\`${flat(short).replaceAll('`', "'")}\``;
}

function oneLine(cell: string): string {
  return flat(cell).replaceAll('|', '\\|');
}

function flat(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ');
}
