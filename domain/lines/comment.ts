/** Lines that a person or a program wrote beside the data. */

const MARK = /^(#|\/\/|--|%|!)/;

/** Whether a line that begins so, and cannot be read as data, is a comment that nobody misses. */
export function isComment(start: string): boolean {
  return MARK.test(start);
}
