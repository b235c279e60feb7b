/** Waiting for the result of a run, across outages of Temporal. */
import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessageOf } from './error-message.ts';

const RETRY_MS = 1_000;

interface HowToWait {
  /** Called once, when Temporal does not answer. */
  onAway(): void;
  /** Ends the waiting, not the run. */
  readonly signal?: AbortSignal;
}

/**
 * Waits for the result, also across an outage of Temporal, which loses nothing.
 * @throws what `result` throws, unless it is for an outage.
 */
export async function awaitResult<T>(result: () => Promise<T>, { onAway, signal }: HowToWait): Promise<T> {
  let isNoted = false;
  for (;;) {
    try {
      return await result();
    } catch (error) {
      if (signal?.aborted || errorMessageOf(error)?.kind !== 'away') throw error;
    }
    if (!isNoted) onAway();
    isNoted = true;
    await sleep(RETRY_MS, undefined, { signal });
  }
}
