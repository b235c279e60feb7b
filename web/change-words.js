/** A change of the feed in words. */
import { isOfRecords } from './datasets.js';
import { counted, number } from './numbers.js';

const CORRECTIONS = new Map([
  ['corrected', 'its bytes are read otherwise now, so that its past is another too'],
  ['erased', 'lines of a person were erased, from its past too'],
  ['dropped', 'dropped, because it is older than the dataset keeps'],
]);

/** @param {any} change @param {any} [entry] of its dataset. */
export function changeSummary(change, entry) {
  const {
    new_points: fresh,
    revised_points: revised,
    nulled_points: nulled,
    largest_difference: most,
  } = change;
  const unit = entry?.unit ? ` ${entry.unit}` : '';
  const by = most === null || most === undefined ? '' : ` by up to ${number(most)}${unit}`;
  const [thing, gone] = isOfRecords(entry) ? ['record', 'withdrawn'] : ['value', 'became null'];
  const parts = [
    fresh > 0 ? counted(fresh, `new ${thing}`) : '',
    revised > 0 ? `${counted(revised, thing)} revised${by}` : '',
    nulled > 0 ? `${counted(nulled, thing)} ${gone}` : '',
  ];
  const moved = parts.filter(Boolean).join(', ');
  const correction = CORRECTIONS.get(change.kind);
  if (correction) return moved === '' ? correction : `${correction}: ${moved}`;
  return moved || `no ${thing} changed`;
}
