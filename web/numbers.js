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
