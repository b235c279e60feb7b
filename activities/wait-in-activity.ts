/** Waiting inside an activity: it ends when the activity is cancelled, or when its worker stops. */
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Dependencies } from './dependencies.ts';

const CHECK_EVERY_MS = 1_000;

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
  return ApplicationFailure.create({
    type: 'WORKER_STOPPED',
    message: 'The worker was stopped while this waited for its turn. It begins anew.',
    nextRetryDelay: 1,
  });
}
