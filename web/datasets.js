/** Datasets of every shape, as the catalogue lists them. */
import { getJson } from './api.js';
import { counted, number } from './numbers.js';
import { datasetPath } from './parts.js';

/**
 * Those that the caller may see.
 * @param {AbortSignal} signal @param {string} [search] words that all of them have @returns {Promise<any[]>}
 */
export async function everyDataset(signal, search) {
  return (await getJson('/v1/datasets', { search }, signal)).data;
}

/** Everything about one. @param {string} id @param {AbortSignal} signal */
export async function datasetEntry(id, signal) {
  return await getJson(datasetPath(id), {}, signal);
}

/** @param {{ shape: string } | undefined} entry of a dataset, or the story of a day. */
export function isOfRecords(entry) {
  return entry?.shape === 'records';
}

/** Whether it is computed from other datasets. @param {{ ingestion: string[] }} entry */
export function isDerived({ ingestion }) {
  return ingestion.includes('derive');
}

/** Whether its source is requested by a schedule. @param {{ ingestion: string[] }} entry */
export function isPulled({ ingestion }) {
  return ingestion.includes('pull');
}

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
