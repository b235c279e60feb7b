/** One piece of a backfill's work: a day, or the days that one request to the source serves. */
import { CancellationScope, ParentClosePolicy } from '@temporalio/workflow';
import type { DayState } from '../../domain/days/ledger.ts';
import type { CivilDay } from '../../domain/time/civil-day.ts';
import { runDay } from '../day-child.ts';
import { reasonOf } from '../failure.ts';
import { source, storage } from '../proxies.ts';
import type { Work } from './backfill-queue.ts';

/** How a day's part in a backfill ended. */
export type EndedDay =
  | { readonly kind: 'done'; readonly day: CivilDay; readonly state: DayState; readonly rows: number }
  | { readonly kind: 'failed'; readonly day: CivilDay; readonly error: string }
  | { readonly kind: 'cancelled'; readonly day: CivilDay };

interface Order {
  readonly dataset: string;
  readonly backfillId: string;
  /** How often in a row one request for several days brought nothing usable. */
  readonly batches: { refused: number };
}

/** After so many in a row the source is taken to answer such requests badly: three requests for two days save nothing. */
const REFUSALS_ENOUGH = 5;

/** Does the days and tells how each ended. Never throws. */
export async function doWork(order: Order, work: Work, tell: (ended: EndedDay) => void): Promise<void> {
  if (work.action === 'rebuild') {
    await Promise.all(work.days.map((day) => follow(day, () => rebuild(order, day), tell)));
    return;
  }
  const answerId = work.days.length > 1 ? await requestBatch(order, work.days) : undefined;
  await Promise.all(work.days.map((day) => follow(day, () => ingest(order, day, answerId), tell)));
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
    // The backfill itself is being cancelled. A day that somebody cancelled alone is a bad day like any other.
    if (CancellationScope.current().consideredCancelled) return tell({ kind: 'cancelled', day });
    const { code, message } = reasonOf(error);
    tell({ kind: 'failed', day, error: `${code}: ${message}` });
  }
}

async function rebuild({ dataset }: Order, day: CivilDay): Promise<Outcome> {
  const input = { dataset, day, dryRun: false };
  const { after, values } = await storage.rebuildDay.executeWithOptions({ summary: day }, [input]);
  return { state: after, rows: values };
}

async function ingest({ dataset, backfillId }: Order, day: CivilDay, answerId?: number): Promise<Outcome> {
  const input = { dataset, day, trigger: 'backfill' as const, backfillId };
  const outcome = await runDay(
    { ...input, ...(answerId === undefined ? {} : { answerId }) },
    { priorityKey: 4, parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL },
  );
  const { state, newPoints, revisedPoints, nulledPoints } = outcome;
  return { state, rows: newPoints + revisedPoints + nulledPoints };
}

/** One request for all; without a usable answer each day asks for itself. */
async function requestBatch(
  { dataset, backfillId, batches }: Order,
  days: readonly CivilDay[],
): Promise<number | undefined> {
  if (batches.refused >= REFUSALS_ENOUGH) return undefined;
  const summary = `one request for ${days.toSorted().join(' and ')}`;
  try {
    const asked = await source.fetchBatch.executeWithOptions({ summary }, [{ dataset, days, backfillId }]);
    batches.refused = asked.answerId === null ? batches.refused + 1 : 0;
    return asked.answerId ?? undefined;
  } catch {
    return undefined;
  }
}
