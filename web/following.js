/**
 * Keeps a view up to date: refreshes when the change feed moves, and periodically, because a day that fails or becomes late
 * changes only the ledger. Marks the view as old when it cannot be refreshed.
 */
import { h } from './dom.js';
import { followChanges } from './live.js';
import { clockNow, tellAgo } from './time.js';

const LEDGER_MS = 20_000;
/** Changes within this time share a refresh: a backfill moves the feed all the time. */
const TOGETHER_MS = 1000;
/** A request without an answer by then counts as failed. */
const PATIENCE_MS = 15_000;

/**
 * @param {{ main: HTMLElement, signal: AbortSignal, dataset: string, again: () => Promise<void> }} what
 * `dataset` empty: every one that the caller may see; `again` shows what is true now, or throws.
 */
export function followView({ main, signal, dataset, again }) {
  const line = h('p', { class: 'live', role: 'status' }, 'Listening for changes …');
  const heading = main.querySelector('h1');
  (heading?.closest('.row') ?? heading)?.after(line);
  let trueAt = clockNow();
  signal.addEventListener('abort', () => main.removeAttribute('data-stale'));
  whileVisible(signal, (visible) => {
    const { soon } = refresher(visible, refresh);
    // Also when the feed's connection is lost or restored: fetches what was missed, and shows at once whether the API answers.
    followChanges({ dataset, signal: visible, onChange: soon, onStatus: soon });
    soon();
  });

  async function refresh() {
    tellAgo(main);
    const requestedAt = clockNow();
    try {
      await Promise.race([again(), impatience()]);
      trueAt = requestedAt;
      tell('');
    } catch (error) {
      const { title, message } = /** @type {any} */ (error);
      tell(title ?? message);
    }
  }

  /** @param {string} fault empty: there is none. */
  function tell(fault) {
    if (signal.aborted) return;
    const isTrue = fault === '';
    main.toggleAttribute('data-stale', !isTrue);
    line.dataset.live = String(isTrue);
    const old = `Old: this is what was known at ${trueAt}. ${fault}; trying again.`;
    const text = isTrue ? 'Live: refreshes by itself.' : old;
    if (line.textContent !== text) line.textContent = text;
  }
}

/** @returns {Promise<never>} */
function impatience() {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`No answer within ${PATIENCE_MS / 1000} seconds`)), PATIENCE_MS);
  });
}

/** A hidden tab sends no requests: browsers limit connections per server. @param {AbortSignal} signal @param {(visible: AbortSignal) => void} begin */
function whileVisible(signal, begin) {
  let end = new AbortController();
  const turn = () => {
    end.abort();
    end = new AbortController();
    if (!document.hidden && !signal.aborted) begin(end.signal);
  };
  document.addEventListener('visibilitychange', turn, { signal });
  signal.addEventListener('abort', turn);
  turn();
}

/** Runs refreshes one after the other, a single one for all triggers meanwhile. @param {AbortSignal} signal @param {() => Promise<void>} refresh */
function refresher(signal, refresh) {
  let timer = 0;
  let isPending = false;
  let isWanted = false;
  signal.addEventListener('abort', () => clearTimeout(timer));
  return { soon };

  function soon() {
    isWanted = true;
    if (!isPending) wait(TOGETHER_MS);
  }

  /** @param {number} ms */
  function wait(ms) {
    clearTimeout(timer);
    if (!signal.aborted) timer = setTimeout(() => void run(), ms);
  }

  async function run() {
    isWanted = false;
    isPending = true;
    await refresh();
    isPending = false;
    wait(isWanted ? TOGETHER_MS : LEDGER_MS);
  }
}
