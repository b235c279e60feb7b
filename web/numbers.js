/** Numbers and counts in sentences. */

const numbers = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 6 });

/** @param {number | null | undefined} value null is a published null, undefined was never published. */
export function number(value) {
  if (value === undefined) return 'absent';
  return value === null ? 'null' : numbers.format(value);
}

/** @param {number} count @param {string} one @param {string} [many] '1 day', '2 days' */
export function counted(count, one, many = `${one}s`) {
  return `${numbers.format(count)} ${count === 1 ? one : many}`;
}

/** @param {number | null | undefined} share */
export function percent(share) {
  if (share === null || share === undefined) return 'not known';
  return `${(share * 100).toFixed(share > 0.995 && share < 1 ? 2 : 1).replace(/\.0+$/, '')} %`;
}

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}

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
