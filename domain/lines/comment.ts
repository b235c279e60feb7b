/** Comments beside the data, written by a person or a program. */

const MARK = /^(#|\/\/|--|%|!)/;

/** Whether an unreadable line with this start is a comment that may be ignored. */
export function isComment(start: string): boolean {
  return MARK.test(start);
}
