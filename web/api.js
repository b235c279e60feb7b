/**
 * Requests to the API. A key stays in this tab (sessionStorage) and is sent as Bearer token; the session of a signed-on person
 * is a cookie that scripts cannot read.
 */

const KEY = 'tidemark.key';

/** @returns {string | null} */
export const readKey = () => sessionStorage.getItem(KEY);

/** @param {string | null} key null forgets it. */
export function storeKey(key) {
  if (key) sessionStorage.setItem(KEY, key);
  else sessionStorage.removeItem(KEY);
}

/** Goes to the provider of single sign-on, and comes back to this view. @param {string} path */
export function signIn(path) {
  location.assign(apiUrl(path, { view: location.hash.startsWith('#/') ? location.hash : '#/' }));
}

/** Signs off here and, if it has a sign-off page, from the provider. */
export async function signOff() {
  const { provider_url } = await (await request('/auth/logout', { method: 'POST' })).json();
  if (provider_url) location.assign(provider_url);
  else location.reload();
}

/** A problem of the API (RFC 9457), or a connection that failed. */
export class ApiError extends Error {
  /** @param {string} message @param {{ status?: number, title?: string, errors?: any[], instance?: string, sign_in?: string }} [facts] */
  constructor(message, facts = {}) {
    super(message);
    this.status = facts.status;
    this.title = facts.title;
    this.errors = facts.errors;
    this.instance = facts.instance;
    /** Where to sign on, if that would help. */
    this.signIn = facts.sign_in;
  }
}

/**
 * @param {string} path @param {Record<string, unknown>} [query] lists are repeated; null and undefined are left out.
 */
export function apiUrl(path, query = {}) {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const each of Array.isArray(value) ? value : [value])
      if (each !== null && each !== undefined && each !== '') parameters.append(name, String(each));
  const text = parameters.toString();
  return text ? `${path}?${text}` : path;
}

/**
 * @param {string} url @param {RequestInit} [options] @returns {Promise<Response>}
 * @throws {ApiError} with the problem's own words.
 */
export async function request(url, options = {}) {
  const headers = new Headers(options.headers);
  const key = readKey();
  if (key) headers.set('authorization', `Bearer ${key}`);
  const response = await fetch(url, { ...options, headers }).catch((error) => {
    if (error.name === 'AbortError') throw error;
    throw new ApiError('the API does not answer; is it still running? Reload when it is back', {
      title: 'No connection',
    });
  });
  if (response.ok) return response;
  throw await errorOf(response);
}

/** @param {Response} response */
async function errorOf(response) {
  const facts = await response.json().catch(() => ({}));
  return new ApiError(facts.detail ?? `the API answered ${response.status}`, {
    status: response.status,
    ...facts,
  });
}

/** @param {string} path @param {Record<string, unknown>} [query] @param {AbortSignal} [signal] @returns {Promise<any>} */
export async function getJson(path, query, signal) {
  return await (await request(apiUrl(path, query), signal ? { signal } : {})).json();
}

/** @param {string} path @param {unknown} body @returns {Promise<any>} */
export async function postJson(path, body) {
  const headers = { 'content-type': 'application/json' };
  return await (await request(path, { method: 'POST', headers, body: JSON.stringify(body) })).json();
}

/** Saves an answer as a file where a link could not send the key. @param {string} url @param {string} name */
export async function download(url, name) {
  const blob = await (await request(url)).blob();
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
