/** Addresses and views: `#/datasets/x?y=z`. Every view has an address that can be shared, and the back button works. */
import { h, problem } from './dom.js';
import { followView } from './live.js';
import { shownPieces } from './parts.js';

/**
 * @typedef {{ parameters: Record<string, string>, query: URLSearchParams, signal: AbortSignal, me: any, seek: (query: Record<string, unknown>) => void }} Context
 * `signal` ends when the view is left; `seek` changes the view's own query.
 * @typedef {{ title: string, content: import('./parts.js').Piece[], follows?: string }} View
 * `follows`: the view is kept true by the change feed of a dataset; empty: of all.
 * @typedef {(context: Context) => Promise<View> | View} MakeView
 * @typedef {readonly [RegExp, MakeView]} Route
 */

/** @param {string} hash */
export function readHash(hash) {
  const [path = '/', query = ''] = (hash.replace(/^#/, '') || '/').split('?');
  return { path, query: new URLSearchParams(query) };
}

/**
 * @param {readonly Route[]} routes @param {() => any} me who the caller is.
 * @param {HTMLElement} main where views go.
 */
export function startRouter(routes, me, main) {
  let leave = new AbortController();
  let isFirst = true;
  async function show() {
    leave.abort();
    leave = new AbortController();
    const { signal } = leave;
    const { path, query } = readHash(location.hash);
    const waiting = setTimeout(() => main.replaceChildren(h('p', { class: 'loading' }, 'Loading …')), 150);
    main.setAttribute('aria-busy', 'true');
    const make = () => viewOf(routes, path, { query, signal, me: me(), seek });
    const view = await make().catch((error) => failed('Not shown', error));
    clearTimeout(waiting);
    if (signal.aborted) return;
    main.removeAttribute('aria-busy');
    const { nodes, exchange } = shownPieces(view.content);
    main.replaceChildren(...nodes);
    document.title = `${view.title} · Tidemark`;
    markCurrent(path);
    // Moves focus so that screen readers announce the new view; the first one is read from the top anyway.
    if (!isFirst) moveTo(main);
    isFirst = false;
    if (view.follows === undefined) return;
    let latest = 0;
    const again = async () => {
      const own = ++latest;
      const { content } = await make();
      if (own === latest && !signal.aborted) exchange(content);
    };
    followView({ main, signal, dataset: view.follows, again });
  }
  window.addEventListener('hashchange', () => void show());
  return show;
}

/** @param {readonly Route[]} routes @param {string} path @param {Omit<Context, 'parameters'>} context @returns {Promise<View>} */
async function viewOf(routes, path, context) {
  for (const [pattern, make] of routes) {
    const match = pattern.exec(path);
    if (!match) continue;
    const entries = Object.entries(match.groups ?? {}).map(([name, text]) => [
      name,
      decodeURIComponent(text),
    ]);
    return await make({ ...context, parameters: Object.fromEntries(entries) });
  }
  return failed('Not found', new Error(`there is no view at ${path}; the overview has what there is`));
}

/** @param {string} title @param {unknown} error @returns {View} */
function failed(title, error) {
  return {
    title,
    content: [h('h1', {}, title), problem(error), h('p', {}, h('a', { href: '#/' }, 'To the overview'))],
  };
}

/** @param {Record<string, unknown>} changes null takes one away. */
function seek(changes) {
  location.hash = addressWith(changes);
}

/** Writes what the view shows already into its address; the view is not made again. @param {Record<string, unknown>} changes */
export function noteAddress(changes) {
  history.pushState(null, '', `#${addressWith(changes)}`);
}

/** @param {Record<string, unknown>} changes */
function addressWith(changes) {
  const { path, query } = readHash(location.hash);
  for (const [name, value] of Object.entries(changes)) {
    query.delete(name);
    for (const each of [value].flat())
      if (each !== null && each !== undefined && each !== '') query.append(name, String(each));
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/** @param {string} path */
function markCurrent(path) {
  for (const link of document.querySelectorAll('#nav a')) {
    const target = link.getAttribute('href')?.replace(/^#/, '');
    const isCurrent = target === path || (target === '/' && path.startsWith('/datasets'));
    if (isCurrent) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

/** @param {HTMLElement} main */
function moveTo(main) {
  const heading = main.querySelector('h1');
  heading?.setAttribute('tabindex', '-1');
  heading?.focus({ preventScroll: true });
  scrollTo(0, 0);
}
