/** Asserts that nothing was found, in one line that names the first of what was. */
import { AssertionError } from 'node:assert';

/** @param why what it means, before the findings */
export function none(found: readonly unknown[], why = ''): void {
  if (found.length === 0) return;
  const shown = found.slice(0, 3).map((each) => (typeof each === 'string' ? each : JSON.stringify(each)));
  const more = found.length > shown.length ? `; and ${found.length - shown.length} more` : '';
  throw new AssertionError({ message: `${why}${why === '' ? '' : ': '}${shown.join('; ')}${more}` });
}
