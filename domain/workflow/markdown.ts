/** Markdown as the Temporal Web UI renders it: the building blocks of workflow details. */

/** The Web UI draws tables without lines or space between columns; Markdown does not strip this space. */
const GAP = '\u2003';
const LONGEST_QUOTE = 300;

/** Lines of a table, preceded by an empty one; none without rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => oneLine(cell) + GAP).join(' | ')} |`;
  return ['', line(head), `| ${head.map(() => ':---').join(' | ')} |`, ...rows.map(line)];
}

/** A title and one entry per line, preceded by an empty line; none without entries. */
export function list(title: string, entries: readonly string[]): string[] {
  return entries.length === 0 ? [] : ['', `**${title}**`, '', ...entries.map((entry) => `- ${flat(entry)}`)];
}

/** A paragraph, preceded by an empty line; none without text. */
export function paragraph(text: string): string[] {
  return text === '' ? [] : ['', text];
}

/** Quotes external text, such as a source's message, word for word: never a link or a heading. */
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
