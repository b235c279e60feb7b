/** A live progress bar on standard error, silent when that is not a terminal. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SingleBar } from 'cli-progress';
import type { BackfillProgress } from '../domain/messages.ts';

const REDRAW_EVERY_MS = 400;
/** A worker answers a query in milliseconds; this long without an answer means that there is none. */
const PATIENCE_MS = 10_000;

interface Followed {
  progress(): Promise<BackfillProgress>;
  result(): Promise<BackfillProgress>;
}

/** Follows a backfill to its end and returns its result. */
export async function followBackfill(
  backfill: Followed,
  note: (text: string) => void,
): Promise<BackfillProgress> {
  const ended = new AbortController();
  const result = backfill.result().finally(() => ended.abort());
  // A failure is thrown below, once the bar is gone; until then it must not count as one that nobody handles.
  result.catch(() => undefined);
  if (process.stderr.isTTY) await draw(backfill, ended.signal, note);
  return await result;
}

async function draw(backfill: Followed, ended: AbortSignal, note: (text: string) => void): Promise<void> {
  const bar = new SingleBar({
    format: '{bar} {value} of {total} days · {running}',
    barsize: 30,
    hideCursor: true,
  });
  let started = false;
  let answeredAt = Date.now();
  while (!ended.aborted) {
    const progress = await backfill.progress().catch(() => undefined);
    if (progress) {
      answeredAt = Date.now();
      const payload = {
        running: progress.running.toSorted().reverse().slice(0, 3).join(', ') || 'finishing',
      };
      if (started) bar.update(progress.done, payload);
      else bar.start(progress.total, progress.done, payload);
      started = true;
    } else if (Date.now() - answeredAt > PATIENCE_MS) {
      note('No worker answers. Is one running? ("npm start" or "npm run worker")');
      answeredAt = Date.now();
    }
    await sleep(REDRAW_EVERY_MS, undefined, { signal: ended }).catch(() => undefined);
  }
  if (started) {
    const last = await backfill.progress().catch(() => undefined);
    if (last) bar.update(last.done, { running: last.verdict });
    bar.stop();
  }
}
