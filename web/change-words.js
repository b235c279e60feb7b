/** A change of the feed in words. */
import { counted, number } from './numbers.js';

/** @param {any} change @param {string} [unit] */
export function changeSentence(
  { new_points: fresh, revised_points: revised, nulled_points: nulled, largest_difference: most },
  unit = '',
) {
  const parts = [
    fresh > 0 ? counted(fresh, 'new value') : '',
    revised > 0 ? `${counted(revised, 'value')} revised` : '',
    nulled > 0 ? `${counted(nulled, 'value')} became null` : '',
    most !== null && most !== undefined && revised > 0
      ? `by up to ${number(most)}${unit ? ` ${unit}` : ''}`
      : '',
  ].filter(Boolean);
  return parts.join(', ').replace(' revised, by', ' revised by') || 'no value changed';
}
