/**
 * Keeps a view true: asks again when the change feed moves, and every so often, because a day that fails or becomes late
 * moves the ledger alone. Says plainly when it cannot: what stands there is then old.
 */
import { h } from './dom.js';
import { followChanges } from './live.js';
import { clockNow, tellAgo } from './time.js';

const LEDGER_MS = 20_000;
/** A backfill moves the feed all the time. */
const TOGETHER_MS = 1000;
/** Who has not answered by then may never do so. */
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
    const { soon } = asker(visible, refresh);
    // Also when the feed is lost and found: whatever came meanwhile is asked for, and whether anybody answers is known at once.
    followChanges({ dataset, signal: visible, told: soon, standing: soon });
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
    const said = isTrue ? 'Live: refreshes by itself.' : old;
    if (line.textContent !== said) line.textContent = said;
  }
}

/** @returns {Promise<never>} */
function impatience() {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`No answer within ${PATIENCE_MS / 1000} seconds`)), PATIENCE_MS);
  });
}

/** A tab that nobody sees asks nothing: browsers open few connections to a server. @param {AbortSignal} signal @param {(visible: AbortSignal) => void} begin */
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

/** Asks one time after the other, each time once for all that came meanwhile. @param {AbortSignal} signal @param {() => Promise<void>} refresh */
function asker(signal, refresh) {
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
    if (!signal.aborted) timer = setTimeout(() => void ask(), ms);
  }

  async function ask() {
    isWanted = false;
    isPending = true;
    await refresh();
    isPending = false;
    wait(isWanted ? TOGETHER_MS : LEDGER_MS);
  }
}
