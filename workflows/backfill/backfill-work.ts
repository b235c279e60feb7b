/** One piece of a backfill's work: a day, or days that share one request to the source. */
import { CancellationScope, ParentClosePolicy } from '@temporalio/workflow';
import type { DayState } from '../../domain/days/ledger.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import type { FetchedBatch, IngestDayInput } from '../../domain/workflow/messages.ts';
import type { Urgency } from '../../domain/workflow/urgency.ts';
import { runDay } from '../day-child.ts';
import { reasonOf } from '../failure.ts';
import { inLanes } from '../in-lanes.ts';
import { source, upkeep } from '../proxies.ts';
import type { Work } from './backfill-queue.ts';

/** How a day of a backfill ended. */
export type EndedDay =
  | { readonly kind: 'done'; readonly day: CivilDay; readonly state: DayState; readonly rows: number }
  | { readonly kind: 'failed'; readonly day: CivilDay; readonly error: string }
  | { readonly kind: 'cancelled'; readonly day: CivilDay };

interface Order {
  readonly dataset: string;
  readonly backfillId: string;
  readonly urgency: Urgency;
  /** How many batch requests in a row brought nothing usable. */
  readonly batches: {
    refused: number;
    /** How many days a request may cover, if the source has said so. */
    longest?: number;
  };
}

/** After this many in a row the source is assumed to handle such requests badly: three requests for two days save nothing. */
const REFUSALS_ENOUGH = 5;

/** Does the days and reports how each ended. Never throws. */
export async function doWork(order: Order, work: Work, tell: (ended: EndedDay) => void): Promise<void> {
  if (work.action === 'rebuild') {
    await Promise.all(work.days.map((day) => follow(day, () => rebuild(order, day), tell)));
    return;
  }
  const hints = work.days.length > 1 ? await requestBatch(order, work.days) : NO_HINTS;
  await Promise.all(work.days.map((day) => follow(day, () => ingest(order, day, hints(day)), tell)));
}

interface Outcome {
  readonly state: DayState;
  readonly rows: number;
}

async function follow(
  day: CivilDay,
  work: () => Promise<Outcome>,
  tell: (ended: EndedDay) => void,
): Promise<void> {
  try {
    tell({ kind: 'done', day, ...(await work()) });
  } catch (error) {
    // The backfill itself is being cancelled. A day that was cancelled alone counts as failed.
    if (CancellationScope.current().consideredCancelled) return tell({ kind: 'cancelled', day });
    const { code, message } = reasonOf(error);
    tell({ kind: 'failed', day, error: `${code}: ${message}` });
  }
}

async function rebuild({ dataset }: Order, day: CivilDay): Promise<Outcome> {
  const input = { dataset, day, dryRun: false };
  const { after, values } = await upkeep.rebuildDay.executeWithOptions({ summary: day }, [input]);
  return { state: after, rows: values };
}

async function ingest(
  { dataset, backfillId, urgency }: Order,
  day: CivilDay,
  hints: Hints,
): Promise<Outcome> {
  const outcome = await runDay(
    { dataset, day, trigger: 'backfill', backfillId, ...hints },
    { urgency, parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL },
  );
  const { state, newPoints, revisedPoints, nulledPoints } = outcome;
  return { state, rows: newPoints + revisedPoints + nulledPoints };
}

/** Which stored responses a day may use. */
type Hints = Pick<IngestDayInput, 'answerId' | 'answerIds'>;

const NO_HINTS = (): Hints => ({});

interface StoredAnswer {
  readonly answerId: number;
  readonly days: readonly CivilDay[];
}

/** One request for all, or one for each part; without a usable response each day is requested by itself. */
async function requestBatch(order: Order, days: readonly CivilDay[]): Promise<(day: CivilDay) => Hints> {
  if (order.batches.refused >= REFUSALS_ENOUGH) return NO_HINTS;
  const fetched = await fetchBatch(order, days);
  if (fetched && 'parts' in fetched) return await requestParts(order, days, fetched.parts);
  const answers = await answersOf(order, days, fetched);
  if (fetched) order.batches.refused = answers.length === 0 ? order.batches.refused + 1 : 0;
  return (day) => {
    const answer = answers.find((each) => each.days.includes(day));
    return answer ? { answerId: answer.answerId } : {};
  };
}

async function requestParts(
  order: Order,
  days: readonly CivilDay[],
  parts: readonly string[],
): Promise<(day: CivilDay) => Hints> {
  const answers: (StoredAnswer & { readonly part: string })[] = [];
  await inLanes([...parts], async (part) => {
    for (const piece of piecesOf(days, order.batches.longest)) {
      const found = await answersOf(order, piece, await fetchBatch(order, piece, part), part);
      answers.push(...found.map((answer) => ({ ...answer, part })));
    }
  });
  return (day) => ({
    answerIds: Object.fromEntries(
      answers.filter((answer) => answer.days.includes(day)).map(({ part, answerId }) => [part, answerId]),
    ),
  });
}

/** The responses to a request; if the source allows fewer days, they are requested again in smaller pieces. */
async function answersOf(
  order: Order,
  days: readonly CivilDay[],
  fetched: FetchedBatch | undefined,
  part?: string,
): Promise<StoredAnswer[]> {
  if (!fetched || 'parts' in fetched) return [];
  if (fetched.answerId !== null) return [{ answerId: fetched.answerId, days: fetched.days ?? days }];
  const { daysAllowed } = fetched;
  if (daysAllowed === undefined || daysAllowed < 2 || daysAllowed >= days.length) return [];
  order.batches.longest = daysAllowed;
  const answers: StoredAnswer[] = [];
  for (const piece of piecesOf(days, daysAllowed))
    answers.push(...(await answersOf(order, piece, await fetchBatch(order, piece, part), part)));
  return answers;
}

/** Days in pieces of a given length; in one piece if none is known. */
function piecesOf(days: readonly CivilDay[], longest = days.length): CivilDay[][] {
  const count = Math.ceil(days.length / longest);
  return Array.from({ length: count }, (_, i) => days.slice(i * longest, (i + 1) * longest)).filter(
    (piece) => piece.length > 1,
  );
}

/** Undefined when it failed: each day is then requested by itself, and reports what is wrong. */
async function fetchBatch(
  { dataset, backfillId, urgency }: Order,
  days: readonly CivilDay[],
  part?: string,
): Promise<FetchedBatch | undefined> {
  const summary = `one request for ${days.toSorted().join(' and ')}${part === undefined ? '' : `, ${part}`}`;
  const input = { dataset, days, backfillId, urgency, ...(part === undefined ? {} : { part }) };
  try {
    return await source(dataset, urgency).fetchBatch.executeWithOptions({ summary }, [input]);
  } catch {
    return undefined;
  }
}
