/** Datasets of every shape, as the catalogue lists them. */
import { getJson } from './api.js';
import { datasetPath } from './links.js';

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
