/** Follows the change feed as it grows: server-sent events, read with fetch because EventSource cannot send a key. */
import { apiUrl, request } from './api.js';
import { h } from './dom.js';
import { clockNow, tellAgo } from './time.js';

const AGAIN_MS = 3000;
/** The feed sends a heartbeat every 15 seconds: a connection that is silent for longer is dead. */
const SILENCE_MS = 40_000;

/**
 * @param {{ since?: number, dataset: string, signal: AbortSignal, onChange: (change: any) => void, onStatus: (isLive: boolean, text: string) => void }} what
 * `since`: the cursor after which to continue; left out: from now on.
 */
export function followChanges({ since, dataset, signal, onChange, onStatus }) {
  let cursor = since;
  let timer = 0;
  signal.addEventListener('abort', () => clearTimeout(timer));
  const take = (/** @type {any} */ change) => {
    cursor = change.cursor;
    onChange(change);
  };
  const again = () => {
    if (signal.aborted) return;
    onStatus(false, 'The connection is lost; trying again.');
    timer = setTimeout(follow, AGAIN_MS);
  };
  void follow();

  async function follow() {
    if (signal.aborted) return;
    try {
      const url = apiUrl('/v1/changes/stream', { since: cursor, dataset });
      const response = await request(url, { signal, headers: { accept: 'text/event-stream' } });
      onStatus(true, 'Live: new changes appear by themselves.');
      await readEvents(response, take);
      again();
    } catch (error) {
      if (signal.aborted) return;
      const { status, message } = /** @type {any} */ (error);
      // An error that a retry cannot fix is reported once.
      if (status >= 400 && status < 500 && status !== 429) onStatus(false, `Not live: ${message}.`);
      else again();
    }
  }
}

/** @param {Response} response @param {(change: any) => void} take */
async function readEvents(response, take) {
  const reader = /** @type {ReadableStream<Uint8Array>} */ (response.body).getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const silence = setTimeout(() => void reader.cancel(), SILENCE_MS);
    const { value, done } = await reader.read().finally(() => clearTimeout(silence));
    if (done) return;
    text += decoder.decode(value, { stream: true });
    const events = text.split(/\r?\n\r?\n/);
    text = events.pop() ?? '';
    for (const event of events) deliver(event, take);
  }
}

/** @param {string} event @param {(change: any) => void} take */
function deliver(event, take) {
  const data = event
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).trim());
  if (data.length === 0) return;
  const change = JSON.parse(data.join('\n'));
  if (typeof change.cursor === 'number' && change.day) take(change);
}

/*
 * Keeps a view up to date: refreshes when the change feed moves, and periodically, because a day that fails or becomes late
 * changes only the ledger. Marks the view as old when it cannot be refreshed.
 */

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
