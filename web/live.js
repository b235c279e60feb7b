/** Follows the change feed as it grows: server-sent events, read with fetch because EventSource cannot send a key. */
import { apiUrl, request } from './api.js';

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
