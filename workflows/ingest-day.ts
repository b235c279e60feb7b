/**
 * `ingestDay`: one delivery day of one dataset: fetch, validate, write. The workflow id `day:<dataset>:<day>` makes it the
 * only writer of its day. Bounded: three activities a poll attempt; a run that waits for publication polls every few minutes
 * until the deadline, at most some 60 times.
 */
import {
  ApplicationFailure,
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import {
  describeAttempt,
  describeGivenUp,
  describeOutcome,
  describeRunBefore,
} from '../domain/days/day-details.ts';
import { dayWorkflowId, searchAttributes, workflowPath } from '../domain/workflow/ids.ts';
import { readIngestDayInput } from '../domain/workflow/input.ts';
import type { Attempt, DayOutcome, IngestDayInput } from '../domain/workflow/messages.ts';
import { URGENCY, type Urgency, urgencyOf } from '../domain/workflow/urgency.ts';
import { runDay } from './day-child.ts';
import { ingestParts } from './day-parts.ts';
import { cancellationOf, isWrongRequest, orFailWith, orFailWorkflow, reasonOf } from './failure.ts';
import { Haste } from './haste.ts';
import { storage } from './proxies.ts';

/** Poll now instead of waiting for the next moment: how a second requester joins a run that waits for publication. */
export const checkNowSignal = defineSignal<[urgency?: Urgency]>('checkNow');
/** The outcome of the last poll attempt; undefined before the first. */
export const outcomeQuery = defineQuery<DayOutcome | undefined>('outcome');

export async function ingestDay(input: IngestDayInput): Promise<DayOutcome> {
  const request = orFailWorkflow(() => readIngestDayInput(input));
  if (workflowInfo().workflowId !== dayWorkflowId(request.dataset, request.day))
    return await hideBehindDay(request);
  const attempt = attemptOf(request);
  nameInSearch(attempt);
  const urgency = urgencyOf(workflowInfo().priority?.priorityKey, attempt.trigger);
  // Typed by hand, a dataset may not exist; schedules, backfills and the command know theirs.
  const haste = new Haste(urgency, input.trigger !== undefined);
  return await pollUntilPublished(attempt, haste, request.wait ?? attempt.trigger !== 'backfill');
}

/** Runs started by code have these attributes already; one started in the Web UI does not. Each upsert costs the server a write. */
function nameInSearch({ dataset, day, backfillId }: Attempt): void {
  const wanted = searchAttributes({ dataset, deliveryDay: day, backfillId: backfillId ?? undefined });
  const { typedSearchAttributes } = workflowInfo();
  const missing = wanted.filter(({ key, value }) => typedSearchAttributes.get(key) !== value);
  if (missing.length > 0) upsertSearchAttributes(missing);
}

/** Started under another id, by hand in the Web UI: the day's own workflow does the work, or is already running. */
async function hideBehindDay(request: IngestDayInput): Promise<DayOutcome> {
  const workflowId = dayWorkflowId(request.dataset, request.day);
  const link = `[${workflowId}](${workflowPath(workflowInfo().namespace, workflowId)})`;
  const doneBy = `The work is done by ${link}, the one writer of this day.`;
  setCurrentDetails(doneBy);
  const outcome = await orFailWith(runDay(request, { urgency: URGENCY.person }));
  setCurrentDetails(`${describeOutcome(outcome)}\n\n${doneBy}`);
  return outcome;
}

function attemptOf(input: IngestDayInput): Attempt {
  const { dataset, day, trigger = 'person', backfillId, answerId, answerIds } = input;
  return {
    ...{ dataset, day, trigger, backfillId: backfillId ?? null },
    ...(answerId === undefined ? {} : { answerId }),
    ...(answerIds === undefined ? {} : { answerIds }),
  };
}

async function pollUntilPublished(attempt: Attempt, haste: Haste, wait: boolean): Promise<DayOutcome> {
  let outcome: DayOutcome | undefined;
  let pollRequested = false;
  setHandler(outcomeQuery, () => outcome, { description: 'The outcome of the last request' });
  const description =
    'Polls now instead of waiting for the next moment, before what is less urgent; takes no input';
  const pollNow = (urgency: Urgency = URGENCY.person) => {
    pollRequested = true;
    haste.raise(urgency);
  };
  setHandler(checkNowSignal, pollNow, { description });
  setCurrentDetails(describeAttempt(attempt));
  for (;;) {
    pollRequested = false;
    outcome = await ingest(attempt, haste);
    upsertSearchAttributes(searchAttributes({ dayState: outcome.state }));
    const isOver = outcome.pollAgainInMs === null || !wait;
    setCurrentDetails(`${describeOutcome(outcome, !isOver)}${linksOf(outcome)}`);
    if (outcome.pollAgainInMs === null || isOver) return outcome;
    await condition(() => pollRequested, outcome.pollAgainInMs, {
      summary: 'not published yet, requested again later',
    });
  }
}

async function ingest(attempt: Attempt, haste: Haste): Promise<DayOutcome> {
  try {
    const fetched = await haste.fetchDay(attempt, `request ${attempt.day}`);
    if (fetched.kind === 'not-due') return fetched.outcome;
    if (fetched.kind === 'parts') return await ingestParts(attempt, haste, fetched);
    if (!fetched.unchanged) {
      const { payloadId, sizeBytes } = fetched;
      await storage.validateDay.executeWithOptions({ summary: `payload ${payloadId}, ${sizeBytes} bytes` }, [
        { payloadIds: [payloadId] },
      ]);
    }
    const summary = fetched.unchanged
      ? `payload ${fetched.payloadId} again, unchanged`
      : `payload ${fetched.payloadId}`;
    return await storage.writeDay.executeWithOptions({ summary }, [attempt]);
  } catch (error) {
    const cancelled = cancellationOf(error);
    if (cancelled) {
      // The run's row must not stay marked as running.
      await CancellationScope.nonCancellable(() =>
        recordFailure(attempt, { code: 'CANCELLED', message: 'cancelled' }),
      );
      throw cancelled;
    }
    throw await giveUp(attempt, reasonOf(error));
  }
}

/** The fallback step after the last attempt: ledger, run and alert. Then the workflow fails, visibly. */
async function giveUp(
  attempt: Attempt,
  reason: { code: string; message: string },
): Promise<ApplicationFailure> {
  setCurrentDetails(describeGivenUp(attempt, reason));
  if (!isWrongRequest(reason.code)) {
    const outcome = await recordFailure(attempt, reason);
    upsertSearchAttributes(searchAttributes({ dayState: outcome.state }));
    setCurrentDetails(`${describeGivenUp(attempt, reason, outcome)}${linksOf(outcome)}`);
  }
  return ApplicationFailure.nonRetryable(reason.message, reason.code);
}

function recordFailure(attempt: Attempt, reason: { code: string; message: string }): Promise<DayOutcome> {
  return storage.recordFailure.executeWithOptions({ summary: reason.code }, [{ ...attempt, ...reason }]);
}

/** Links from this run to the one before it, and to the ledger. */
function linksOf(outcome: DayOutcome): string {
  return describeRunBefore(outcome, workflowInfo().namespace);
}
