/** Waiting inside an activity, for moments: it ends when the activity is cancelled, or when its worker stops. Longer waits take no slot. */
import { ApplicationFailure, Context } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import type { Dependencies } from './dependencies.ts';

const CHECK_EVERY_MS = 1_000;
const WAITING = 'WAITING_FOR_TURN';

/**
 * Waits this long. A worker that is told to stop would otherwise wait for ten seconds until it may cancel what only waits.
 * @throws ApplicationFailure `WORKER_STOPPED` when the worker stops; another worker, or this one once it runs again, begins anew at once
 * @throws CancelledFailure when the activity is cancelled
 */
export async function waitInActivity(
  ms: number,
  isStopping: Dependencies['isStopping'] | undefined,
): Promise<void> {
  const endMs = performance.now() + ms;
  for (let left = ms; left > 0; left = endMs - performance.now()) {
    if (isStopping?.()) throw stopped();
    await Context.current().sleep(Math.min(left, CHECK_EVERY_MS));
  }
}

function stopped(): ApplicationFailure {
  return failureThatWaits(
    'WORKER_STOPPED',
    1,
    'The worker was stopped while this waited for its turn. It begins anew.',
  );
}

/** Ends an attempt that would only wait: the next one comes after so many milliseconds, and nothing is occupied until then. */
export function comeAgain(delayMs: number, message: string): ApplicationFailure {
  return failureThatWaits(WAITING, Math.max(1, Math.round(delayMs)), message);
}

function failureThatWaits(type: string, nextRetryDelay: number, message: string): ApplicationFailure {
  const failure = ApplicationFailure.create({
    ...{ type, message, nextRetryDelay },
    category: ApplicationFailureCategory.BENIGN,
  });
  failure.stack = '';
  return failure;
}
