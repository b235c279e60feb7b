/** Texts in a CSV: quoted by RFC 4180, and harmless where a spreadsheet opens it. */

/** What a spreadsheet evaluates: signs, their full-width forms, and blanks that it passes over. */
const EVALUATED = /^'*[=+\-@＝＋－＠\t\r\n]/;

/**
 * A text as a cell; numbers need none of this. One that a spreadsheet would evaluate gets an apostrophe in
 * front, and so does one that begins with apostrophes before such a sign: a reader takes one off.
 */
export function csvText(text: string): string {
  const harmless = EVALUATED.test(text) ? `'${text}` : text;
  return harmless === '' || /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** The line that names the columns. */
export function csvHead(columns: readonly string[]): string {
  return `${columns.map(csvText).join(',')}\n`;
}
