/** A change of the feed in words. */
import { counted, number } from './numbers.js';

/** @param {any} change @param {string} [unit] */
export function changeSentence(change, unit = '') {
  const {
    new_points: fresh,
    revised_points: revised,
    nulled_points: nulled,
    largest_difference: most,
  } = change;
  const by = most === null || most === undefined ? '' : ` by up to ${number(most)}${unit ? ` ${unit}` : ''}`;
  const parts = [
    fresh > 0 ? counted(fresh, 'new value') : '',
    revised > 0 ? `${counted(revised, 'value')} revised${by}` : '',
    nulled > 0 ? `${counted(nulled, 'value')} became null` : '',
  ];
  return parts.filter(Boolean).join(', ') || 'no value changed';
}
