/** What is said of the points of a plot, and of what was known of them earlier. */
import { counted, number } from './numbers.js';

/** @typedef {{ points: number, nulls: number }} Counts `nulls`: those of the points that were published without a value. */

/** `47 values and 1 null`. @param {Counts} counts */
export function pointsText({ points, nulls }) {
  const values = counted(points - nulls, 'value');
  return nulls === 0 ? values : `${values} and ${counted(nulls, 'null')}`;
}

/** @param {Counts} now @param {Counts} past @param {number} changed of those that were known then. */
export function differenceText(now, past, changed) {
  if (past.points === 0) return 'Nothing was known then: knowledge begins later.';
  const added = Math.max(0, now.points - past.points);
  const of =
    changed === 0 ? 'None of these has changed since' : `${number(changed)} of these changed since, ringed`;
  return added === 0 ? `${of}.` : `${of}; ${number(added)} became known later.`;
}
