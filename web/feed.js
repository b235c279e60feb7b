/** The change feed from an instant on. */
import { getJson } from './api.js';

/**
 * @param {string} knownFrom an instant. @param {string} dataset empty: every one that the caller may see. @param {AbortSignal} signal
 * @returns {Promise<{ changes: any[], cursor: number }>} oldest first, and where to go on from.
 */
export async function changesFrom(knownFrom, dataset, signal) {
  const changes = [];
  let cursor = 0;
  for (let more = true; more; ) {
    const query = { since: cursor, known_from: knownFrom, dataset };
    const page = await getJson('/v1/changes', query, signal);
    changes.push(...page.data);
    cursor = page.next;
    more = page.more;
  }
  return { changes, cursor };
}
