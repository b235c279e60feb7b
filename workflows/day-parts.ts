/**
 * A delivery day that takes several requests: each is an activity with its own retries, a few at a time. What came is validated and
 * written, even if some of the requests failed: then the run fails and says which.
 */
import { ApplicationFailure, isCancellation } from '@temporalio/workflow';
import type { Attempt, DayOutcome, PartsOfDay, StoredResponse } from '../domain/workflow/messages.ts';
import { isWrongRequest, reasonOf } from './failure.ts';
import type { Haste } from './haste.ts';
import { inLanes } from './in-lanes.ts';
import { storage } from './proxies.ts';

/** How many failures a message names. */
const NAMED = 5;

interface FailedPart {
  readonly part: string;
  readonly code: string;
  readonly message: string;
}

/** @throws ApplicationFailure when a request has finally failed; what the others brought is written by then. */
export async function ingestParts(
  attempt: Attempt,
  haste: Haste,
  { stored, parts }: PartsOfDay,
): Promise<DayOutcome> {
  const { brought, failed } = await requestParts(attempt, haste, parts);
  const responses = [...stored, ...brought];
  const [first] = failed;
  if (responses.length === 0 && first) throw failureOf(failed, parts.length);
  const payloadIds = responses.filter(({ unchanged }) => !unchanged).map(({ payloadId }) => payloadId);
  const summary = `${payloadIds.length} of ${responses.length} payloads are new`;
  if (payloadIds.length > 0) await storage.validateDay.executeWithOptions({ summary }, [{ payloadIds }]);
  const outcome = await storage.writeDay.executeWithOptions({ summary }, [attempt]);
  if (first) throw failureOf(failed, stored.length + parts.length);
  return outcome;
}

async function requestParts({ answerIds: _, ...attempt }: Attempt, haste: Haste, parts: readonly string[]) {
  const brought: StoredResponse[] = [];
  const failed: FailedPart[] = [];
  const queue = [...parts];
  await inLanes(queue, async (part) => {
    const summary = `request ${attempt.day}, ${part}`;
    try {
      const fetched = await haste.fetchDay({ ...attempt, part }, summary);
      if (fetched.kind === 'stored') brought.push(fetched);
    } catch (error) {
      if (isCancellation(error)) throw error;
      failed.push({ part, ...reasonOf(error) });
      // No key, or no such day: the other requests would fail the same way.
      if (isWrongRequest(reasonOf(error).code)) queue.length = 0;
    }
  });
  return { brought, failed };
}

function failureOf(failed: readonly FailedPart[], all: number): ApplicationFailure {
  const named = failed.slice(0, NAMED).map(({ part, message }) => `${part}: ${message}`);
  const more = failed.length > NAMED ? `; and ${failed.length - NAMED} more` : '';
  const summary = `${failed.length} of ${all} requests failed: ${named.join('; ')}${more}`;
  return ApplicationFailure.nonRetryable(summary, failed[0]?.code ?? 'UNEXPECTED');
}
