/** Addresses of views. They can be shared: an address determines everything that its view shows. */
import { apiUrl } from './api.js';

const id = encodeURIComponent;

/** @param {string} dataset @param {Record<string, unknown>} [query] */
export const datasetLink = (dataset, query) => apiUrl(`#/datasets/${id(dataset)}`, query);
/** @param {string} dataset @param {string} day */
export const dayLink = (dataset, day) => `#/datasets/${id(dataset)}/days/${day}`;
/** @param {Record<string, unknown>} query */
export const plotLink = (query) => apiUrl('#/plot', query);
/** @param {Record<string, unknown>} [query] */
export const changesLink = (query) => apiUrl('#/changes', query);
/** @param {Record<string, unknown>} [query] */
export const quarantineLink = (query) => apiUrl('#/quarantine', query);

/** @param {string} dataset the path of its entry in the API. */
export const datasetPath = (dataset) => `/v1/datasets/${id(dataset)}`;
