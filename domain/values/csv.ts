/** Texts in a CSV: quoted by RFC 4180, and harmless in a spreadsheet. */

/** What a spreadsheet evaluates: signs, their full-width forms, and leading blanks that it ignores. */
const EVALUATED = /^'*[=+\-@＝＋－＠\t\r\n]/;

/**
 * A text as a cell; numbers need none of this. One that a spreadsheet would evaluate gets a leading apostrophe, and so does one that
 * already has apostrophes before such a sign: a reader removes one.
 */
export function csvText(text: string): string {
  const harmless = EVALUATED.test(text) ? `'${text}` : text;
  return harmless === '' || /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** The header line. */
export function csvHead(columns: readonly string[]): string {
  return `${columns.map(csvText).join(',')}\n`;
}
