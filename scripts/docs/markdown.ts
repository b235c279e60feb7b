/** Markdown for the generated pages. */

/** A table; bars inside cells are escaped. */
export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  const line = (cells: readonly (string | number | null)[]) =>
    `| ${cells.map((cell) => String(cell ?? '').replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** Items of a list. */
export function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

/** A code in running text. */
export function code(text: string): string {
  return `\`${text}\``;
}

/** A generated page. */
export function page(title: string, ...parts: readonly string[]): string {
  const note = '<!-- Made from the code by `npm run docs`. Do not edit. -->';
  return `${[note, `# ${title}`, ...parts].join('\n\n')}\n`;
}
