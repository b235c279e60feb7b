/** Finds the series of a short range whose values are not what they were. */

import { observations } from './observations.js';
import { differences } from './steps.js';
import { daysFrom } from './time.js';

const MOST_DAYS = 3;

/**
 * @param {{ dataset: string, from: string, to: string }} range @param {Record<string, unknown>} then as_of or gate.
 * @param {number} most @param {AbortSignal} [signal] @returns {Promise<string[]>} those with most differences first.
 */
export async function differingSeries(range, then, most, signal) {
  if (daysFrom(range.from, range.to) >= MOST_DAYS) return [];
  const [now, past] = await Promise.all([
    observations(range, signal),
    observations({ ...range, ...then }, signal),
  ]);
  const found = [...past.columns].map(([series, column]) => ({
    series,
    count: differences(now.columns.get(series), column).length,
  }));
  const moved = found.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
  return moved.slice(0, most).map(({ series }) => series);
}
