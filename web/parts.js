/** Parts of a view that are rebuilt only when their content changes, keeping focus, open sections and scroll position. */
import { apiUrl } from './api.js';

/**
 * @typedef {{ key: string, show: () => HTMLElement }} Part
 * @typedef {Node | Part} Piece a node stays as it is.
 */

/** @param {unknown} shown everything that the part shows. @param {() => HTMLElement} show @returns {Part} */
export function part(shown, show) {
  return { key: JSON.stringify(shown), show };
}

/** @param {Piece[]} pieces */
export function shownPieces(pieces) {
  let before = pieces;
  const nodes = pieces.map((piece) => (piece instanceof Node ? piece : piece.show()));
  return { nodes, exchange };

  /** Replaces the parts whose content has changed. @param {Piece[]} after as many, in the same order. */
  function exchange(after) {
    after.forEach((piece, at) => {
      const old = before[at];
      if (piece instanceof Node || old instanceof Node || piece.key === old?.key) return;
      const fresh = piece.show();
      replace(/** @type {HTMLElement} */ (nodes[at]), fresh);
      nodes[at] = fresh;
    });
    before = after;
  }
}

/** Keeps focus, open sections and scroll position. @param {HTMLElement} old @param {HTMLElement} fresh */
function replace(old, fresh) {
  const focused = old.contains(document.activeElement) ? selectorOf(document.activeElement) : null;
  const opened = [...old.querySelectorAll('details[open] > summary')].map(({ textContent }) => textContent);
  const boxes = [...old.querySelectorAll('.scroll')];
  const places = boxes.map(({ scrollLeft: left, scrollTop: top }) => ({ left, top }));
  old.replaceWith(fresh);
  for (const summary of fresh.querySelectorAll('details > summary'))
    if (opened.includes(summary.textContent)) summary.parentElement?.setAttribute('open', '');
  for (const [at, box] of fresh.querySelectorAll('.scroll').entries())
    box.scrollTo(places[at]?.left ?? 0, places[at]?.top ?? 0);
  if (focused)
    /** @type {HTMLElement | null} */ (fresh.querySelector(focused))?.focus({ preventScroll: true });
}

/** A selector that finds a focusable element again in the new part. @param {Element | null} element */
function selectorOf(element) {
  const name = ['id', 'data-day', 'href', 'aria-label'].find((each) => element?.hasAttribute(each));
  return name ? `[${name}="${CSS.escape(element?.getAttribute(name) ?? '')}"]` : null;
}

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
